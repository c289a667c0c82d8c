"""What was there before a note came, in one statement: its twins, notes like it, what is known of the sender.

On the way to the database and back a note spends more than on the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.flows.ceilings import TWINS, Twins, twin_keys, twins_among
from crm.flows.screening import PRINTS, SENDER, Seen, looked_for
from crm.together import Together

if TYPE_CHECKING:
    from datetime import datetime

    from crm.rules.intake import Submission


@dataclass(frozen=True)
class Before:
    """Beside this submission."""

    twins: Twins
    seen: Seen


def seen_before(submission: Submission, lead_id: int, now: datetime) -> Before:
    """To be asked in the turn of the person, or what is sent at the same moment would not be seen."""
    keys = twin_keys(submission, now)
    found = BEFORE.ask(**keys, **looked_for(submission, lead_id, now))
    (sender,) = found["sender"]
    return Before(twins_among(found["twins"], keys, now), Seen(found["prints"], sender))


BEFORE = Together(twins=TWINS, prints=PRINTS, sender=SENDER)
