"""Emails that are to go, in the columns that are told of them, and what would follow each.

There may be hundreds. Whole rows would take five times as long, and one join over all of it is planned anew
each time; what belongs to the emails is looked up by its id.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db, instant
from crm.flows.terms import terms_for
from crm.many import among
from crm.models import EmailTemplate, Enrollment, Lead, Message, Practice, Sequence, Step, approvals
from crm.models.sequence import Trigger, as_plan_step
from crm.models.standing import DONE
from crm.models.template import TemplateVersion
from crm.models.urgency import Urgency
from crm.rules.plans import place_in_words
from crm.rules.schedule import earliest, forecast, remaining
from crm.rules.sending import MessageKind
from crm.rules.telling import called
from crm.rules.windows import Planned
from crm.together import Row, Together

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crm.rules.schedule import Forecast, PlanStep
    from crm.rules.terms import Terms
    from crm.rules.windows import SendingWindow
    from crm.together import Answers

Rows = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Recipient:
    """The person an email goes to."""

    id: int
    name: str
    zone_name: str | None

    @property
    def first_name(self) -> str:
        return called(self.name)


@dataclass(frozen=True)
class Departure:
    """One email of the coming days. `message` is None for one that follows another which goes first.

    `asks_first`: that one then waits for the owner's yes. `reminds`: of a call, with which it moves.
    """

    lead: Recipient
    subject: str
    place: str
    planned: Planned
    message: Row | None = None
    template_id: int | None = None
    asks_first: bool = False
    reminds: bool = False


@dataclass(frozen=True)
class SequenceSteps:
    """A sequence: its steps in order, those taken out of it, too."""

    rows: list[Row]

    @cached_property
    def steps(self) -> list[Row]:
        return [row for row in self.rows if row.removed_at is None]

    @cached_property
    def meant(self) -> list[PlanStep]:
        """As the planner sees them."""
        return [as_plan_step(row, sequence_asks=row.sequence_asks) for row in self.steps]

    def step(self, step_id: int) -> Row:
        return next(row for row in self.rows if row.id == step_id)

    def place(self, step_id: int) -> str:
        """2 of 4"""
        number = next((at for at, step in enumerate(self.steps, 1) if step.id == step_id), None)
        is_first_answer = self.rows[0].trigger is Trigger.INQUIRY
        return place_in_words(number, len(self.steps), "" if is_first_answer else self.rows[0].sequence_name)


@dataclass(frozen=True)
class PlannedEmail:
    """One that is to go: its row, and its person's way through the plan."""

    row: Row
    way: Row
    plan: SequenceSteps

    @property
    def goes(self) -> bool:
        """Not while its person is to be read first: only the first answer goes then."""
        if self.way.quarantined_at:
            return False
        return self.way.read_first_at is None or self.row.urgency == Urgency.ACKNOWLEDGEMENT

    @cached_property
    def recipient(self) -> Recipient:
        return Recipient(self.way.lead_id, self.way.name, self.way.zone_name)

    @property
    def departure(self) -> Departure:
        row, step = self.row, self.plan.step(self.row.step_id)
        own: str = row.subject or ""
        return Departure(
            lead=self.recipient,
            subject=own if row.is_worded else row.kept_subject or step.subject,  # as Message.wording has it
            place=self._place(step),
            planned=Planned(row.due_at, row.wished_at or row.due_at, row.shift),
            message=row,
            template_id=step.template_id,
        )

    def may_be_followed(self, window: SendingWindow, until: datetime) -> bool:
        """Whether an email that comes later in the plan could go before then, whatever has gone already."""
        later = remaining(self.plan.meant, frozenset({self.row.step_id}))
        return any(earliest(step, self.row.due_at, window) < until for step in later)

    def followers(self, done: frozenset[int], terms: Terms, until: datetime) -> Iterator[Departure]:
        """The emails after it that go before then. `done`: the steps that had theirs."""
        meant, since = self.plan.meant, self.row.due_at
        rest = remaining(meant[:1] if self.way.answers_only else meant, done | {self.row.step_id})
        terms = terms if self.plan.step(self.row.step_id).at_once else terms.after_one_at(since)
        coming = takewhile(lambda each: each.planned.due_at < until, forecast(rest, since, terms))
        yield from map(self._follower, coming)

    def _follower(self, forecast: Forecast) -> Departure:
        step = self.plan.step(forecast.step.id)
        return Departure(
            lead=self.recipient,
            subject=step.subject,
            place=self._place(step),
            planned=forecast.planned,
            template_id=step.template_id,
            asks_first=forecast.step.asks_first,
        )

    def _place(self, step: Row) -> str:
        """2 of 4, only if you haven’t answered"""
        place = self.plan.place(step.id)
        return f"{place}, only if you haven’t answered" if self.way.waiting_for else place


