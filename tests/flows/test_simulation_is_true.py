"""The calendar simulation beside the real engine: the same emails, the same ends, to the minute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import consent, sequences, triage
from crm.flows.foresight import plan_of
from crm.flows.terms import on_terms
from crm.mail.transport import Refused
from crm.models import CallResult, Enrollment, Medium, Sequence
from crm.models import Practice as PracticeRow
from crm.rules.plans import Plan
from crm.rules.sending import EnrollmentState, StopReason
from crm.rules.simulation import Wrote, wrote_at
from crm.rules.stages import Stage
from crm.rules.stops import StopRules
from crm.rules.what_if import Simulation, Then, simulate
from crm.rules.windows import Wait, WaitUnit
from tests.practice import TUESDAY, Practice

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
BEFORE_MEMORIAL_DAY = date(2026, 5, 22)
A_MINUTE = timedelta(minutes=1)
OFTEN = [Wait(30, WaitUnit.HOURS), Wait(2, WaitUnit.BUSINESS_DAYS), Wait(1)]


@dataclass(frozen=True)
class Lived:
    """What became of someone: when their emails went, and how it ended."""

    went: list[datetime]
    stopped: StopReason | None
    stopped_at: datetime | None
    finished_at: datetime | None


def the_sequence() -> Sequence:
    return db.session.scalars(sa.select(Sequence).where(Sequence.key == "new_inquiry")).one()


def saved(practice: Practice, rules: StopRules, waits: list[Wait] | None = None) -> Plan:
    """The plan of new inquiries from now on. With `waits` other ones than those we ship."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
        plan = replace(plan_of(the_sequence()), stops=rules)
        if waits:
            first, *others = plan.emails
            again = [replace(each, wait=wait) for each, wait in zip(others, waits, strict=True)]
            plan = replace(plan, emails=(first, *again))
        sequences.save(the_sequence(), plan, practice.now, 1)
    return plan


def writes(practice: Practice, then: Then) -> int:
    """Someone of this fate writes now; the mail of the one whose address is dead comes back."""
    practice.outbox.failures = [Refused("550 5.1.1 no such user", dead_address=True)] * (then is Then.BOUNCE)
    lead_id = practice.receives_inquiry(f"Ana <{then}@example.com>", client_key=then)
    practice.work()
    return lead_id


def meets_its_fate(practice: Practice, then: Then, lead_id: int) -> None:
    match then:
        case Then.REPLY:
            practice.hears_back(lead_id)
        case Then.CALL:
            practice.logs_call(lead_id, CallResult.SPOKE)
        case Then.BOOK:
            with practice.at_work():
                triage.book(
                    practice.lead(lead_id), practice.now + timedelta(days=1), Medium.PHONE, 1, practice.now
                )
        case Then.STOP:
            with practice.at_work():
                consent.unsubscribe(practice.lead(lead_id), practice.now)
        case Then.MOVE:
            with practice.at_work():
                triage.move(practice.lead(lead_id), Stage.CONTACTED, 1, practice.now)
        case Then.SILENT | Then.BOUNCE:
            pass


def lived(practice: Practice, lead_id: int) -> Lived:
    went = sorted(m.sent_at for m in practice.messages(lead_id) if m.sent_at and m.enrollment_id)
    with practice.reading():
        (enrollment,) = db.session.scalars(sa.select(Enrollment).where(Enrollment.lead_id == lead_id))
        assert enrollment.state in (EnrollmentState.STOPPED, EnrollmentState.FINISHED)
        return Lived(went, enrollment.stop_reason, enrollment.stopped_at, enrollment.finished_at)


def foretold(simulation: Simulation) -> Lived:
    went = [each.planned.due_at for each in simulation.goes]
    stopped_at = simulation.at if simulation.stopped else None
    return Lived(went, simulation.stopped, stopped_at, simulation.closes_at)


def live_on(practice: Practice, until: datetime) -> None:
    """Time passes, and the engine looks at that very moment too."""
    practice.advance(seconds=(until - practice.now).total_seconds())


def compare(practice: Practice, plan: Plan, since: datetime) -> None:
    with practice.reading():
        terms = on_terms(PracticeRow.current(), None)
    told = {then: simulate(plan, since, then, terms) for then in Then}
    live_on(practice, since)
    people = {then: writes(practice, then) for then in sorted(Then, key=lambda then: then is not Then.BOUNCE)}

    live_on(practice, since.astimezone(LOS_ANGELES) + timedelta(days=2))
    for then, lead_id in people.items():
        meets_its_fate(practice, then, lead_id)
    for ends_at in sorted({each.closes_at for each in told.values() if each.closes_at}):
        live_on(practice, ends_at)
    live_on(practice, practice.now + timedelta(days=30))

    assert {then: lived(practice, people[then]) for then in Then} == {
        then: foretold(each) for then, each in told.items()
    }


@pytest.mark.parametrize("wrote", Wrote)
@pytest.mark.parametrize("on_call", [True, False], ids=["a call stops", "a call does not"])
@pytest.mark.parametrize("on_move", [True, False], ids=["a move stops", "a move does not"])
def test_what_is_foretold_comes_true(
    practice: Practice, wrote: Wrote, *, on_call: bool, on_move: bool
) -> None:
    since = wrote_at(wrote, TUESDAY, LOS_ANGELES, BEFORE_MEMORIAL_DAY)
    plan = saved(practice, StopRules(on_call, on_move))

    compare(practice, plan, since)


@pytest.mark.parametrize("wrote", Wrote)
def test_it_comes_true_for_waits_of_hours_and_business_days(practice: Practice, wrote: Wrote) -> None:
    since = wrote_at(wrote, TUESDAY, LOS_ANGELES, BEFORE_MEMORIAL_DAY)
    plan = saved(practice, StopRules(), OFTEN)

    compare(practice, plan, since)
