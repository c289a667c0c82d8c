"""Whom to name to somebody who is not for us: who fits, who has places, and what the letter says."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NAMED_AT_MOST = 3
"""More names than this are a list to work through, and no help."""
OPENINGS_HOLD = timedelta(days=60)
"""What somebody said of free places longer ago is no reason to send anybody there."""


@dataclass(frozen=True)
class Card:
    """A colleague as the practice knows them. All but `fees`, `payers` and `notes` is told to people."""

    name: str
    focus: str = ""
    payers: str = ""
    fees: str = ""
    phone: str = ""
    email: str = ""
    site: str = ""
    notes: str = ""

    def fits(self, wanted: str) -> bool:
        """Whether every word that is asked for begins a word of their name, focus or payers."""
        words = _words(f"{self.name} {self.focus} {self.payers}")
        return all(any(each.startswith(asked) for each in words) for asked in _words(wanted))

    @property
    def lines(self) -> str:
        """As they stand in a letter: who they are, and below it how to reach them."""
        who = ", ".join(filter(None, (self.name, self.focus)))
        ways = ", ".join(filter(None, (self.phone, self.email, self.site)))
        return "\n".join(filter(None, (who, ways)))


@dataclass(frozen=True)
class Candidate:
    """One who may be named, and when they last said that they have openings."""

    id: int
    card: Card
    openings_at: datetime | None = None


def is_stale(openings_at: datetime | None, now: datetime) -> bool:
    """Whether nobody can rely any more on what was said of openings then."""
    return openings_at is None or now - openings_at > OPENINGS_HOLD


def freshest_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Who said last that they have openings stands first; then by name."""
    return sorted(candidates, key=lambda each: (_age(each.openings_at), each.card.name.casefold(), each.id))


def _age(openings_at: datetime | None) -> float:
    return -openings_at.timestamp() if openings_at else float("inf")


def lines_of(cards: Sequence[Card]) -> str:
    """What a letter says of all of them."""
    return "\n\n".join(card.lines for card in cards)


@dataclass(frozen=True)
class Draft:
    """A letter with a gap in which names stand. Filled or not, its paragraphs are a blank line apart."""

    before: str
    after: str = ""

    def naming(self, names: str) -> str:
        return "\n\n".join(filter(None, (self.before.strip(), names, self.after.strip()))) + "\n"

    def renamed(self, typed: str, was: str, now: str) -> str:
        """The letter as somebody has written on it since, with other names than those that were put in.

        Where their names were written over, the new ones go where the gap was; where nothing is left of the
        letter round it, before its last paragraph. Nothing that was typed is lost.
        """
        if was and was in typed:
            return _closed_up(typed.replace(was, now, 1))
        if not now:
            return typed
        for head, tail in self._apart(typed):
            return "\n\n".join(filter(None, (head.strip(), now, tail.strip()))) + "\n"
        return typed

    def _apart(self, typed: str) -> Iterable[tuple[str, str]]:
        before, after = self.before.strip(), self.after.strip()
        if before and before in typed:
            at = typed.index(before) + len(before)
            yield typed[:at], typed[at:]
        if after and after in typed:
            at = typed.index(after)
            yield typed[:at], typed[at:]
        head, _, tail = typed.strip().rpartition("\n\n")
        yield head, tail


def _closed_up(text: str) -> str:
    """Without the gap that names leave behind."""
    paragraphs = (each.strip("\n") for each in text.split("\n\n"))
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _words(text: str) -> list[str]:
    """In small letters and without accents; what is between them is nothing."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(each if each.isalnum() else " " for each in plain if not unicodedata.combining(each))
    return kept.split()
