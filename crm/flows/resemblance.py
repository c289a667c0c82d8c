"""Who is probably the same person as this one: a few candidates by key, judged by the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

from crm.many import among
from crm.models import Distinction, Lead, SearchEntry
from crm.models.search_entry import tokens_of
from crm.rules.likeness import WORDS, Sign, Traits, likeness
from crm.rules.search_words import near_words
from crm.rules.stages import Stage
from crm.rules.telling import listed, opening

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOKED_AT = 20
"""The most that are looked at for one key: many people have a name in common."""


class Other(Protocol):
    """What is looked at of another record."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...


@dataclass(frozen=True)
class Resemblance:
    """One other record, and what speaks for its being the same person."""

    lead: Other
    signs: tuple[Sign, ...]

    @property
    def reasons(self) -> str:
        """Same phone number and nearly the same name."""
        for_it = listed([WORDS[sign] for sign in self.signs if sign is not Sign.OTHER_NAME])
        return f"{for_it}, but a {WORDS[Sign.OTHER_NAME]}" if self.is_doubtful else for_it

    @property
    def sentence(self) -> str:
        return f"{opening(self.reasons)}."

    @property
    def is_doubtful(self) -> bool:
        """Two people may share a number or a mailbox."""
        return Sign.OTHER_NAME in self.signs


def asked_of(lead: Lead) -> dict[str, Any]:
    """What CANDIDATES are found by."""
    keys = {key.key: getattr(lead, key.key) for key in KEYS}
    return {"id": lead.id, "near": tokens_of(near_words(lead.name, lead.email or "")), **keys}


def judged(lead: Lead, candidates: Iterable[Other]) -> list[Resemblance]:
    """Those who are probably the same person, the surest first.

    Nobody whom the owner has told apart from them, and no spam.
    """
    if lead.quarantined_at is not None or lead.stage is Stage.SPAM:
        return []
    alike = (Resemblance(other, likeness(lead.traits, _traits(other))) for other in candidates)
    found = [each for each in alike if each.signs]
    return sorted(found, key=lambda each: (each.is_doubtful, -len(each.signs), each.lead.id))


def resemblance(one: Lead, other: Lead) -> Resemblance | None:
    """What speaks for these two being one person, if anything does."""
    signs = likeness(one.traits, other.traits)
    return Resemblance(other, signs) if signs else None


def _traits(other: Other) -> Traits:
    return Traits(other.name, other.email, other.phone)


def _newest(key: sa.orm.InstrumentedAttribute[str | None]) -> sa.Select[int]:
    """A LIMIT within a UNION stands in a subquery of its own, as SQLite wants it."""
    alike = sa.select(Lead.id).where(key == sa.bindparam(key.key), Lead.id != _id)
    return sa.select(alike.order_by(Lead.id.desc()).limit(LOOKED_AT).subquery().c.id)


def _nearest() -> sa.Select[int]:
    """Those with whom they share most of the words that stand near their own."""
    alike = sa.select(SearchEntry.lead_id).where(among(SearchEntry.token, "near"), SearchEntry.lead_id != _id)
    often = alike.group_by(SearchEntry.lead_id).order_by(sa.func.count().desc(), SearchEntry.lead_id.desc())
    return sa.select(often.limit(LOOKED_AT).subquery().c.lead_id)


KEYS = (Lead.mailbox_key, Lead.phone_key, Lead.name_key)
_id = sa.bindparam("id", type_=sa.Integer())
_told_apart = sa.exists().where(
    sa.or_(
        sa.and_(Distinction.lead_id == Lead.id, Distinction.other_id == _id),
        sa.and_(Distinction.lead_id == _id, Distinction.other_id == Lead.id),
    )
)
CANDIDATES = sa.select(Lead.id, Lead.name, Lead.email, Lead.phone).where(
    Lead.id.in_(sa.union(*map(_newest, KEYS), _nearest())),
    Lead.quarantined_at.is_(None),
    Lead.stage != Stage.SPAM,
    ~_told_apart,
)
"""A key that is not known is like nobody's. Read by four indexes."""
