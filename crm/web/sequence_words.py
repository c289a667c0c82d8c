"""What a sequence is called and how it begins, in words."""

from __future__ import annotations

from dataclasses import dataclass

from crm.flows.foresight import plan_of
from crm.models import Sequence, Trigger
from crm.rules.plans import length_in_words
from crm.rules.telling import opening, people


@dataclass(frozen=True)
class TriggerWords:
    """What starts a sequence: as a line above it, below that line, in its summary and in the simulation."""

    starts: str
    note: str
    summary: str
    if_: str


TRIGGER_WORDS = {
    Trigger.INQUIRY: TriggerWords(
        "Someone sends the “Schedule a call” form",
        "Spam gets nothing. “Read first” people get email 1, then wait for you.",
        "starting the moment someone writes",
        "If someone wrote",
    ),
    Trigger.ANSWERED: TriggerWords(
        "You answer someone",
        "Only when you choose “keep following up” as you send.",
        "starting when you answer someone",
        "If you answered",
    ),
    Trigger.NO_SHOW: TriggerWords(
        "Someone doesn’t come to their call",
        "As soon as you say on Today that they didn’t come.",
        "starting when someone misses their call",
        "If you said so",
    ),
    Trigger.REFERRED_OUT: TriggerWords(
        "You refer someone out",
        "Email 1 is what your own letter begins with; whatever follows goes by itself after it.",
        "starting when you refer someone out",
        "If you referred someone",
    ),
    Trigger.BY_HAND: TriggerWords(
        "You start it for someone", "From their page.", "starting when you say so", "If you started it"
    ),
}


def sentence(sequence: Sequence, inside: int) -> str:
    """Four emails over eighteen days, starting the moment someone writes. Nine people are in it now."""
    length = opening(length_in_words(plan_of(sequence)))
    who = "Nobody is" if inside == 0 else f"{opening(people(inside))} {'is' if inside == 1 else 'are'}"
    return f"{length}, {TRIGGER_WORDS[sequence.trigger].summary}. {who} in it now."
