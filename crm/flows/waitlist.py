"""The waitlist: who waits for a place, in which order, and who would be offered one now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db, number
from crm.models import Assignment, Enrollment, EventKind, Lead, Offer, Suppression
from crm.rules.addresses import normalize_email
from crm.rules.offers import OfferState
from crm.rules.sending import EnrollmentState
from crm.rules.stages import Stage
from crm.rules.waitlist import LeftOut, Waiter, next_few, why_left_out

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Vacancy

SHOWN_AT_MOST = 300


@dataclass(frozen=True)
class OnList:
    """One person on the list. `number`: where they stand. `is_first`: the owner has put them there."""

    number: int
    lead_id: int
    name: str
    since: datetime
    is_first: bool
    waiter: Waiter

    def left_out(self, now: datetime, clinician_id: int | None = None) -> LeftOut | None:
        return why_left_out(self.waiter, now, clinician_id)


@dataclass(frozen=True)
class NextFew:
    """Whom a place would be offered to, and who is passed over on the way there, each with the reason."""

    chosen: tuple[OnList, ...]
    passed_over: tuple[tuple[OnList, LeftOut], ...]

    @property
    def ids(self) -> list[int]:
        return [each.lead_id for each in self.chosen]


def everybody(vacancy: Vacancy | None = None) -> list[OnList]:
    """In order: who was put first, the last of them on top, then whoever has waited longest."""
    rows = db.session.execute(ON_THE_LIST).all()
    against = Suppression.standing({normalize_email(row.email) for row in rows if row.email})
    asked = {each.lead_id for each in vacancy.offers} if vacancy else set()
    return [
        OnList(
            number=place,
            lead_id=row.id,
            name=row.name or "Someone",
            since=row.stage_changed_at,
            is_first=row.is_first,
            waiter=_waiter(row, against, asked),
        )
        for place, row in enumerate(rows, 1)
    ]


def who_is_next(how_many: int, clinician_id: int, now: datetime, vacancy: Vacancy | None = None) -> NextFew:
    """The next so many who may be offered a place with this clinician."""
    people = everybody(vacancy)
    chosen, passed_over = next_few([each.waiter for each in people], how_many, now, clinician_id)
    by_id = {each.lead_id: each for each in people}
    return NextFew(
        tuple(by_id[each] for each in chosen),
        tuple((by_id[each], reason) for each, reason in passed_over.items()),
    )


def how_many() -> int:
    """People on the list."""
    return db.session.scalar(sa.select(number(Lead.in_stage(Stage.WAITLISTED)))) or 0


def put_first(lead: Lead, account_id: int, now: datetime) -> None:
    """On top of the list, before whoever was put there earlier. The story says so once."""
    if not lead.is_put_first:
        lead.record(EventKind.PUT_FIRST, now, account_id=account_id)
    lead.put_first(now)


def _waiter(row: Any, against: dict[str, Any], asked: set[int]) -> Waiter:  # noqa: ANN401 - a row
    return Waiter(
        lead_id=row.id,
        has_address=bool(row.email),
        suppressed=against.get(normalize_email(row.email)) if row.email else None,
        read_first=row.read_first_at is not None,
        paused=row.paused,
        put_off_until=row.snoozed_until,
        with_account=row.account_id,
        has_an_offer=row.has_an_offer,
        said_yes=row.said_yes,
        asked_before=row.id in asked,
    )


def _offers(state: OfferState, *which: sa.ColumnElement[bool]) -> sa.Exists:
    return sa.exists().where(Offer.lead_id == Lead.id, Offer.state == sa.literal_column(f"'{state}'"), *which)


_first = sa.and_(Lead.put_first_at.is_not(None), Lead.put_first_at >= Lead.stage_changed_at)
_paused = sa.exists().where(
    Enrollment.lead_id == Lead.id, Enrollment.state == sa.literal_column(f"'{EnrollmentState.PAUSED}'")
)
ON_THE_LIST = (
    sa.select(
        Lead.id,
        Lead.name,
        Lead.email,
        Lead.stage_changed_at,
        Lead.read_first_at,
        Lead.snoozed_until,
        _first.label("is_first"),
        Assignment.account_id,
        _paused.label("paused"),
        _offers(OfferState.OPEN).label("has_an_offer"),
        _offers(OfferState.ACCEPTED, Offer.ended_at >= Lead.stage_changed_at).label("said_yes"),
    )
    .outerjoin(Assignment, Assignment.lead_id == Lead.id)
    .where(Lead.stage == sa.literal_column(f"'{Stage.WAITLISTED}'"), Lead.quarantined_at.is_(None))
    .order_by(
        sa.case((_first, 0), else_=1),
        sa.case((_first, Lead.put_first_at)).desc(),
        Lead.stage_changed_at,
        Lead.id,
    )
    .limit(SHOWN_AT_MOST)
)
