"""What is known around several messages at once, in a fixed number of queries however many they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db, instant
from crm.flows.call_facts import CallFacts, facts_of_calls
from crm.flows.offer_facts import OfferFacts, facts_of_offers
from crm.many import among, is_one_of
from crm.models import (
    Booking,
    DomainPause,
    Incoming,
    Inquiry,
    Message,
    Practice,
    Suppression,
    Urgency,
)
from crm.models.standing import Standing, standings
from crm.rules.addresses import normalize_email
from crm.rules.pacing import DAY, HOUR, Usage, room
from crm.rules.sending import MessageKind, SuppressionReason
from crm.rules.waits import FAST_CLOCK, LONGEST_LINE, still_waits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from crm.models.outgoing import Outgoing

CLOSE = 64
"""With less room than this under the account's limit, workers count one after the other."""
LIMIT_LOCK = 7_406_001
"""Any number, the same in every worker: the key of Postgres' advisory lock."""


@dataclass(frozen=True)
class Surroundings:
    """Facts by person, by address and, in `standings`, by enrollment.

    `sent`: Message-ID and instant of all a person got, oldest first; `heard`: of what they mailed, where the
    owner writes to them. `calls`: the next that is agreed. `call_notes`: by message, what is told of calls.
    `offers`: the same of places that are offered.
    """

    practice: Practice
    suppressed: dict[str, SuppressionReason]
    calls: dict[int, datetime]
    asked: dict[int, datetime]
    standings: dict[int, Standing]
    sent: dict[int, list[tuple[str, datetime]]]
    heard: dict[int, list[tuple[str, datetime]]]
    follow_ups: dict[int, list[datetime]]
    paused: dict[str, datetime]
    call_notes: dict[int, CallFacts]
    offers: dict[int, OfferFacts]


@dataclass
class Room:
    """How many mails the account still takes; None is no limit. It shrinks as mails are let through.

    `line`: follow-ups wait for the account in a line. Who comes now goes to its end, room or not.
    """

    urgent: int | None = None
    others: int | None = None
    line: bool = False
    taken: int = field(default=0)

    def is_full_for(self, message: Outgoing) -> bool:
        if not message.waits_in_line:
            return self.urgent is not None and self.taken >= self.urgent
        out_of_turn = self.line and not message.has_a_place
        return out_of_turn or (self.others is not None and self.taken >= self.others)

    def let_through(self) -> None:
        self.taken += 1


def look_around(messages: Sequence[Outgoing], now: datetime) -> Surroundings:
    """Read inside the transaction that decides, so that a stop known by now is seen (R15)."""
    people = {message.lead_id for message in messages if message.lead_id}
    addresses = {normalize_email(message.to_address) for message in messages if message.to_address}
    enrollments = {message.enrollment_id for message in messages if message.enrollment_id}
    domains = {message.to_domain for message in messages}
    sent, follow_ups = _what_they_got(people)
    practice = Practice.current()
    return Surroundings(
        practice=practice,
        suppressed=Suppression.standing(addresses),
        calls=_instants(CALLS, people, now=now),
        asked=_instants(ASKED, people),
        standings={each.enrollment_id: each for each in standings(enrollments)},
        sent=sent,
        heard=_what_they_mailed({m.lead_id for m in messages if m.lead_id and m.kind is MessageKind.REPLY}),
        follow_ups=follow_ups,
        paused=DomainPause.standing(domains, now),
        call_notes=facts_of_calls((m.id for m in messages if m.kind is MessageKind.CALL), practice),
        offers=facts_of_offers((m.id for m in messages if m.kind is MessageKind.OFFER), practice),
    )


def room_left(practice: Practice, now: datetime) -> Room:
    """How much the account still takes now. Near the limit, workers take turns to count (Postgres)."""
    if practice.hourly_limit is None and practice.daily_limit is None:
        return Room()
    if (_room(practice, now).urgent or 0) < CLOSE and db.engine.dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(LIMIT_LOCK)))
    return _room(practice, now)


