"""A place offered to a few of the waitlist at once: what an offer may become, and what is told of it.

Whoever says yes first has it. Nobody is told twice: an offer has at most one email that brings it, and one
that says it is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crm.rules.wording import Wording


class OfferState(StrEnum):
    """What became of it. `taken`: by somebody else. `merged`: whoever had it is another record now."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN = "taken"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class VacancyEnd(StrEnum):
    """How a place that was offered ended. `lapsed`: nobody said yes in time."""

    TAKEN = "taken"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class OfferNote(StrEnum):
    """What an email about an offer says."""

    OFFERED = "offered"
    GONE = "gone"


GONE = frozenset({OfferState.TAKEN, OfferState.LAPSED, OfferState.WITHDRAWN})
"""It ended without a word of theirs, and they are told kindly."""


@dataclass(frozen=True)
class Standing:
    """An offer at this moment. `is_on_list`: its person still waits for a place, and may be written to."""

    state: OfferState
    ends_at: datetime
    is_on_list: bool

    def may_be_accepted(self, now: datetime) -> bool:
        return self.state is OfferState.OPEN and self.is_on_list and now < self.ends_at


def still_true(note: OfferNote, offer: Standing, now: datetime) -> bool:
    """Whether this email may go."""
    match note:
        case OfferNote.OFFERED:
            return offer.may_be_accepted(now)
        case OfferNote.GONE:
            return offer.state in GONE and offer.is_on_list


def offer_wording(note: OfferNote, state: OfferState, page: str) -> Wording:
    """The letter. What the place is stands where a line from the clinician stands in other letters."""
    match note:
        case OfferNote.OFFERED:
            return _offered(page)
        case OfferNote.GONE:
            return _gone(state)


def _offered(page: str) -> Wording:
    first = "A place has come free, and you are on my list."
    return Wording(
        "A place has come free",
        first,
        _letter(
            first,
            "{line from you}",
            "I’m asking a few people at once. It goes to whoever says yes first, and it is open until "
            "{call date and time}.",
            f"[Say yes, or not now]({page})",
            "If it doesn’t suit you, that’s a good answer too. You keep your place on the list.",
        ),
    )


def _gone(state: OfferState) -> Wording:
    first = WHY_GONE.get(state, WHY_GONE[OfferState.LAPSED])
    rest = (
        "You don’t have to do anything. You stay on the list, where you were, and I’ll write when there is "
        "another."
    )
    return Wording("The place I wrote about", first, _letter(first, rest))


WHY_GONE = {
    OfferState.TAKEN: "The place I wrote to you about is taken.",
    OfferState.LAPSED: "The days for the place I wrote to you about are over.",
    OfferState.WITHDRAWN: "The place I wrote to you about isn’t free after all.",
}


def _letter(*paragraphs: str) -> str:
    return "\n\n".join(("Hi {first name},", *paragraphs, "Warmly,\n{my name}")) + "\n"
