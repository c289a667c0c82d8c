"""What the owner is offered to do with one key, where somebody’s words ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from crm.rules.wish_dates import A_MONTH, back_on
from crm.rules.wishes import SaidWish, Wish

AT_MOST = 3
CLOSES = {
    Wish.FOUND_SOMEONE: "Close: found someone",
    Wish.NO_INTEREST: "Close: no longer looking",
    Wish.WRONG_PERSON: "Close, and stop emails",
    Wish.PERHAPS_NO_MORE_MAIL: "Close, and stop emails",
}
PUT_OFF = (Wish.LATER, Wish.NOT_NOW)
ORDER = (
    Wish.MOVE_CALL,
    Wish.CALL_ME,
    Wish.FOUND_SOMEONE,
    Wish.WRONG_PERSON,
    Wish.NO_INTEREST,
    Wish.PERHAPS_NO_MORE_MAIL,
    Wish.LATER,
    Wish.NOT_NOW,
)
"""Who asks for a call, or for another time, is not closed with the first key, whatever else they say."""


@dataclass(frozen=True)
class Proposal:
    """One of them. `said`: the words it is taken from. `until`: the day of what is put off."""

    wish: Wish
    said: str
    until: date | None = None

    @property
    def is_one_act(self) -> bool:
        """Whether one key does it. To move a call somebody has to say to when: the key leads there."""
        return self.wish is not Wish.MOVE_CALL


def proposals(wishes: Iterable[SaidWish], said_on: date, today: date) -> tuple[Proposal, ...]:
    """At most three, each of another kind. `said_on`: the day from which “in a week” counts."""
    said = {each.wish: each.words for each in wishes}
    offered = [_proposal(wish, said[wish], said_on, today) for wish in ORDER if wish in said]
    putting_off = [each for each in offered if each.wish in PUT_OFF]
    return tuple(each for each in offered if each not in putting_off[1:])[:AT_MOST]


def _proposal(wish: Wish, words: str, said_on: date, today: date) -> Proposal:
    if wish not in PUT_OFF:
        return Proposal(wish, words)
    day = back_on(words, said_on) if wish is Wish.LATER else said_on + timedelta(days=A_MONTH)
    return Proposal(wish, words, max(day, today + timedelta(days=1)))
