"""One note a working day to the owner, if he wants it: how many wait and by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.notices import write_to_owner
from crm.models import Booking, Message, NoticeKind, Practice, attention
from crm.rules.daily_note import DayFacts, due_on, sentences
from crm.rules.wording import Wording

if TYPE_CHECKING:
    from datetime import date, datetime

    from crm.links import Links


def tell_the_day(links: Links, now: datetime) -> Message | None:
    """Plan today's note once it is time. Two workers at once, or one twice: the row decides, once a day.

    None in a restored copy: it could leave only once that is confirmed, and would tell of another day.
    """
    practice = Practice.current()
    if practice.daily_note_at is None or practice.restored_at is not None:
        return None
    today = due_on(now, practice.daily_note_at, practice.daily_note_on, practice.window)
    if today is None or not _is_ours_to_tell(today):
        return None
    told = sentences(_facts(now), now, practice.window)
    if not told:
        return None
    wording = Wording("Your day", told[0], f"{' '.join(told)}\n\n[Open Today]({links.today()})\n")
    return write_to_owner(NoticeKind.DAY, wording, now)


def _is_ours_to_tell(today: date) -> bool:
    not_told = sa.or_(Practice.daily_note_on.is_(None), Practice.daily_note_on < today)
    taken = sa.update(Practice).where(not_told).values(daily_note_on=today).returning(Practice.id)
    return db.session.scalar(taken) is not None


def _facts(now: datetime) -> DayFacts:
    """Counts and instants only: nothing of a person goes into a mail."""
    practice = Practice.current()
    window = practice.window
    ends = window.midnight_after(now)
    here = attention.on_today(now).order_by(None).subquery()
    waiting, read_first, promised_by = db.session.execute(
        sa.select(sa.func.count(), sa.func.count(here.c.read_first_at), sa.func.min(here.c.reply_by))
    ).one()
    going = Message.going_out(ends).order_by(None).with_only_columns(sa.func.count(Message.id))
    call = sa.select(sa.func.min(Booking.starts_at)).where(
        Booking.outcome.is_(None), Booking.starts_at > now, Booking.starts_at < ends
    )
    return DayFacts(
        waiting,
        read_first,
        promised_by,
        going_out=db.session.scalar(going) or 0,
        next_call_at=db.session.scalar(call),
        everything_held=practice.sending_held_at is not None,
    )
