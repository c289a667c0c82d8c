"""The backup of each night, made by one worker, however many there are."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from config import Config
from crm import log
from crm.db import db, transaction
from crm.keeping import shelf, taking
from crm.keeping.shelf import Why
from crm.keeping.troubles import CannotKeep
from crm.models import JobRun, Practice
from crm.rules.rotation import is_due

logger = log.get(__name__)

DONE, BEGUN = "backup", "backup_begun"


def keep(config: Config, now: datetime) -> bool:
    """Make it if it is due, and take away those that are no longer wanted. Returns whether it was made."""
    if not config.backup_nightly or not _claim(now):
        return False
    path = shelf.place(config.backup_dir, Why.NIGHTLY, now)
    try:
        taking.take(db.engine, config, path, now)
    except CannotKeep as trouble:
        logger.exception("no_backup", exc_info=trouble)
        return False
    with transaction():
        JobRun.note(DONE, now)
    shelf.tidy(config.backup_dir, config.backup_daily, config.backup_weekly, now)
    shelf.clear_away(config.data_dir, now)
    return True


def _claim(now: datetime) -> bool:
    """Whether it is due, and this worker the one that makes it: whoever notes the beginning first."""
    seen = _begun()
    zone: ZoneInfo = Practice.current().zone
    due = is_due(db.session.scalar(sa.select(JobRun.last(DONE))), seen, now, zone)
    db.session.rollback()
    if not due:
        return False
    try:
        with transaction() as session:
            if seen is None:
                session.add(JobRun(name=BEGUN, finished_at=now))
                return True
            mine = sa.update(JobRun).where(JobRun.name == BEGUN, JobRun.finished_at == seen)
            return bool(session.execute(mine.values(finished_at=now)).rowcount)  # type: ignore[attr-defined]
    except sa.exc.IntegrityError:  # the very first one, begun by two at once
        return False


def _begun() -> datetime | None:
    return db.session.scalar(sa.select(JobRun.last(BEGUN)))
