"""Who is probably the same person as this one: a few candidates by key, judged by the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import Distinction, Lead, SearchEntry
from crm.models.search_entry import tokens_of
from crm.rules.likeness import WORDS, Sign, likeness
from crm.rules.search_words import near_words
from crm.rules.stages import Stage
from crm.rules.telling import listed, opening

if TYPE_CHECKING:
    from sqlalchemy import Select

CANDIDATES = 20
"""The most that are looked at for one key: many people have a name in common."""


@dataclass(frozen=True)
class Resemblance:
    """One other record, and what speaks for its being the same person."""

    lead: Lead
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


def look_alikes(lead: Lead) -> list[Resemblance]:
    """Those who are probably the same person, the surest first. One query by four indexes.

    Nobody whom the owner has told apart from them, and no spam.
    """
    if lead.quarantined_at is not None or lead.stage is Stage.SPAM:
        return []
    candidates = db.session.scalars(_candidates(lead))
    judged = (Resemblance(other, likeness(lead.traits, other.traits)) for other in candidates)
    found = [each for each in judged if each.signs]
    return sorted(found, key=lambda each: (each.is_doubtful, -len(each.signs), each.lead.id))


def resemblance(one: Lead, other: Lead) -> Resemblance | None:
    """What speaks for these two being one person, if anything does."""
    signs = likeness(one.traits, other.traits)
    return Resemblance(other, signs) if signs else None


def _candidates(lead: Lead) -> Select[Lead]:
    keys = (Lead.mailbox_key, Lead.phone_key, Lead.name_key)
    wanted = [(key, getattr(lead, key.key)) for key in keys if getattr(lead, key.key)]
    ways = [sa.select(_newest(key, value, lead.id).c.id) for key, value in wanted]
    if near := near_words(lead.name, lead.email or ""):
        ways.append(sa.select(_nearest(tokens_of(near), lead.id).c.lead_id))
    found = sa.union(*ways) if ways else sa.select(Lead.id).where(sa.false())
    told_apart = sa.exists().where(
        sa.or_(
            sa.and_(Distinction.lead_id == Lead.id, Distinction.other_id == lead.id),
            sa.and_(Distinction.lead_id == lead.id, Distinction.other_id == Lead.id),
        )
    )
    plain = (Lead.quarantined_at.is_(None), Lead.stage != Stage.SPAM)
    return sa.select(Lead).where(Lead.id.in_(found), *plain, ~told_apart)


def _nearest(tokens: list[int], but: int) -> sa.Subquery:
    """Those with whom they share most of these."""
    alike = sa.select(SearchEntry.lead_id).where(SearchEntry.token.in_(tokens), SearchEntry.lead_id != but)
    often = alike.group_by(SearchEntry.lead_id).order_by(sa.func.count().desc(), SearchEntry.lead_id.desc())
    return often.limit(CANDIDATES).subquery()


def _newest(key: sa.orm.InstrumentedAttribute[str | None], value: str, but: int) -> sa.Subquery:
    """A LIMIT within a UNION stands in a subquery of its own, as SQLite wants it."""
    alike = sa.select(Lead.id).where(key == value, Lead.id != but)
    return alike.order_by(Lead.id.desc()).limit(CANDIDATES).subquery()
