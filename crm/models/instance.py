"""Who this database is: an identity also kept beside it, so that a copy or an old backup is recognised."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base


class Instance(Base):
    """One row. `mark` only ever grows; `fingerprint` says where the database lay when it was last marked."""

    __tablename__ = "instance"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    identity: Mapped[str]
    fingerprint: Mapped[str]
    mark: Mapped[int] = mapped_column(default=0)
    marked_at: Mapped[datetime]
