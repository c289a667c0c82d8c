"""The board: who is where, by stage. Every number of people costs the same number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import load_only, selectinload

from crm.db import db
from crm.models import Inquiry, Lead, Message, Practice, Reply
from crm.models.message import NOT_GONE
from crm.rules.stages import BOARD, ON_THE_WAY, Stage
from crm.web.tense import Standing, TenseLine, tense_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

CARDS = 50
"""The most cards of a column; the list shows the rest."""
LATELY = timedelta(days=60)
"""So long a new client stands on the board."""

BELOW = {
    Stage.NEW: "Waiting to hear from you",
    Stage.CONTACTED: "You are waiting for them",
    Stage.CONSULT_BOOKED: "On the calendar",
    Stage.CONSULT_DONE: "Decide together what’s next",
    Stage.CLIENT: "Started in the last 60 days",
}


@dataclass(frozen=True)
class Card:
    """One person: their latest words, unless they are to be read first or are a client."""

    lead: Lead
    words: str
    line: TenseLine


@dataclass(frozen=True)
class Column:
    """One stage. `count` is everybody in it, also those beyond the cards."""

    stage: Stage
    below: str
    cards: tuple[Card, ...]
    count: int

    @property
    def waiting(self) -> int:
        return sum(card.lead.waiting_for is not None for card in self.cards)


@dataclass(frozen=True)
class Elsewhere:
    """A stage off the board, as a link."""

    stage: Stage
    words: str


@dataclass(frozen=True)
class Board:
    columns: tuple[Column, ...]
    elsewhere: tuple[Elsewhere, ...]

    @property
    def on_the_way(self) -> int:
        return sum(column.count for column in self.columns if column.stage in ON_THE_WAY)


def board(now: datetime, practice: Practice) -> Board:
    """All columns with their cards, sorted by tense: now, next, was."""
    leads = list(db.session.scalars(_on_the_board(now)))
    by_stage: dict[Stage, list[Card]] = defaultdict(list)
    for card in cards(leads, now, practice):
        by_stage[card.lead.stage].append(card)
    counts = _counts(now)
    columns = (_column(stage, by_stage[stage], counts.get(stage, 0)) for stage in BOARD)
    return Board(tuple(columns), _elsewhere(now, practice.zone))


def cards(leads: Sequence[Lead], now: datetime, practice: Practice) -> list[Card]:
    """These people as cards, in their order. Three queries."""
    ids = [lead.id for lead in leads]
    emails, troubles, words = _open_emails(ids), _troubles(ids), _latest_words(ids)
    held = practice.sending_held_at is not None
    standings = (Standing(lead, emails.get(lead.id), troubles.get(lead.id), held) for lead in leads)
    return [
        Card(each.lead, _shown(each.lead, words), tense_of(each, now, practice.zone)) for each in standings
    ]


def _column(stage: Stage, found: list[Card], count: int) -> Column:
    return Column(stage, BELOW[stage], tuple(sorted(found, key=lambda card: card.line.place)), count)


def with_standing(select: sa.Select[Lead]) -> sa.Select[Lead]:
    """What the tense line reads of a person."""
    return select.options(selectinload(Lead.bookings), selectinload(Lead.enrollments))


def _on_the_board(now: datetime) -> sa.Select[Lead]:
    """At most CARDS of each stage: who waits, who gets an email next, then the latest."""
    open_email = sa.exists().where(
        Message.lead_id == Lead.id,
        Message.state.in_((sa.literal_column("'scheduled'"), sa.literal_column("'awaiting_approval'"))),
    )
    place = sa.func.row_number().over(
        partition_by=Lead.stage,
        order_by=(Lead.waiting_for.is_(None), ~open_email, Lead.stage_changed_at.desc(), Lead.id.desc()),
    )
    ranked = sa.select(Lead.id, place.label("place")).where(*_shown_on_the_board(now)).subquery()
    return with_standing(sa.select(Lead).join(ranked, ranked.c.id == Lead.id).where(ranked.c.place <= CARDS))


def _shown_on_the_board(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    recent_client = sa.and_(Lead.stage == Stage.CLIENT, Lead.stage_changed_at > now - LATELY)
    return Lead.quarantined_at.is_(None), sa.or_(Lead.stage.in_(ON_THE_WAY), recent_client)


def _counts(now: datetime) -> dict[Stage, int]:
    rows = db.session.execute(
        sa.select(Lead.stage, sa.func.count()).where(*_shown_on_the_board(now)).group_by(Lead.stage)
    )
    return {stage: number for stage, number in rows}  # noqa: C416 - a row is no pair of its own


def _elsewhere(now: datetime, zone: ZoneInfo) -> tuple[Elsewhere, ...]:
    """The stages off the board: who waits for a place, who left this month, what looks like spam."""
    month = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    lately = sa.or_(Lead.stage == Stage.WAITLISTED, Lead.stage_changed_at >= month)
    rows = db.session.execute(
        sa.select(Lead.stage, sa.func.count())
        .where(Lead.stage.in_((Stage.WAITLISTED, Stage.REFERRED_OUT, Stage.CLOSED)), lately)
        .group_by(Lead.stage)
    )
    counts = {stage: number for stage, number in rows}  # noqa: C416 - a row is no pair of its own
    to_check = db.session.scalar(sa.select(sa.func.count()).select_from(Lead.quarantined().subquery())) or 0
    return (
        Elsewhere(Stage.WAITLISTED, f"{counts.get(Stage.WAITLISTED, 0) or 'None'} waiting"),
        Elsewhere(Stage.REFERRED_OUT, f"{counts.get(Stage.REFERRED_OUT, 0) or 'None'} this month"),
        Elsewhere(Stage.CLOSED, f"{counts.get(Stage.CLOSED, 0) or 'None'} this month"),
        Elsewhere(Stage.SPAM, f"{to_check or 'None'} to check"),
    )


def _open_emails(ids: list[int]) -> dict[int, Message]:
    """The follow-up on its way to each of these people."""
    on_its_way = sa.select(Message).where(
        Message.lead_id.in_(ids),
        Message.enrollment_id.is_not(None),
        Message.state.in_(NOT_GONE),
    )
    return {each.lead_id: each for each in db.session.scalars(on_its_way.options(_BRIEFLY)) if each.lead_id}


def _troubles(ids: list[int]) -> dict[int, Message]:
    """The email of each of these people that the owner has still to settle."""
    unsettled = Message.problems().where(Message.lead_id.in_(ids)).options(_BRIEFLY)
    return {each.lead_id: each for each in db.session.scalars(unsettled) if each.lead_id}


_BRIEFLY = load_only(Message.lead_id, Message.state, Message.due_at, Message.created_at)


def _shown(lead: Lead, words: dict[int, str]) -> str:
    """Words that suggest danger are never cut short, and a client's first note is long ago."""
    if lead.read_first_at or lead.stage is Stage.CLIENT:
        return ""
    return words.get(lead.id, "")


def _latest_words(ids: list[int]) -> dict[int, str]:
    """What each of these people wrote last: in their inquiry, or after it."""
    first = dict(_latest(Inquiry.id, Inquiry.lead_id, Inquiry.message, ids))
    return first | dict(_latest(Reply.id, Reply.lead_id, Reply.text, ids))


def _latest(
    row: sa.orm.InstrumentedAttribute[int],
    person: sa.orm.InstrumentedAttribute[int],
    text: sa.orm.InstrumentedAttribute[str],
    ids: list[int],
) -> Iterable[tuple[int, str]]:
    newest = sa.select(sa.func.max(row)).where(person.in_(ids), text != "").group_by(person)
    return ((who, said) for who, said in db.session.execute(sa.select(person, text).where(row.in_(newest))))
