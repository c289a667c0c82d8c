"""What somebody did for a person whose words may mean danger. Nobody comes off the top without it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WORDS_LIMIT = 5_000


class Care(StrEnum):
    """What was done."""

    TALKED = "talked"
    LEFT_MESSAGE = "left_message"
    WROTE = "wrote"
    OTHERS = "others"
    NO_DANGER = "no_danger"


CHOICE_WORDS = {
    Care.TALKED: "We talked",
    Care.LEFT_MESSAGE: "I left a message",
    Care.WROTE: "I wrote to them",
    Care.OTHERS: "Others are with them",
    Care.NO_DANGER: "It wasn’t a danger",
}
STORY_WORDS = {
    Care.TALKED: "they talked",
    Care.LEFT_MESSAGE: "left a message",
    Care.WROTE: "wrote to them",
    Care.OTHERS: "others are with them",
    Care.NO_DANGER: "it wasn’t a danger",
}


@dataclass(frozen=True)
class CareTaken:
    """What was done, and more of it in somebody's own words, if they like."""

    care: Care
    words: str = ""
