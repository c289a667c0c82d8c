"""What was stored before bounds what follows now: a twin is not stored twice, a flood is not answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db, instant
from crm.models import Event, EventKind, Inquiry, Lead, Message, Urgency
from crm.rules.call_notes import REMINDERS
from crm.rules.intake import content_key
from crm.rules.sending import MessageKind, MessageState
from crm.sealed import known_as

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crm.rules.intake import Limits, Submission
    from crm.together import Row

NOTES_PER_MAILBOX_DAY = 3
REACHED = (
    "many inquiries from one mailbox today",
    "many inquiries from one place this hour",
    "very many inquiries this hour",
)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Twins:
    """What was stored before. `same`: this very submission, within a day (R26)."""

    content_key: str
    same: int | None
    nonce_is_taken: bool


def twin_keys(submission: Submission, now: datetime) -> dict[str, str]:
    """What TWINS looks for."""
    today, yesterday = (known_as(content_key(submission, day)) for day in (now.date(), now.date() - DAY))
    return {"today": today, "yesterday": yesterday, "nonce": submission.nonce}


def twins_among(rows: Sequence[Row], keys: dict[str, str], now: datetime) -> Twins:
    """What TWINS found for these keys."""
    days = (keys["today"], keys["yesterday"])
    same = (each.id for each in rows if each.content_key in days and each.received_at > now - DAY)
    return Twins(keys["today"], next(same, None), any(each.nonce == keys["nonce"] for each in rows))


def why_no_mail(
    lead: Lead, inquiry: Inquiry | None, reasons: list[str], limits: Limits, now: datetime
) -> str | None:
    """The ceilings of R13: over them the person is stored and on Today, and nothing is sent.

    That of one place holds for what has just come in, `inquiry`, and not for whom the owner set free.
    Who counts waits for all who have counted and not yet stored what they send: at once is one by one.
    """
    if reasons:
        return ", ".join(reasons)
    if db.engine.dialect.name == "postgresql":  # on SQLite the transaction is everybody's turn
        db.session.connection().execute(MY_TURN)
    place, nonce = (inquiry.client_key, inquiry.nonce) if inquiry else (None, None)
    given = {"day": now - DAY, "hour": now - HOUR, "mailbox": lead.base_mailbox, "place": place, "own": nonce}
    counted = db.session.connection().execute(CEILINGS, given).one()
    found = (counted.mailbox, counted.place, counted.everyone)
    most = (limits.acks_per_mailbox_day, limits.acks_per_client_hour, limits.acks_per_hour)
    return next(
        (why for why, count, so_many in zip(REACHED, found, most, strict=True) if count >= so_many), None
    )


def may_hear_of_calls(lead: Lead, now: datetime) -> bool:
    """The same of notes about calls that were chosen after a form, which proves no address.

    Whoever chooses, moves and calls off in somebody else's name must not fill their mailbox by that; and
    whom a ceiling has kept from a first answer hears of no call either.
    """
    given = {"day": now - DAY, "week": now - WEEK, "mailbox": lead.base_mailbox, "lead_id": lead.id}
    found = db.session.connection().execute(OF_CALLS, given).one()
    return found.notes < NOTES_PER_MAILBOX_DAY and not found.kept_back


MY_TURN = sa.select(sa.func.pg_advisory_xact_lock(sa.literal_column("1301")))
"""R13, in numbers: any would do that nobody else waits for."""
_inquiry, _message, _event = Inquiry.__table__.c, Message.__table__.c, Event.__table__.c
TWINS = sa.select(_inquiry.id, _inquiry.nonce, _inquiry.content_key, _inquiry.received_at).where(
    sa.or_(
        *(_inquiry.content_key == sa.bindparam(name) for name in ("today", "yesterday")),
        _inquiry.nonce == sa.bindparam("nonce"),
    )
)


def _acknowledged(since: str) -> sa.Select[int]:
    is_one = _message.urgency == sa.literal_column(str(int(Urgency.ACKNOWLEDGEMENT)))
    return sa.select(sa.func.count(_message.id)).where(is_one, _message.created_at > instant(since))


CEILINGS = sa.select(
    _acknowledged("day")
    .join(Lead.__table__, Lead.id == _message.lead_id)
    .where(Lead.base_mailbox == sa.bindparam("mailbox"))
    .scalar_subquery()
    .label("mailbox"),
    sa.select(sa.func.count(_inquiry.id))
    .where(
        _inquiry.client_key == sa.bindparam("place"),
        _inquiry.received_at > instant("hour"),
        _inquiry.nonce != sa.bindparam("own"),
    )
    .scalar_subquery()
    .label("place"),
    _acknowledged("hour").scalar_subquery().label("everyone"),
)
"""Those from one place beside the one that has just come: written down or not yet."""
OF_CALLS = sa.select(
    sa.select(sa.func.count(_message.id))
    .join(Lead.__table__, Lead.id == _message.lead_id)
    .where(
        Lead.base_mailbox == sa.bindparam("mailbox"),
        _message.kind == sa.literal_column(f"'{MessageKind.CALL}'"),
        _message.call_note.not_in([sa.literal_column(f"'{each}'") for each in REMINDERS]),
        _message.state != sa.literal_column(f"'{MessageState.CANCELLED}'"),
        _message.created_at > instant("day"),
    )
    .scalar_subquery()
    .label("notes"),
    sa.exists()
    .where(
        _event.lead_id == sa.bindparam("lead_id"),
        _event.kind == EventKind.NO_AUTOMATIC_EMAIL,
        _event.reason.in_(REACHED),
        _event.at > instant("week"),
    )
    .label("kept_back"),
)
