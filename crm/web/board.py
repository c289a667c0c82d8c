"""The board: who is where, by stage. Every number of people costs the same number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from crm.flows.lineup import CLIENT_FOR, line_up
from crm.models import Practice
from crm.rules.stages import BOARD, ON_THE_WAY, Stage
from crm.rules.telling import isolated, opening, people
from crm.web.cards import Card, cards

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm.flows.bearings import Person

CARDS = 10
"""Cards of a column at first, which is more than a window shows; so many more with each "Show more"."""
CARDS_AT_MOST = 120
"""The list shows the rest."""
COUNTED = 200
"""Nobody counts further on the way to a page."""

BELOW = {
    Stage.NEW: "Waiting to hear from you",
    Stage.CONTACTED: "You are waiting for them",
    Stage.CONSULT_BOOKED: "On the calendar",
    Stage.CONSULT_DONE: "Decide together what’s next",
    Stage.CLIENT: f"Started in the last {CLIENT_FOR.days} days",
}


@dataclass(frozen=True)
class Column:
    """One stage. `count` is everybody in it, also those beyond the cards, up to one more than is counted."""

    stage: Stage
    below: str
    cards: tuple[Card, ...]
    count: int

    @property
    def waiting(self) -> int:
        return sum(card.lead.waiting_for is not None for card in self.cards)

    @property
    def number(self) -> str:
        return _number(self.count)

    @property
    def hidden(self) -> int:
        return max(0, self.count - len(self.cards))

    @property
    def more(self) -> int | None:
        """How many cards "Show more" shows; None where the list has to."""
        wanted = len(self.cards) + CARDS
        return wanted if self.hidden and wanted <= CARDS_AT_MOST else None


@dataclass(frozen=True)
class Elsewhere:
    """A stage off the board, as a link."""

    stage: Stage
    words: str

    @property
    def href(self) -> str:
        """Who waits for a place stands in an order of their own."""
        return "/waitlist" if self.stage is Stage.WAITLISTED else f"/people?view=list&stage={self.stage}"


@dataclass(frozen=True)
class Board:
    columns: tuple[Column, ...]
    elsewhere: tuple[Elsewhere, ...]

    @property
    def on_the_way(self) -> str:
        """Seventeen people are; One person is; nothing for none."""
        counts = [column.count for column in self.columns if column.stage in ON_THE_WAY]
        if any(count > COUNTED for count in counts):
            return f"More than {COUNTED:,} people are"
        number = sum(counts)
        return f"{opening(people(number))} {'is' if number == 1 else 'are'}" if number else ""


def board(now: datetime, practice: Practice, wanted: Mapping[Stage, int]) -> Board:
    """All columns with their cards, sorted by tense: now, next, was. `wanted`: more cards of a column."""
    most = {stage: min(max(wanted.get(stage, 0), CARDS), CARDS_AT_MOST) for stage in BOARD}
    found = line_up(most, now, practice.zone, up_to=COUNTED + 1)
    by_stage: dict[Stage, list[Card]] = defaultdict(list)
    for card in cards(found.shown, now, practice):
        by_stage[card.lead.stage].append(card)
    columns = (_column(stage, by_stage[stage], found.counts[stage]) for stage in BOARD)
    return Board(tuple(columns), _elsewhere(found.counts))


def whose(pattern: Markup, lead: Person) -> Markup:
    """What was written once for a column, with `/people/0/` and `{name}`, as one person's, escaped."""
    theirs = str(pattern).replace("/people/0/", f"/people/{lead.id}/")
    return Markup(theirs.replace("{name}", escape(isolated(lead.name) or "someone")))  # noqa: S704 - escaped piece by piece


def _column(stage: Stage, found: list[Card], count: int) -> Column:
    return Column(stage, BELOW[stage], tuple(sorted(found, key=lambda card: card.line.place)), count)


def _elsewhere(counts: Mapping[Stage, int]) -> tuple[Elsewhere, ...]:
    """The stages off the board: who waits for a place, who left this month, what looks like spam."""
    return (
        Elsewhere(Stage.WAITLISTED, f"{_or_none(counts[Stage.WAITLISTED])} waiting"),
        Elsewhere(Stage.REFERRED_OUT, f"{_or_none(counts[Stage.REFERRED_OUT])} this month"),
        Elsewhere(Stage.CLOSED, f"{_or_none(counts[Stage.CLOSED])} this month"),
        Elsewhere(Stage.SPAM, f"{_or_none(counts[Stage.SPAM])} to check"),
    )


def _number(count: int) -> str:
    return f"{COUNTED}+" if count > COUNTED else str(count)


def _or_none(count: int) -> str:
    return _number(count) if count else "None"
