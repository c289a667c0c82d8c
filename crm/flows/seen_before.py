"""What was there before a note came, in one statement: its twins, notes like it, what is known of the sender.

On the way to the database and back a note spends more than on the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.ceilings import TWINS, Twins, twin_keys, twins_among
from crm.flows.screening import PRINTS, SENDER, Seen, looked_for
from crm.models import Practice
from crm.models.crisis_edition import NEWEST, rules_of
from crm.models.lead import IS_KNOWN
from crm.rules.crisis import crisis_words
from crm.together import Together

if TYPE_CHECKING:
    from datetime import datetime

    from crm.rules.crisis import CrisisRules
    from crm.rules.intake import Submission


@dataclass(frozen=True)
class FirstLook:
    """By which rules the words are read, and whether anybody has this key."""

    crisis_rules: CrisisRules
    is_known: bool


def first_look(contact_key: str) -> FirstLook:
    """As the transaction begins. The practice comes along, for whoever asks for it next."""
    practice, is_known, *edition = db.session.execute(FIRST_LOOK, {"contact_key": contact_key}).one()
    practice.keep()
    return FirstLook(rules_of(*edition), bool(is_known))


@dataclass(frozen=True)
class Before:
    """Beside this submission; `crisis_words`: those of its own that suggest danger."""

    twins: Twins
    seen: Seen
    crisis_words: list[str]


def seen_before(submission: Submission, lead_id: int, look: FirstLook, now: datetime) -> Before:
    """To be asked in the turn of the person, or what is sent at the same moment would not be seen."""
    keys = twin_keys(submission, now)
    found = BEFORE.ask(**keys, **looked_for(submission, lead_id, now))
    (sender,) = found["sender"]
    words = crisis_words(submission.said, look.crisis_rules)
    return Before(twins_among(found["twins"], keys, now), Seen(found["prints"], sender), words)


_newest = NEWEST.subquery("newest")
FIRST_LOOK = (
    sa.select(Practice, IS_KNOWN.scalar_subquery().label("is_known"), *_newest.c)
    .outerjoin(_newest, sa.true())
    .where(Practice.id == 1)
)
BEFORE = Together(twins=TWINS, prints=PRINTS, sender=SENDER)
