"""How a sequence was planned at a time. Every save keeps one; none is ever changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.rules.plan_record import plan_from

if TYPE_CHECKING:
    from crm.models.account import Account
    from crm.rules.plans import Plan


class SequenceVersion(Base):
    """One saved plan of a sequence. `account_id` is empty for the plan it came with."""

    __tablename__ = "sequence_version"
    __table_args__ = (sa.UniqueConstraint("sequence_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sequence_id: Mapped[int] = mapped_column(sa.ForeignKey("sequence.id"))
    number: Mapped[int]
    created_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    record: Mapped[dict[str, Any]]

    account: Mapped[Account | None] = relationship()

    @property
    def plan(self) -> Plan:
        return plan_from(self.record)