def _room(practice: Practice, now: datetime) -> Room:
    going, going_on = in_hand()
    hour, of_hour = _counted(*went_within(HOUR, now))
    day, of_day = _counted(*went_within(DAY, now))
    usage = Usage(hour + going, day + going, of_hour + going_on, of_day + going_on)
    limits, line = practice.limits, still_waits(practice.limit_until, now, LONGEST_LINE)
    return Room(room(usage, limits, urgent=True), room(usage, limits, urgent=False), line)


def went_within(period: timedelta, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Mails that count against the account. Those of a clock that was fast would count for days."""
    return (Message.sent_at > now - period, Message.sent_at <= now + FAST_CLOCK)


def in_hand() -> tuple[int, int]:
    """How many mails workers have in their hands now, and how many of them are follow-ups."""
    return _counted(Message.state == sa.literal_column("'sending'"))


def _counted(*which: sa.ColumnElement[bool]) -> tuple[int, int]:
    """How many mails, and how many of them are follow-ups."""
    follow_ups = sa.func.sum(sa.case((Message.urgency == int(Urgency.FOLLOW_UP), 1), else_=0))
    found = db.session.execute(sa.select(sa.func.count(Message.id), follow_ups).where(*which)).one()
    return found[0], found[1] or 0


def _instants(which: sa.Select[Any], people: set[int], **more: datetime) -> dict[int, datetime]:
    return dict(db.session.connection().execute(which, {"these": list(people), **more}).all())


def _what_they_got(
    people: set[int],
) -> tuple[dict[int, list[tuple[str, datetime]]], dict[int, list[datetime]]]:
    """What a person got of sequences and letters, and when follow-ups counted against their pace went."""
    sent: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    follow_ups: dict[int, list[datetime]] = defaultdict(list)
    rows = db.session.connection().execute(EARLIER, {"these": list(people)})
    for lead_id, message_id, sent_at, kind, urgency in rows:
        sent[lead_id].append((message_id, sent_at))
        if kind is MessageKind.STEP and urgency == Urgency.FOLLOW_UP:
            follow_ups[lead_id].append(sent_at)
    return sent, follow_ups


def _what_they_mailed(people: set[int]) -> dict[int, list[tuple[str, datetime]]]:
    """Nobody but the owner answers a mail, so it is asked for his letters only."""
    heard: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    rows = db.session.connection().execute(MAILED, {"these": list(people)}) if people else ()
    for lead_id, message_id, arrived_at in rows:
        heard[lead_id].append((message_id, arrived_at))
    return heard


_incoming = Incoming.__table__
_message, _booking, _inquiry = Message.__table__, Booking.__table__, Inquiry.__table__
CALLS = (
    sa.select(
        _booking.c.lead_id,
        sa.func.coalesce(
            sa.func.min(sa.case((_booking.c.ends_at > instant("now"), _booking.c.starts_at))),
            sa.func.max(_booking.c.starts_at),
        ),
    )
    .where(among(_booking.c.lead_id, "these"), _booking.c.outcome.is_(None))
    .group_by(_booking.c.lead_id)
)
"""The one that is to come; one that is over only where no other is."""
ASKED = (
    sa.select(_inquiry.c.lead_id, sa.func.max(_inquiry.c.received_at))
    .where(among(_inquiry.c.lead_id, "these"))
    .group_by(_inquiry.c.lead_id)
)
EARLIER = (
    sa.select(
        _message.c.lead_id, _message.c.message_id, _message.c.sent_at, _message.c.kind, _message.c.urgency
    )
    .where(
        among(_message.c.lead_id, "these"),
        _message.c.sent_at.is_not(None),
        is_one_of(_message.c.kind, (MessageKind.STEP, MessageKind.REPLY)),
    )
    .order_by(_message.c.sent_at, _message.c.id)
)
MAILED = (
    sa.select(_incoming.c.lead_id, _incoming.c.message_id, _incoming.c.arrived_at)
    .where(
        among(_incoming.c.lead_id, "these"),
        _incoming.c.reply_id.is_not(None),
        _incoming.c.message_id != sa.literal_column("''"),
    )
    .order_by(_incoming.c.arrived_at, _incoming.c.id)
)
