"""In whose care a person is: nobody's in particular, or one account's."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db
from crm.models.account import Account


class Assignment(Base):
    """One person with one clinician; the key says that there is at most one."""

    __tablename__ = "assignment"
    __table_args__ = (sa.Index("ix_assignment_people", "account_id", "lead_id"),)

    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    assigned_at: Mapped[datetime]

    @classmethod
    def of(cls, lead_id: int) -> int | None:
        """Whose they are."""
        return db.session.scalar(sa.select(cls.account_id).where(cls.lead_id == lead_id))

    @classmethod
    def of_who_is_here(cls, lead_id: int) -> int | None:
        """The same, if they still sign in."""
        theirs = sa.select(cls.account_id).join(Account, Account.id == cls.account_id)
        return db.session.scalar(theirs.where(cls.lead_id == lead_id, Account.deactivated_at.is_(None)))

    @classmethod
    def put(cls, lead_id: int, account_id: int | None, now: datetime) -> None:
        """From now on they are this account's, or nobody's in particular. In the person's turn."""
        db.session.execute(sa.delete(cls).where(cls.lead_id == lead_id))
        if account_id is not None:
            row = {"lead_id": lead_id, "account_id": account_id, "assigned_at": now}
            db.session.execute(sa.insert(cls).values(row))
