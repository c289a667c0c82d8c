"""Who needs the owner: everyone on Today, whom he has put off, and whom he has to look at for spam."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import instant
from crm.models.booking import Booking
from crm.models.lead import Lead
from crm.models.note import Note
from crm.rules.stages import Stage

if TYPE_CHECKING:
    from sqlalchemy import Select

Now = datetime | sa.ColumnElement[datetime]
"""An instant; or its place in a statement that is written once."""


def waiting(now: Now) -> Select[Lead]:
    """People who wait for the owner: read first, then the soonest promise, then the longest wait."""
    return (
        sa.select(Lead)
        .where(Lead.waiting_for.is_not(None), Lead.quarantined_at.is_(None), _awake(now))
        .order_by(
            Lead.read_first_at.is_(None),
            sa.func.coalesce(Lead.reply_by, Lead.waiting_since),
            Lead.waiting_since,
        )
    )


def on_today(now: datetime) -> Select[Lead]:
    """Everyone who needs the owner, each once."""
    return ON_TODAY.params(moments(now))


def moments(now: datetime) -> dict[str, datetime]:
    """What ON_TODAY is asked with."""
    return {"now": now}


def put_off(now: Now) -> Select[Lead]:
    """People whom the owner has put off until later.

    Postgres takes a third of all people to come after a moment it does not know yet, and would plan anew each
    time. How few have such a moment at all, it knows.
    """
    later = sa.func.coalesce(Lead.snoozed_until > now, sa.false())
    here = (Lead.quarantined_at.is_(None), Lead.read_first_at.is_(None))
    return sa.select(Lead).where(Lead.snoozed_until.is_not(None), later, *here)


def quarantined() -> Select[Lead]:
    """Suspected spam: kept, shown as one line, written to by nobody."""
    return sa.select(Lead).where(Lead.quarantined_at.is_not(None)).order_by(Lead.quarantined_at.desc())


def _called() -> Select[int]:
    return Booking.without_outcome(instant("now")).with_only_columns(Booking.lead_id).order_by(None)


def _to_be_said_yes_to() -> Select[int]:
    """Also when its time has come and gone: somebody waits for a word."""
    asked = (Booking.outcome.is_(None), Booking.state == sa.literal_column("'asked'"))
    return sa.select(Booking.lead_id).where(*asked)


def _reminded() -> Select[int]:
    reminders = Note.open_reminders().with_only_columns(Note.lead_id).where(Note.due_at <= _now)
    return reminders.join(Lead, Lead.id == Note.lead_id).where(Lead.stage != Stage.SPAM)


def _to_be_read_first() -> Select[int]:
    return sa.select(Lead.id).where(Lead.read_first_at.is_not(None), Lead.stage != Stage.SPAM)


def _due_reminder() -> sa.ScalarSelect[datetime | None]:
    reminder = Note.open_reminders().with_only_columns(Note.due_at).where(Note.lead_id == Lead.id)
    return reminder.scalar_subquery()


def _awake(now: Now) -> sa.ColumnElement[bool]:
    """Not put off until later; who is to be read first never is."""
    return sa.or_(Lead.snoozed_until.is_(None), Lead.snoozed_until <= now, Lead.read_first_at.is_not(None))


_now = instant("now")
_wait = sa.select(Lead.id).where(Lead.waiting_for.is_not(None), Lead.quarantined_at.is_(None))
_since = sa.func.coalesce(Lead.waiting_since, _due_reminder(), Lead.stage_changed_at)
ON_TODAY = (
    sa.select(Lead)
    .where(
        Lead.id.in_(_wait.union(_called(), _to_be_said_yes_to(), _reminded(), _to_be_read_first())),
        Lead.quarantined_at.is_(None),
        _awake(_now),
    )
    .order_by(Lead.read_first_at.is_(None), Lead.reply_by.is_(None), Lead.reply_by, _since, Lead.id)
)
"""Everyone who needs the owner, each once.

Those who wait, those whose call nobody has told of or said yes to, those for whom a reminder is due, and
those to be read first until somebody has written down what was done. Read first, then the soonest promise,
then the longest wait.
"""
