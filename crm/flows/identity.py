"""Recognising a copied or restored database before it sends a single mail: the owner must say it is the one.

A mark in the database and beside it grows with every look. Read beside first: another worker may
raise both at any moment, and what is beside may never be ahead of what is read inside afterwards.
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm import log
from crm.db import db
from crm.flows.follow_up import resume_everything
from crm.models import EventKind, Instance, Message, Practice
from crm.rules.identity import Beside, Inside, Likeness, likeness
from crm.rules.sending import MessageKind, MessageState, Withdrawal

if TYPE_CHECKING:
    from datetime import datetime

logger = log.get(__name__)

FILE = "instance.json"
LEAP = 1_000_000
"""A year of marks: further than any other machine's folder can remember of what was before the restore."""
WHY_UNSURE = "it may have left before this backup was restored"
WHERE_ON_POSTGRES = sa.text(
    "SELECT concat_ws('/', (SELECT oid FROM pg_database WHERE datname = current_database()),"
    " 'message'::regclass::oid)"
)
WHICH_SERVER = sa.text("SELECT system_identifier FROM pg_control_system()")
MAY_ASK = sa.text("SELECT has_function_privilege('pg_control_system()', 'execute')")


def look(folder: Path, now: datetime) -> Likeness:
    """Compare, and hold everything where this is not what was here before. In the caller's transaction.

    `remember` must follow once it is committed.
    """
    beside, lies_at = _beside(folder), fingerprint()
    row = db.session.get(Instance, 1, with_for_update=True)
    found = likeness(_inside(row), beside, lies_at)
    practice = Practice.current()
    match found:
        case Likeness.NEW:
            row = Instance(identity=secrets.token_hex(16), fingerprint=lies_at, mark=1, marked_at=now)
            db.session.add(row)
        case Likeness.ITSELF if row and practice.restored_at is None:
            row.mark, row.marked_at = row.mark + 1, now
        case Likeness.COPY | Likeness.OLDER:
            if practice.restored_at is None:
                practice.restored_at = now
                logger.error("database_was_restored", likeness=str(found))
    return found


def remember(folder: Path) -> None:
    """Write beside the database what it says of itself; by a rename, so that nobody reads half of it.

    Where that cannot be done mail still goes: the guard is weaker, and the log says so.
    """
    row = db.session.get(Instance, 1)
    if row is None or Practice.current().restored_at is not None:
        return
    half = folder / f".{FILE}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half.write_text(json.dumps({"identity": row.identity, "mark": row.mark}), encoding="utf-8")
        half.replace(folder / FILE)
    except OSError as trouble:
        logger.warning("nothing_remembered_beside", exc_info=trouble)


def confirm(folder: Path, now: datetime) -> int:
    """The owner says that this is the one to go on with. Returns how many emails may have left already.

    What was due by now may have gone out before the restore, from here or from the original: nobody
    knows, so each is uncertain and waits for his word. The rest goes on, spread out.
    """
    practice = Practice.current()
    doubtful = may_have_left(now)
    for message in doubtful:
        message.become_uncertain(WHY_UNSURE, now)
        if message.lead:
            message.lead.record(EventKind.MESSAGE_UNCERTAIN, now, about=message)
    for to_himself in db.session.scalars(
        sa.select(Message).where(*Message.is_due(now), Message.lead_id.is_(None))
    ):
        to_himself.cancel(Withdrawal.RESTORED, now)
    beside = _beside(folder)
    row = db.session.get(Instance, 1) or Instance(id=1, identity=secrets.token_hex(16), mark=0)
    row.fingerprint, row.marked_at = fingerprint(), now
    row.mark = max(row.mark, beside.mark if beside else 0) + LEAP
    db.session.add(row)
    practice.restored_at = None
    db.session.flush()
    resume_everything(now)
    return len(doubtful)


def fingerprint() -> str:
    """Where this database lies: a restored or copied one lies elsewhere, even under the same name."""
    if db.engine.dialect.name != "postgresql":
        return f"inode {Path(db.engine.url.database or '').stat().st_ino}"
    connection = db.session.connection()
    place = str(connection.execute(WHERE_ON_POSTGRES).scalar())
    if not connection.execute(MAY_ASK).scalar():
        return place
    return f"{connection.execute(WHICH_SERVER).scalar()}/{place}"


def may_have_left(now: datetime) -> list[Message]:
    """What was due, or in a worker's hands, when this state of the database was saved."""
    underway = sa.or_(sa.and_(*Message.is_due(now)), Message.state == MessageState.SENDING)
    to_people = Message.kind.in_((MessageKind.STEP, MessageKind.REPLY, MessageKind.CALL, MessageKind.OFFER))
    return list(db.session.scalars(sa.select(Message).where(underway, to_people).order_by(Message.id)))


def _inside(row: Instance | None) -> Inside | None:
    return Inside(row.identity, row.fingerprint, row.mark) if row else None


def _beside(folder: Path) -> Beside | None:
    """None where nothing readable is there: a torn file is no proof of anything."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Beside(str(known["identity"]), int(known["mark"]))
    return None
