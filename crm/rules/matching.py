"""Whose a mail is: by what it answers, then by the address it was sent to, then by who sent it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crm.rules.arrivals import FoundBy
from crm.rules.sending import FINAL_STAGES
from crm.rules.stages import Stage

SETTLED = FINAL_STAGES | {Stage.SPAM, Stage.REFERRED_OUT}


@dataclass(frozen=True)
class Candidate:
    """Somebody it may be from. `at`: when the email went that it answers, or when they first wrote."""

    lead_id: int
    by: FoundBy
    stage: Stage
    at: datetime
    message_id: int | None = None


@dataclass(frozen=True)
class Match:
    """Whose it is. `others`: people it could be just as well, so the owner is told."""

    lead_id: int
    by: FoundBy
    message_id: int | None = None
    others: tuple[int, ...] = ()


def whose(candidates: Iterable[Candidate]) -> Match | None:
    """The surest sign decides; of several people with it, the newest who is not settled."""
    found = list(candidates)
    if not found:
        return None
    surest = min((each.by for each in found), key=list(FoundBy).index)
    sure = [each for each in found if each.by is surest]
    chosen = max(sure, key=lambda each: (each.stage not in SETTLED, each.at, each.lead_id))
    others = {each.lead_id for each in sure} - {chosen.lead_id}
    return Match(chosen.lead_id, surest, chosen.message_id, tuple(sorted(others)))
