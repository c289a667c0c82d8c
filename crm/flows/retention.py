"""People are kept as long as the owner has chosen, and not longer: announced a week before, then erased.

The announcement is the row's own (`Lead.erase_at`): until that day it can be stopped by one press, or by the
person writing again. Whoever waits for an answer, has emails or a call ahead, or is kept by hand stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.flows import trail_end
from crm.flows.erasing import LeavesNow, erase
from crm.flows.notices import tell_owner
from crm.models import Booking, Enrollment, Lead, NoticeKind, Practice, turns
from crm.models.enrollment import OPEN_ENROLLMENTS
from crm.rules.retention import GROUP_OF, NOTICE, STAGES, Group, Terms, months_after

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

AT_ONCE = 200
LATER = timedelta(hours=1)
TOUCHES = ("stage_changed_at", "heard_at", "replied_at", "answered_at", "quarantined_at")


@dataclass(frozen=True)
class Coming:
    """Somebody who would be erased, and when."""

    lead: Lead
    at: datetime


def ends(lead: Lead, terms: Terms) -> datetime | None:
    """Until when this person is kept, if nothing more passes between them and the practice."""
    touches = [at for name in TOUCHES if (at := getattr(lead, name))]
    group = Group.SPAM if lead.quarantined_at else GROUP_OF[lead.stage]
    return terms.ends(group, max([lead.created_at, *touches]))


def terms_chosen(practice: Practice) -> Terms | None:
    """None before the owner has chosen, and in a copy that may be a restored backup."""
    return Terms.read(practice.keeps) if practice.keeps and practice.restored_at is None else None


def foresee(terms: Terms, by: datetime, *which: sa.ColumnElement[bool]) -> list[Coming]:
    """Who of `which` would be erased by then under these terms, the soonest first. Reads only."""
    found = (
        Coming(lead, at)
        for group in Group
        for lead in db.session.scalars(
            _candidates(terms, group, by).where(*which).order_by(Lead.id).limit(AT_ONCE)
        )
        if (at := ends(lead, terms)) and at <= by
    )
    return sorted(found, key=lambda each: (each.at, each.lead.id))


def announced() -> list[Lead]:
    """Those who have a day, the soonest first."""
    coming = sa.select(Lead).where(Lead.erase_at.is_not(None)).order_by(Lead.erase_at, Lead.id)
    return list(db.session.scalars(coming.limit(AT_ONCE)))


def asked() -> list[Lead]:
    """Those who asked to be erased themselves, the longest waiting first."""
    waiting = sa.select(Lead).where(Lead.erasure_asked_at.is_not(None))
    return list(db.session.scalars(waiting.order_by(Lead.erasure_asked_at, Lead.id).limit(AT_ONCE)))


def announce(now: datetime) -> bool:
    """One step: put the day on those whose time ends within a week, and tell the owner. Were there any?"""
    terms = terms_chosen(Practice.current())
    if terms is None:
        return False
    new = foresee(terms, now + NOTICE, Lead.erase_at.is_(None))
    for each in new:
        each.lead.erase_at = max(each.at, now + NOTICE)
    if new:
        tell_owner(NoticeKind.ERASING, now)
    return bool(new)


def erase_next(now: datetime) -> bool:
    """One step: erase the next whose day has come. Whether there was anybody."""
    due = sa.select(Lead.id).where(Lead.erase_at <= now).order_by(Lead.erase_at, Lead.id).limit(1)
    if terms_chosen(Practice.current()) is None or (lead_id := db.session.scalar(due)) is None:
        return False
    turns.take(lead_id)
    lead = db.session.get(Lead, lead_id)
    if lead is None or lead.erase_at is None or lead.erase_at > now:
        return True
    if not _is_over(lead, now):
        lead.erase_at = None
        return True
    try:
        erase(lead_id, None, now)
    except LeavesNow:
        lead.erase_at = now + LATER
    return True


def shorten_the_record(now: datetime) -> bool:
    """One step: lines of the access record that are older than he keeps them."""
    years = Terms.read(Practice.current().keeps).trail_years
    return trail_end.go_on(months_after(now, -12 * years), now)


def choose(terms: Terms, practice: Practice) -> None:
    """From now on these hold. Whatever was announced under others is announced anew."""
    practice.keeps = terms.plain
    Lead.take_back_announcements()


def _is_over(lead: Lead, now: datetime) -> bool:
    """Asked once more, in their turn: what has passed since counts."""
    terms = Terms.read(Practice.current().keeps)
    group = Group.SPAM if lead.quarantined_at else GROUP_OF[lead.stage]
    still = db.session.scalar(_candidates(terms, group, now).where(Lead.id == lead.id))
    over = ends(lead, terms)
    return still is not None and over is not None and over <= now


def _candidates(terms: Terms, group: Group, by: datetime) -> sa.Select[Lead]:
    before = terms.began_before(group, by)
    if before is None:
        return sa.select(Lead).where(sa.false())
    return sa.select(Lead).where(*_untouched_since(before), *_of(group))


def _untouched_since(before: datetime) -> Iterator[sa.ColumnElement[bool]]:
    yield Lead.created_at < before
    for name in TOUCHES:
        column: Any = getattr(Lead, name)
        yield sa.or_(column.is_(None), column < before)


def _of(group: Group) -> Iterator[sa.ColumnElement[bool]]:
    yield Lead.kept_at.is_(None)
    if group is Group.SPAM:
        yield sa.or_(Lead.stage == sa.literal_column("'spam'"), Lead.quarantined_at.is_not(None))
        return
    yield Lead.stage.in_(STAGES[group])
    yield Lead.quarantined_at.is_(None)
    yield Lead.waiting_for.is_(None)
    yield Lead.read_first_at.is_(None)
    ahead = (Enrollment.lead_id == Lead.id, Enrollment.state.in_(OPEN_ENROLLMENTS))
    yield ~sa.exists().where(*ahead)
    yield ~sa.exists().where(Booking.lead_id == Lead.id, Booking.outcome.is_(None))
