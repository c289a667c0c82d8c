"""The access record: who looked at whom, changed, sent, exported or erased what, and when.

Lines are only ever added. The database itself refuses to change or remove one (triggers, migration 0024),
but for those an anchor says have been put away on purpose. `account_id` and `lead_id` are plain numbers, no
foreign keys: a line outlives whom it tells of.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word, db
from crm.rules.trail import FIRST, Act, Deed, name_of, seal, seal_of_anchor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

KEY = "trail_key"
"""Under this name the composition root hands the key to the engine, as one of its options."""


class Audit(Base):
    """One line. `previous` is the seal of the line before, `hash` its own, `key_name` the key of both."""

    __tablename__ = "audit"
    __table_args__ = (
        sa.Index("ix_audit_lead_id", "lead_id", "number"),
        sa.Index("ix_audit_account_id", "account_id", "number"),
        sa.Index("ix_audit_at", "at"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    act: Mapped[Act] = mapped_column(Word(Act))
    lead_id: Mapped[int | None]
    about: Mapped[str | None]
    about_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    key_name: Mapped[str]
    previous: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str]

    @property
    def deed(self) -> Deed:
        """What the line says. Raises ValueError where it says what none of ours does."""
        told = (self.act, self.at, self.account_id, self.lead_id, self.about, self.about_id, self.facts)
        return Deed(*told)

    @classmethod
    def of_person(cls, lead_ids: Iterable[int]) -> Select[Audit]:
        """What the record says about a person, the newest first."""
        return sa.select(cls).where(cls.lead_id.in_(list(lead_ids))).order_by(cls.number.desc())

    @classmethod
    def append(cls, deeds: Iterable[Deed], connection: Connection) -> None:
        """Add these to the end of the chain. The last thing before a commit: from here on others wait."""
        key: bytes = db.engine.get_execution_options()[KEY]
        number, previous = AuditHead.take(connection)
        rows = []
        for number, deed in enumerate(deeds, number + 1):  # noqa: B020 - it goes on from there
            made = seal(key, number, deed, previous)
            rows.append(_columns(deed) | {"number": number, "previous": previous, "hash": made})
            previous = made
        connection.execute(sa.insert(cls), [row | {"key_name": name_of(key)} for row in rows])


def _columns(deed: Deed) -> dict[str, Any]:
    names = ("at", "account_id", "act", "lead_id", "about", "about_id", "facts")
    return {name: getattr(deed, name) for name in names}


class AuditHead(Base):
    """Where the chain ends. A trigger moves it on with each line; whoever adds one has it to himself."""

    __tablename__ = "audit_head"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    number: Mapped[int]
    hash: Mapped[str]

    @classmethod
    def take(cls, connection: Connection) -> tuple[int, str]:
        """Number and seal of the last line, for this transaction alone until it ends."""
        end = connection.execute(END).one_or_none()
        if end is None:  # nobody has written yet, or somebody took it away, which `crm audit verify` will see
            last = connection.execute(LAST).one_or_none() or (0, FIRST)
            begun = {"id": 1, "number": last[0], "hash": last[1]}
            connection.execute(BEGIN[connection.dialect.name], begun)
            end = connection.execute(END).one()
        return end.number, end.hash


class AuditAnchor(Base):
    """The word that all lines up to this one were put away. Only what an anchor names can be deleted."""

    __tablename__ = "audit_anchor"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str]
    at: Mapped[datetime]
    key_name: Mapped[str]
    seal: Mapped[str]

    @classmethod
    def drop(cls, number: int, hash_: str, now: datetime) -> None:
        """From here on the chain begins after this line."""
        key: bytes = db.engine.get_execution_options()[KEY]
        made = cls(number=number, hash=hash_, at=now, key_name=name_of(key))
        made.seal = seal_of_anchor(key, number, hash_, now)
        db.session.add(made)

    @classmethod
    def last(cls) -> AuditAnchor | None:
        return db.session.scalar(sa.select(cls).order_by(cls.number.desc()).limit(1))


_head = AuditHead.__table__.c
END = sa.select(_head.number, _head.hash).where(_head.id == 1).with_for_update()
LAST = sa.select(Audit.number, Audit.hash).order_by(Audit.number.desc()).limit(1)
BEGIN: dict[str, sa.Insert] = {
    "postgresql": postgresql.insert(AuditHead).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(AuditHead).on_conflict_do_nothing(),
}
