"""What was there before a note came, in one statement: its twins, notes like it, what is known of the sender.

On the way to the database and back a note spends more than on the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.ceilings import TWINS, Twins, twin_keys, twins_among
from crm.flows.notices import OWNER, asked_of_owner
from crm.flows.screening import PRINTS, SENDER, Seen, looked_for
from crm.models import NoticeKind, Trigger
from crm.models.crisis_edition import NEWEST, rules_of
from crm.models.lead import IS_KNOWN
from crm.models.sequence import of_trigger
from crm.together import Together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crm.rules.crisis import CrisisRules
    from crm.rules.intake import Submission
    from crm.together import Answers, Row


@dataclass(frozen=True)
class Before:
    """Beside this submission; `crisis_rules`: those its words are read by; `owner`: who is told of it;
    `started`: what every inquiry starts.
    """

    twins: Twins
    seen: Seen
    crisis_rules: CrisisRules
    owner: Row | None
    started: Sequence[Row]


def first_look(submission: Submission, contact_key: str, now: datetime) -> tuple[bool, Before]:
    """Whether anybody has this key, and what there was, if nobody has: all that is asked of a stranger."""
    keys = twin_keys(submission, now)
    asked = {"contact_key": contact_key, **_asked(submission, keys, NOBODY, now)}
    is_known, *found = db.session.connection().execute(FIRST_LOOK, asked).one()
    return bool(is_known), _before(BEFORE.read(found), keys, now)


def seen_before(submission: Submission, lead_id: int, now: datetime) -> Before:
    """To be asked in the turn of the person, or what is sent at the same moment would not be seen."""
    keys = twin_keys(submission, now)
    return _before(BEFORE.ask(**_asked(submission, keys, lead_id, now)), keys, now)


def _asked(submission: Submission, keys: dict[str, str], lead_id: int, now: datetime) -> dict[str, object]:
    return {
        **keys,
        **looked_for(submission, lead_id, now),
        **asked_of_owner(NoticeKind.INQUIRY, now),
        "trigger": Trigger.INQUIRY,
    }


def _before(found: Answers, keys: dict[str, str], now: datetime) -> Before:
    (sender,), edition = found["sender"], next(iter(found["edition"]), ())
    twins, seen = twins_among(found["twins"], keys, now), Seen(found["prints"], sender)
    owner = next(iter(found["owner"]), None)
    return Before(twins, seen, rules_of(*edition), owner, found["started"])


NOBODY = 0
"""No person has this id."""
BEFORE = Together(
    twins=TWINS, prints=PRINTS, sender=SENDER, edition=NEWEST, owner=OWNER, started=of_trigger()
)
FIRST_LOOK = sa.select(IS_KNOWN.scalar_subquery().label("is_known"), *BEFORE.columns)
