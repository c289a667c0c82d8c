"""What ends someone's follow-ups: one rule for the engine, the last look and the calendar simulation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crm.rules.sending import FINAL_STAGES, StopReason
from crm.rules.stages import Stage


class Happening(StrEnum):
    """What may happen to someone whose emails are still planned.

    `settled` is a move that leaves nothing to follow up: to Client, Closed, Spam or Referred out,
    or to an agreed call. `moved` is any other move of the owner's but back to New.
    """

    REPLIED = "replied"
    ANSWERED = "answered"
    BOOKED = "booked"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    SETTLED = "settled"
    CALLED = "called"
    MOVED = "moved"


@dataclass(frozen=True)
class StopRules:
    """What the owner may choose for each sequence. Everything else always stops it."""

    on_call: bool = True
    on_move: bool = True

    @property
    def goes_on_after(self) -> frozenset[Happening]:
        chosen = ((Happening.CALLED, self.on_call), (Happening.MOVED, self.on_move))
        return frozenset(happening for happening, stops in chosen if not stops)


EVERYTHING_STOPS = StopRules()

SETTLING_STAGES = FINAL_STAGES | {Stage.SPAM, Stage.REFERRED_OUT, Stage.CONSULT_BOOKED}
"""Moves that end whatever runs under any rules. The last look ends mail in some of them by itself; not in
Referred out, because the letter that refers someone goes there."""

_REASONS = {
    Happening.REPLIED: StopReason.REPLIED,
    Happening.ANSWERED: StopReason.ANSWERED,
    Happening.BOOKED: StopReason.BOOKED,
    Happening.UNSUBSCRIBED: StopReason.UNSUBSCRIBED,
    Happening.BOUNCED: StopReason.BOUNCED,
    Happening.SETTLED: StopReason.STAGE_CHANGED,
    Happening.CALLED: StopReason.CALLED,
    Happening.MOVED: StopReason.STAGE_CHANGED,
}


def why_stop(happening: Happening, rules: StopRules) -> StopReason | None:
    """The reason with which this ends the follow-ups; None when they go on."""
    return None if happening in rules.goes_on_after else _REASONS[happening]


def move_to(stage: Stage) -> Happening | None:
    """What the owner's own move to this stage is. Back to New says that nothing has happened yet."""
    if stage in SETTLING_STAGES:
        return Happening.SETTLED
    return None if stage is Stage.NEW else Happening.MOVED
