"""What was stored before bounds what follows now: a twin is not stored twice, a flood is not answered.

Whoever types a stranger's address into the form can't fill that stranger's mailbox: neither with
acknowledgements (R13), nor with notes about a call that is moved again and again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db, instant
from crm.many import is_one_of
from crm.models import Inquiry, Lead, Message, Urgency
from crm.rules.call_notes import REMINDERS
from crm.rules.intake import content_key
from crm.rules.sending import MessageState
from crm.sealed import known_as

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crm.rules.intake import Limits, Submission
    from crm.together import Row

DAY = timedelta(days=1)
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
    ceilings = (
        (counted.mailbox, limits.acks_per_mailbox_day, "many inquiries from one mailbox today"),
        (counted.place, limits.acks_per_client_hour, "many inquiries from one place this hour"),
        (counted.everyone, limits.acks_per_hour, "very many inquiries this hour"),
    )
    return next((why for count, most, why in ceilings if count >= most), None)


@dataclass(frozen=True)
class NoteCeilings:
    """What stands against a note to somebody whose address has proven nothing, while it is one's turn."""

    of_mailbox: tuple[datetime, ...]
    of_place: int
    of_everyone: int
    limits: Limits

    def why_not(self, due_at: datetime) -> str | None:
        """To a mailbox they count on the day they go: reminders go later than they are planned."""
        that_day = sum(abs(due_at - each) < DAY for each in self.of_mailbox)
        ceilings = (
            (that_day, self.limits.notes_per_mailbox_day, "many emails about calls to one mailbox that day"),
            (self.of_place, self.limits.acks_per_client_hour, "many calls from one place this hour"),
            (self.of_everyone, self.limits.acks_per_hour, "very many emails about calls this hour"),
        )
        return next((why for count, most, why in ceilings if count >= most), None)

    def and_one(self, due_at: datetime) -> NoteCeilings:
        """As it stands once this one is planned. What goes with one change is one in an hour."""
        return replace(self, of_mailbox=(*self.of_mailbox, due_at))


def note_ceilings(lead: Lead, place: str, now: datetime) -> NoteCeilings:
    """The same ceilings for notes about calls. What was withdrawn before it left does not count."""
    if db.engine.dialect.name == "postgresql":
        db.session.connection().execute(MY_TURN_TO_TELL)
    found = db.session.connection().execute(TOLD_LATELY, {"place": place, "hour": now - HOUR}).one()
    given = {"mailbox": lead.base_mailbox, "since": now - DAY}
    of_mailbox = tuple(db.session.connection().scalars(TO_MAILBOX, given))
    limits: Limits = db.engine.get_execution_options()[LIMITS]
    return NoteCeilings(of_mailbox, found.place or 0, found.everyone, limits)


MY_TURN = sa.select(sa.func.pg_advisory_xact_lock(sa.literal_column("1301")))
"""R13, in numbers: any would do that nobody else waits for."""
MY_TURN_TO_TELL = sa.select(sa.func.pg_advisory_xact_lock(sa.literal_column("1302")))
LIMITS = "limits"
"""Under this word the ceilings travel with the engine, for whoever writes down what the person is told."""
_inquiry, _message = Inquiry.__table__.c, Message.__table__.c
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
_counts = (
    _message.client_key.is_not(None),
    _message.state != sa.literal_column(f"'{MessageState.CANCELLED}'"),
)
TOLD_LATELY = sa.select(
    sa.func.count(_message.id).label("everyone"),
    sa.func.sum(sa.case((_message.client_key == sa.bindparam("place"), 1), else_=0)).label("place"),
).where(*_counts, _message.created_at > instant("hour"), sa.not_(is_one_of(_message.call_note, REMINDERS)))
TO_MAILBOX = (
    sa.select(_message.due_at)
    .join(Lead.__table__, Lead.id == _message.lead_id)
    .where(*_counts, Lead.base_mailbox == sa.bindparam("mailbox"), _message.due_at > instant("since"))
)
