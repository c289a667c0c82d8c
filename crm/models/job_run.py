"""When each thing that happens by itself last ran: the heartbeat behind the owner's banner."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db


class JobRun(Base):
    """The last run of one job."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    finished_at: Mapped[datetime]

    @classmethod
    def note(cls, name: str, now: datetime) -> None:
        """Remember that this job has just run."""
        changed = db.session.execute(sa.update(cls).where(cls.name == name).values(finished_at=now))
        if changed.rowcount == 0:  # type: ignore[attr-defined]
            with db.session.begin_nested():
                db.session.add(cls(name=name, finished_at=now))

    @classmethod
    def last(cls, name: str) -> sa.ScalarSelect[datetime]:
        """When it did, within another statement."""
        return sa.select(cls.finished_at).where(cls.name == name).scalar_subquery()
