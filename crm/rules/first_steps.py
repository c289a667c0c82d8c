"""What a new practice does before its first inquiry: a short list that goes away by itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class FirstStep(StrEnum):
    """One thing to do, in the order of the list."""

    PROFILE = "profile"
    HOURS = "hours"
    ACCOUNT = "account"
    SEQUENCE = "sequence"
    FORM = "form"
    SECOND_STEP = "second_step"


@dataclass(frozen=True)
class Line:
    """One line of the list. `by_hand`: nothing but the owner's own word says that it is done."""

    step: FirstStep
    words: str
    done: bool
    by_hand: bool = False


_WORDS = {
    FirstStep.PROFILE: "Say who you are: your name and the office address that every email needs",
    FirstStep.HOURS: "Look at your sending hours",
    FirstStep.ACCOUNT: "Send yourself a test email",
    FirstStep.SEQUENCE: "Read the emails people get after they write",
    FirstStep.FORM: "Put the form on your site, and send it once yourself",
    FirstStep.SECOND_STEP: "Ask everybody for a second step at sign-in",
}
BY_HAND = frozenset({FirstStep.HOURS, FirstStep.SEQUENCE})


def lines(seen: Collection[FirstStep], said: Collection[str]) -> list[Line]:
    """The whole list while something is open, else nothing. `seen` by the program, `said` by the owner."""
    made = [
        Line(step, words, done=step in seen or step in said, by_hand=step in BY_HAND)
        for step, words in _WORDS.items()
    ]
    return [] if all(line.done for line in made) else made
