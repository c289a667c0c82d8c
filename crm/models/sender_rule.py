"""What the owner has taught about who writes: never spam, or always, by address or by network."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word, db
from crm.sealed import Keyed, Sealed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm.models.account import Account


class SenderTrait(StrEnum):
    """By what a sender is known again."""

    ADDRESS = "address"
    NETWORK = "network"


class SenderRule(Base):
    """One address or network, and whether what comes from there is spam.

    It is found by `key`; `said` is the same for the owner to read. Of a network that is a hash itself.
    """

    __tablename__ = "sender_rule"
    __table_args__ = (sa.UniqueConstraint("trait", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trait: Mapped[SenderTrait] = mapped_column(Word(SenderTrait))
    key: Mapped[str] = mapped_column(Keyed())
    said: Mapped[str] = mapped_column(Sealed("sender_rule.said"), default="")
    is_spam: Mapped[bool]
    made_at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))

    account: Mapped[Account] = relationship()

    @classmethod
    def about(cls, keys: Mapping[SenderTrait, str]) -> dict[SenderTrait, bool]:
        """What was taught about this address and this network: whether they send spam."""
        which = [sa.and_(cls.trait == trait, cls.key == key) for trait, key in keys.items() if key]
        if not which:
            return {}
        rows = db.session.execute(sa.select(cls.trait, cls.is_spam).where(sa.or_(*which)))
        return {row.trait: row.is_spam for row in rows}

    @classmethod
    def teach(cls, trait: SenderTrait, key: str, account_id: int, now: datetime, *, is_spam: bool) -> None:
        """From now on. What was taught before of the same address or network is forgotten."""
        if not key:
            return
        cls.forget(trait, key)
        made = {"made_at": now, "account_id": account_id}
        db.session.add(cls(trait=trait, key=key, said=key, is_spam=is_spam, **made))
        db.session.flush()

    @classmethod
    def forget(cls, trait: SenderTrait, key: str) -> None:
        db.session.execute(sa.delete(cls).where(cls.trait == trait, cls.key == key))
