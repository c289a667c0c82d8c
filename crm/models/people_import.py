"""A list of people that is brought in from a spreadsheet, and every row of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word, db
from crm.rules.stages import Stage
from crm.sealed import Keyed, Sealed, is_said

if TYPE_CHECKING:
    from sqlalchemy import Select

AT_WORK = "state IN ('adding', 'removing')"


class ImportState(StrEnum):
    """How far it is. A worker carries out what is `adding` or `removing`."""

    READ = "read"
    READY = "ready"
    ADDING = "adding"
    DONE = "done"
    REMOVING = "removing"
    REMOVED = "removed"


class RowOutcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    KNOWN = "known"
    REMOVED = "removed"
    KEPT = "kept"


class PeopleImport(Base):
    """One file. `reached` is the number of the last row that is done."""

    __tablename__ = "people_import"
    __table_args__ = (
        sa.Index(
            "ix_people_import_at_work", "id", sqlite_where=sa.text(AT_WORK), postgresql_where=sa.text(AT_WORK)
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    made_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(Sealed("people_import.name"))
    text: Mapped[str] = mapped_column(Sealed("people_import.text"))
    columns: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    has_headings: Mapped[bool] = mapped_column(default=True)
    stage: Mapped[Stage] = mapped_column(Word(Stage), default=Stage.CONTACTED)
    state: Mapped[ImportState] = mapped_column(Word(ImportState), default=ImportState.READ)
    reached: Mapped[int] = mapped_column(default=0)

    @classmethod
    def at_work(cls) -> Select[PeopleImport]:
        """The oldest that a worker has to do something for, if no other worker has it."""
        working = sa.select(cls).where(sa.text(AT_WORK)).order_by(cls.id).limit(1)
        return working.with_for_update(skip_locked=True)

    @classmethod
    def lately(cls) -> Select[PeopleImport]:
        return sa.select(cls).order_by(cls.id.desc()).limit(20)

    @property
    def is_at_work(self) -> bool:
        return self.state in (ImportState.ADDING, ImportState.REMOVING)

    def begin(self, state: ImportState) -> None:
        """Have a worker go through all rows, from the first."""
        self.state, self.reached = state, 0

    def next_rows(self, count: int) -> list[ImportRow]:
        mine = sa.select(ImportRow).where(ImportRow.import_id == self.id, ImportRow.number > self.reached)
        return list(db.session.scalars(mine.order_by(ImportRow.number).limit(count)))


class ImportRow(Base):
    """One person of the list, cleaned. `problem` says in words why a row can't be one."""

    __tablename__ = "import_row"
    __table_args__ = (sa.UniqueConstraint("import_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("people_import.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(Sealed("import_row.name"), default="")
    email: Mapped[str] = mapped_column(Sealed("import_row.email"), default="")
    phone: Mapped[str] = mapped_column(Sealed("import_row.phone"), default="")
    found_us: Mapped[str] = mapped_column(Sealed("import_row.found_us"), default="")
    looking_for: Mapped[str] = mapped_column(Sealed("import_row.looking_for"), default="")
    zone_name: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Sealed("import_row.note"), default="")
    contact_key: Mapped[str | None] = mapped_column(Keyed(), index=True)
    problem: Mapped[str] = mapped_column(Sealed("import_row.problem"), default="")
    outcome: Mapped[RowOutcome | None] = mapped_column(Word(RowOutcome))
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lead.id", ondelete="SET NULL"), index=True)

    @classmethod
    def has_problem(cls) -> sa.ColumnElement[bool]:
        """Whether it can't be a person."""
        return is_said(cls.problem)