def emails(which: Rows, **asked: datetime) -> list[PlannedEmail]:
    """These emails in their order: GOING `until`, or ASKING `now`. Two queries."""
    rows = _execute(which, asked)
    return with_plans(rows, AROUND.ask(enrollments=[row.enrollment_id for row in rows]))


def with_plans(rows: list[Row], found: Answers) -> list[PlannedEmail]:
    """Rows of GOING or ASKING, with what was found of their enrollments."""
    ways = {way.id: way for way in found["ways"]}
    steps = defaultdict(list)
    for step in found["steps"]:
        steps[step.sequence_id].append(step)
    plans = {sequence_id: SequenceSteps(theirs) for sequence_id, theirs in steps.items()}
    both = ((row, ways[row.enrollment_id]) for row in rows)
    return [PlannedEmail(row, way, plans[way.sequence_id]) for row, way in both]


def with_followers(going: list[PlannedEmail], until: datetime) -> list[Departure]:
    """These, and those that would follow before then, the soonest first. Two queries where any may."""
    practice = Practice.current()
    leading = [each for each in going if each.may_be_followed(practice.window_in(each.way.zone_name), until)]
    found = [*(each.departure for each in going), *_followers(leading, until)]
    return sorted(found, key=lambda each: each.planned.due_at)


def reminders(until: datetime) -> list[Departure]:
    """The emails that remind of calls and go before then, the soonest first."""
    return [
        Departure(
            lead=Recipient(row.lead_id, row.name, row.zone_name),
            subject=row.subject or "",
            place="reminds of the call",
            planned=Planned(row.due_at, row.due_at),
            reminds=True,
        )
        for row in _execute(REMINDERS, {"until": until})
    ]


def _followers(leading: list[PlannedEmail], until: datetime) -> Iterator[Departure]:
    if not leading:
        return
    done = defaultdict(set)
    for enrollment_id, step_id in _execute(DONE, {"these": [each.way.id for each in leading]}):
        done[enrollment_id].add(step_id)
    terms = terms_for(each.recipient for each in leading)
    for each in leading:
        yield from each.followers(frozenset(done[each.way.id]), terms[each.recipient.id], until)


def _execute(statement: sa.Executable, asked: dict[str, Any]) -> list[Row]:
    return list(db.session.connection().execute(statement, asked))


def _briefly(which: sa.Select[Message]) -> Rows:
    kept = TemplateVersion.subject.label("kept_subject")
    return which.outerjoin(Message.template_version).with_only_columns(
        Message.id,
        Message.enrollment_id,
        Message.step_id,
        Message.urgency,
        Message.due_at,
        Message.wished_at,
        Message.shift,
        Message.expires_at,
        Message.subject,
        Message.body.is_not(None).label("is_worded"),
        kept,
    )


GOING = _briefly(Message.going_out(instant("until")))
ASKING = _briefly(approvals.waiting(instant("now")))
REMINDERS = (
    sa.select(Message.lead_id, Message.subject, Message.due_at, Lead.name, Lead.zone_name)
    .join(Message.lead)
    .where(
        Message.urgency == Urgency.FOLLOW_UP,
        Message.state == sa.literal_column("'scheduled'"),
        Message.held_at.is_(None),
        Message.kind == MessageKind.CALL,
        Message.due_at < instant("until"),
    )
    .order_by(Message.due_at, Message.id)
)
"""What the index of due emails begins with is said, so that it is used."""
WAYS = (
    sa.select(
        Enrollment.id,
        Enrollment.lead_id,
        Enrollment.sequence_id,
        Enrollment.answers_only,
        Lead.name,
        Lead.zone_name,
        Lead.waiting_for,
        Lead.read_first_at,
        Lead.quarantined_at,
    )
    .join(Enrollment.lead)
    .where(among(Enrollment.id, "enrollments"))
)
_sequences = sa.select(Enrollment.sequence_id).where(among(Enrollment.id, "enrollments"))
STEPS = (
    sa.select(
        Step.id,
        Step.sequence_id,
        Step.template_id,
        Step.wait_count,
        Step.wait_unit,
        Step.at_once,
        Step.needs_approval,
        Step.removed_at,
        Sequence.needs_approval.label("sequence_asks"),
        Sequence.trigger,
        Sequence.name.label("sequence_name"),
        TemplateVersion.subject,
    )
    .join(Sequence, Sequence.id == Step.sequence_id)
    .join(EmailTemplate, EmailTemplate.id == Step.template_id)
    .join(TemplateVersion, TemplateVersion.id == EmailTemplate.current_id)
    .where(Step.sequence_id.in_(_sequences))
    .order_by(Step.position)
)
AROUND = Together(ways=WAYS, steps=STEPS)
"""What belongs to emails: their people’s ways through the plans, and those plans."""
