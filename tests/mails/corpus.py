"""All the mails of this folder, and how the rules do on them.

Figures of the first try are in docs/decisions.md: they were counted before any rule had seen a mail. Then the
rules were tuned on two of every three. The third was held out until its last two misses (a note of leave, a day
of return) were looked at too; so today all of them are known, and only new mails tell something new.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from crm.mail.parse import parse
from crm.rules.inbound import InboundMail
from crm.rules.verdicts import Kind, Verdict, classify
from crm.rules.wishes import Wish
from tests.mails import away, lessons, others, people, tricky, undelivered
from tests.mails.writing import WE, Specimen

HELD_OUT_OF = 3


@lru_cache(maxsize=1)
def specimens() -> tuple[Specimen, ...]:
    return tuple(
        each for source in (people, away, undelivered, others, tricky, lessons) for each in source.specimens()
    )


def lot(name: str) -> tuple[Specimen, ...]:
    """`tuned on`, `held out`, or all of them."""
    return tuple(
        each
        for number, each in enumerate(specimens())
        if name == "all" or (name == "held out") == (number % HELD_OUT_OF == 1)
    )


def parsed(specimen: Specimen) -> InboundMail:
    return parse(specimen.raw)


def verdict(specimen: Specimen) -> Verdict:
    return classify(parsed(specimen), WE)


@dataclass(frozen=True)
class Score:
    """How often a kind was said rightly: of those said, and of those there are."""

    said: int
    there: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0


def score(kind: Kind, said: list[tuple[Specimen, Verdict]]) -> Score:
    return Score(
        sum(each.kind is kind for _, each in said),
        sum(each.kind is kind for each, _ in said),
        sum(verdict.kind is kind and specimen.kind is kind for specimen, verdict in said),
    )


def share(
    said: list[tuple[Specimen, Verdict]],
    asked: Callable[[Specimen], object],
    right: Callable[[Specimen, Verdict], bool],
) -> Score:
    """Of the specimens that expect something, how many got it."""
    those = [(specimen, verdict) for specimen, verdict in said if asked(specimen) is not None]
    hits = sum(right(specimen, verdict) for specimen, verdict in those)
    return Score(len(those), len(those), hits)


def same_words(specimen: Specimen, verdict: Verdict) -> bool:
    return verdict.reply.new.split() == (specimen.new_text or "").split()


def same_wish(specimen: Specimen, verdict: Verdict) -> bool:
    return specimen.wish in {each.wish for each in verdict.wishes}


def acts_wrongly(specimen: Specimen, verdict: Verdict) -> bool:
    """The one mistake about a wish that costs a person: no more mail to somebody who did not ask for it."""
    acts = any(each.acts for each in verdict.wishes)
    return acts and specimen.wish is not Wish.NO_MORE_MAIL
