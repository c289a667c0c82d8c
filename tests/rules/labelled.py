"""The labelled texts of our own writing, and how the rules of the front door do on them.

The crisis texts came in three lots, each written before the rules were changed for it, and counted first. Of
the first the odd lines were tuned on before the even ones; then all of it, then the second; the third never
was. One hand wrote texts and rules, so a stranger's words are missed more often: docs/decisions.md has the
first counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from crm.rules.crisis import crisis_words
from crm.rules.intake import Limits, Submission
from crm.rules.spam import Evidence, judge

HALVES = {"tuned on": 0, "held out": 1}
"""Every other line of the texts about spam."""


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


def labelled(kind: str) -> list[Submission]:
    """Real notes, or spam, as they come from a person at the form itself who took a minute."""
    found = (re.fullmatch(r"(.*?) <(.*?)>: (.*)", line) for line in messages(kind))
    return [
        Submission(name=each[1], email=each[2], message=each[3], seconds_to_fill=60.0)
        for each in found
        if each
    ]


def suspects(kind: str, half: str) -> Share:
    """How many of them would be kept aside."""
    texts = labelled(kind)[HALVES[half] :: 2]
    return Share(sum(judge(each, Limits(), Evidence()).is_suspect for each in texts), len(texts))
