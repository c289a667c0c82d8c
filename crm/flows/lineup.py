"""Who is shown first of each stage, and how many there are: a few index entries each, however many people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import instant
from crm.models import Booking, Lead, Message, Urgency, attention
from crm.rules.stages import BOARD, Stage
from crm.together import Row, Together

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

Rows = sa.Select[*tuple[Any, ...]]
Instant = sa.SQLColumnExpression[Any]
PRESSING = 300
"""So many people of each kind that presses are looked at; Today and the list show everybody."""
MOST = sa.bindparam("most", type_=sa.Integer())
CLIENT_FOR = timedelta(days=60)
"""So long a new client stands on the board."""


@dataclass(frozen=True)
class Lineup:
    """Who is shown, and how many are in each stage of the board, and off it this month.

    Of spam, what is to be checked.
    """

    shown: list[int]
    counts: dict[Stage, int]


def line_up(most: Mapping[Stage, int], now: datetime, zone: ZoneInfo, up_to: int) -> Lineup:
    """At most so many of each stage, counted `up_to` so many. One query."""
    month = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    limits = {"most": sum(most.values()), **{f"most_{stage}": most[stage] for stage in BOARD}}
    since = {"clients_since": now - CLIENT_FOR, "month": month}
    found = LINEUP.ask(now=now, up_to=up_to, **since, **limits)
    return Lineup(_first(found["in_line"], most), {Stage(row.stage): row.number for row in found["numbers"]})


def _first(rows: Iterable[Row], most: Mapping[Stage, int]) -> list[int]:
    """Who presses, who gets an email next, then who came there last."""
    shown: dict[Stage, dict[int, None]] = defaultdict(dict)
    for row in sorted(rows, key=_place):
        if row.stage in most and len(shown[row.stage]) < most[row.stage]:
            shown[row.stage][row.id] = None
    return [lead_id for people in shown.values() for lead_id in people]


def _place(row: Row) -> tuple[int, float]:
    """The soonest first; of those for whom nothing is to be done, the latest."""
    at: float = row.at.timestamp()
    return row.rank, -at if row.rank == LATEST else at


def _all_in(stage: Stage) -> sa.ColumnElement[bool]:
    """As the index has it."""
    return sa.and_(Lead.stage == sa.literal_column(f"'{stage}'"), Lead.quarantined_at.is_(None))


def _on_the_board(stage: Stage) -> sa.ColumnElement[bool]:
    """Clients only for a while."""
    here = _all_in(stage)
    return here & (Lead.stage_changed_at > instant("clients_since")) if stage is Stage.CLIENT else here


def _soonest(rank: int, people: Rows, at: Instant, order: Instant, most: int | sa.BindParameter[Any]) -> Rows:
    told = people.add_columns(at.label("at"), sa.literal_column(str(rank), sa.Integer()).label("rank"))
    return sa.select(told.order_by(order).limit(most).subquery())


def _latest(stage: Stage) -> Rows:
    here = sa.select(Lead.id, Lead.stage).where(_on_the_board(stage))
    most = sa.bindparam(f"most_{stage}", type_=sa.Integer())
    return _soonest(LATEST, here, Lead.stage_changed_at, Lead.stage_changed_at.desc(), most)


def _whose_email_is_next() -> Rows:
    """The soonest emails first, and then whose they are: the other way round reads every email there is.

    As many as there are places on the whole board: who has a later one stands where they came last.
    """
    soonest = (
        sa.select(Message.lead_id, Message.due_at)
        .where(
            Message.state == sa.literal_column("'scheduled'"),
            Message.held_at.is_(None),
            Message.urgency == sa.literal_column(str(int(Urgency.FOLLOW_UP))),
        )
        .order_by(Message.due_at, Message.id)
        .limit(MOST)
        .subquery()
    )
    whose = sa.select(Lead.id, Lead.stage).join(soonest, soonest.c.lead_id == Lead.id)
    return _soonest(4, whose.where(Lead.quarantined_at.is_(None)), soonest.c.due_at, soonest.c.due_at, MOST)


def _number(stage: Stage, which: sa.ColumnElement[bool]) -> Rows:
    some: Rows = sa.select(sa.literal_column("1")).select_from(Lead).where(which)
    up_to = some.limit(sa.bindparam("up_to", type_=sa.Integer())).subquery()
    said: sa.ColumnElement[str] = sa.literal_column(f"'{stage}'", sa.String()).label("stage")
    return sa.select(said, sa.func.count().label("number")).select_from(up_to)


LATEST = 5
_seen = sa.select(Lead.id, Lead.stage).where(Lead.quarantined_at.is_(None))
_to_be_read = _seen.where(Lead.read_first_at.is_not(None))
_called = _seen.join(Lead.bookings).where(Booking.outcome.is_(None))
_troubled = Message.problems().order_by(None).with_only_columns(Message.lead_id)
_waiting = attention.waiting(instant("now")).with_only_columns(Lead.id, Lead.stage).order_by(None)
_promised = sa.func.coalesce(Lead.reply_by, Lead.waiting_since)
IN_LINE = sa.union_all(
    _soonest(
        0, _seen.where(Lead.read_first_at.is_not(None)), Lead.read_first_at, Lead.read_first_at, PRESSING
    ),
    _soonest(1, _seen.where(Lead.id.in_(_troubled)), Lead.created_at, Lead.id, PRESSING),
    _soonest(2, _waiting, _promised, _promised, PRESSING),
    _soonest(3, _called, Booking.starts_at, Booking.starts_at, PRESSING),
    _whose_email_is_next(),
    *(_latest(stage) for stage in BOARD),
)
NUMBERS = sa.union_all(
    *(_number(stage, _on_the_board(stage)) for stage in BOARD),
    _number(Stage.WAITLISTED, _all_in(Stage.WAITLISTED)),
    *(
        _number(stage, _all_in(stage) & (Lead.stage_changed_at >= instant("month")))
        for stage in (Stage.REFERRED_OUT, Stage.CLOSED)
    ),
    _number(Stage.SPAM, Lead.quarantined_at.is_not(None)),
)
LINEUP = Together(in_line=IN_LINE, numbers=NUMBERS)
