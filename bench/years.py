"""A practice after years: people in every stage, ten lines of story each, and few of them on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bench import filling
from crm.db import UtcDateTime, db, transaction
from crm.models import Booking, Enrollment, Event, EventKind, Lead, Message, Reply, ReplyChannel, Waiting
from crm.rules.sending import EnrollmentState, MessageState, StopReason
from crm.rules.stages import CloseReason, Stage
from crm.sealed import known_as

SOMETIME = timedelta(days=3)
SOURCES = ("A search", "A friend", "A colleague’s referral", "A directory", "Your article", "")
DAYS_AGO = (1, 3, 8, 20, 45, 100, 200, 400, 700, 1000)
"""How long ago people came to their stage, a tenth of them each."""
OF_A_HUNDRED = (Stage.NEW, Stage.CONTACTED, Stage.CONTACTED, Stage.CONSULT_BOOKED, Stage.CONSULT_DONE,
                Stage.CLIENT, Stage.CLIENT, Stage.WAITLISTED, Stage.REFERRED_OUT)  # fmt: skip
"""The rest is closed."""
STORY = (
    EventKind.INQUIRY_RECEIVED,
    EventKind.FOLLOW_UPS_STARTED,
    EventKind.MESSAGE_SENT,
    EventKind.NOTE_ADDED,
    EventKind.MESSAGE_SENT,
    EventKind.REPLY_RECEIVED,
    EventKind.CALL_LOGGED,
    EventKind.STAGE_MOVED,
    EventKind.STAGE_MOVED,
    EventKind.FOLLOW_UPS_FINISHED,
)
KEPT = sa.Text()
"""As words are kept."""
PRESSING = 30
"""So many wait for the owner, are due today, and have a call agreed, however many people there are."""


def grow(count: int, now: datetime) -> None:
    """So many people more, with all that has happened to them."""
    before = db.session.scalar(sa.select(sa.func.max(Lead.id))) or 0
    filling.fill(count, now + SOMETIME, now)
    these = Lead.id > before
    with transaction() as session:
        filling.trust(session.connection())
        _settle(these, now)
        _end_what_is_settled()
        for at, kind in enumerate(STORY):
            _tell(these, kind, now - timedelta(days=1000 - 90 * at))
        _answer(these, now)
        if before == 0:
            _press(now)
    filling.tidy()


def _settle(these: sa.ColumnElement[bool], now: datetime) -> None:
    """In one statement: each more of it would write every person and all entries of indexes anew."""
    came_at = _one_of(Lead.id // 7 % len(DAYS_AGO), [now - timedelta(days=days) for days in DAYS_AGO], now)
    nth = Lead.id % 100
    is_open = nth < len(OF_A_HUNDRED)
    _set(
        these,
        created_at=came_at,
        stage_changed_at=came_at,
        answered_at=came_at,
        found_us=_one_of(Lead.id % len(SOURCES), SOURCES, ""),
        found_us_key=_one_of(
            Lead.id % len(SOURCES), [known_as(each) if each else "" for each in SOURCES], ""
        ),
        stage=_one_of(nth, OF_A_HUNDRED, Stage.CLOSED),
        close_reason=sa.case((is_open, sa.null()), else_=sa.literal(CloseReason.UNREACHABLE, KEPT)),
    )


def _one_of(number: sa.ColumnElement[int], values: Sequence[Any], otherwise: object) -> sa.ColumnElement[Any]:
    """The value at this place, counted from nought."""
    kind = UtcDateTime() if isinstance(otherwise, datetime) else KEPT
    of_it = [(number == place, sa.literal(value, kind)) for place, value in enumerate(values)]
    return sa.case(*of_it, else_=sa.literal(otherwise, kind))


def _end_what_is_settled() -> None:
    """Only people on the way have follow-ups."""
    at_rest = sa.select(Lead.id).where(Lead.stage.not_in((Stage.NEW, Stage.CONTACTED)))
    ended = {"state": EnrollmentState.STOPPED, "stop_reason": StopReason.STAGE_CHANGED}
    db.session.execute(
        sa.update(Enrollment)
        .where(Enrollment.lead_id.in_(at_rest), Enrollment.state == EnrollmentState.ACTIVE)
        .values(stopped_at=Enrollment.started_at, **ended)
    )
    open_ones = (Message.lead_id.in_(at_rest), Message.state == MessageState.SCHEDULED)
    cancelled = {"state": MessageState.CANCELLED, "cancelled_at": Message.created_at}
    db.session.execute(
        sa.update(Message).where(*open_ones).values(**cancelled, cancel_reason="stage_changed")
    )


def _tell(these: sa.ColumnElement[bool], kind: EventKind, at: datetime) -> None:
    _copy(Event, these, kind=kind, at=at, reason=Stage.CONTACTED, facts={"from": "new", "to": "contacted"})


def _answer(these: sa.ColumnElement[bool], now: datetime) -> None:
    """Every fifth has written back."""
    said = {"text": "Thursday at ten would be lovely.", "received_at": now - timedelta(days=100)}
    _copy(Reply, these & (Lead.id % 5 == 0), channel=ReplyChannel.BY_HAND, **said)


def _press(now: datetime) -> None:
    """What there is to do today does not grow with the years."""
    _set(Lead.id.in_(_first(Stage.NEW)), waiting_for=Waiting.INQUIRY, waiting_since=now, heard_at=now)
    _set(Lead.waiting_for.is_not(None), reply_by=now + timedelta(hours=20))
    due = Message.lead_id.in_(_first(Stage.CONTACTED)) & (Message.state == MessageState.SCHEDULED)
    soon = {"due_at": now + timedelta(minutes=30), "planned_at": now + timedelta(minutes=30)}
    db.session.execute(sa.update(Message).where(due).values(**soon))
    booked = Lead.id.in_(_first(Stage.CONSULT_BOOKED))
    at = {"starts_at": now + timedelta(days=2), "created_at": now, "clinician_id": 1}
    db.session.add_all(
        Booking(lead_id=lead_id, **at) for lead_id in db.session.scalars(sa.select(Lead.id).where(booked))
    )


def _first(stage: Stage) -> sa.Select[int]:
    return sa.select(Lead.id).where(Lead.stage == stage).order_by(Lead.id).limit(PRESSING)


def _set(which: sa.ColumnElement[bool], **values: object) -> None:
    db.session.execute(sa.update(Lead).where(which).values(**values))


def _copy(model: type[Event | Reply], which: sa.ColumnElement[bool], **values: object) -> None:
    """A row for each of these people."""
    table = model.__table__
    columns = [sa.literal(value, table.c[name].type) for name, value in values.items()]
    rows = sa.select(Lead.id, *columns).where(which)
    db.session.execute(sa.insert(model).from_select(["lead_id", *values], rows))
