"""The API’s answers, kept for a day by their Idempotency-Key: the same request again gets the same one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base
from crm.sealed import SealedJson


class KeptAnswer(Base):
    """One key of one source. Without a `status` its request is still being worked on."""

    __tablename__ = "kept_answer"
    __table_args__ = (sa.UniqueConstraint("source_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("source.id", ondelete="CASCADE"))
    key: Mapped[str]
    fingerprint: Mapped[str]
    begun_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    answer: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("kept_answer.answer"))
