"""The labelled texts of our own writing, and how the rules of the front door do on them.

The crisis texts came in three lots, each written before the rules were changed for it. The odd lines of the
first were tuned on, the even ones and the whole of the later two were held out until counted; then the first
two became texts to tune on. One hand wrote texts and rules, so a stranger's words are missed more often.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crm.rules.crisis import crisis_words

TUNED_ON = ("first", "second")
HELD_OUT = "third"


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    def __str__(self) -> str:
        return f"{self.part} of {self.whole} ({self.part / self.whole:.1%})"


def messages(kind: str) -> list[str]:
    """Invented ones, a line each. Written before the phrases knew them, and kept when they had learned."""
    return (Path(__file__).parent / "messages" / f"{kind}.txt").read_text(encoding="utf-8").splitlines()


def read_first(kind: str) -> Share:
    """How many of these messages would be put on top."""
    texts = messages(kind)
    return Share(sum(bool(crisis_words(text)) for text in texts), len(texts))
