"""A warning to the owner before a promise to answer ends, if he wants it: how many wait and by when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.notices import one_is_waiting, write_to_owner
from crm.models import Lead, NoticeKind, Practice, attention
from crm.rules.promises import is_close, told_until, warning_words
from crm.rules.wording import Wording

if TYPE_CHECKING:
    from datetime import datetime

    from crm.links import Links
    from crm.models import Message


@dataclass(frozen=True)
class _Promised:
    """When someone was promised an answer, and by when."""

    at: datetime
    by: datetime


def warn_of_promises(links: Links, now: datetime) -> Message | None:
    """Plan one note for all promises of the day, before the first ends. The row decides between two workers.

    A promise is told of once. None outside his hours, and none in a restored copy, which could send it
    only once it is too late.
    """
    practice = Practice.current()
    if not _may_warn(practice, now):
        return None
    told = _ending(now, told_until(now, practice.window))
    news = [each for each in told if _is_news(each.by, practice, now)]
    if not any(is_close(each.at, each.by, now, practice.window) for each in news):
        return None
    if not _is_ours_to_tell(practice.warned_until, max(each.by for each in told)):
        return None
    words = warning_words([each.by for each in told], now, practice.zone)
    letter = f"{words}\n\n[Open Today]({links.today()})\n"
    return write_to_owner(NoticeKind.PROMISE, Wording("Someone waits for your answer", words, letter), now)


def _may_warn(practice: Practice, now: datetime) -> bool:
    wanted = practice.warns_of_promises and practice.restored_at is None
    return wanted and practice.window.contains(now) and not one_is_waiting(NoticeKind.PROMISE)


def _ending(now: datetime, until: datetime) -> list[_Promised]:
    """The promises to people who still wait that end until then, the soonest first."""
    within = (Lead.reply_by > now, Lead.reply_by <= until)
    people = attention.waiting(now).where(*within).with_only_columns(Lead.waiting_since, Lead.reply_by)
    rows = db.session.execute(people.order_by(None).order_by(Lead.reply_by))
    return [_Promised(at, by) for at, by in rows if at and by]


def _is_news(reply_by: datetime, practice: Practice, now: datetime) -> bool:
    """Nothing has told of it yet. A mark further ahead than any warning reaches is of a fast clock."""
    mark = practice.warned_until
    return mark is None or reply_by > mark or mark > told_until(now, practice.window)


def _is_ours_to_tell(was: datetime | None, until: datetime) -> bool:
    as_it_was = Practice.warned_until.is_(None) if was is None else Practice.warned_until == was
    taken = sa.update(Practice).where(as_it_was).values(warned_until=until).returning(Practice.id)
    return db.session.scalar(taken) is not None
