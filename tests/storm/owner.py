"""What the owner does to emails, plans and settings, and what he takes back."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import time
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from crm.db import db
from crm.flows import acquaintance, approvals, correction, follow_up, identity, sequences, steering, triage
from crm.flows.acquaintance import AlreadyKnown
from crm.flows.foresight import emails_for, plan_of
from crm.flows.hours import fit_to_hours
from crm.flows.outlook import outlook
from crm.models import Account, Lead, Message, Sequence, Undo, turns
from crm.models import Practice as PracticeRow
from crm.rules.care import Care, CareTaken
from crm.rules.next_box import Action
from crm.rules.pacing import Limits, Pace
from crm.rules.plans import Plan, PlanEmail
from crm.rules.sending import EnrollmentState, MessageKind, MessageState
from crm.rules.windows import Wait, WaitUnit
from crm.rules.wording import Wording
from tests.storm.house import OWNER, House, some_email_is, somebody_wrote, which

if TYPE_CHECKING:
    from tests.storm.picture import Row

WORKDAYS, EVERY_DAY = [0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6]
HOURS = ((WORKDAYS, time(8, 30), time(18)), (EVERY_DAY, time(9), time(10)), ([1], time(22), time(23)))
WAITS = (Wait(1), Wait(6), Wait(2, WaitUnit.BUSINESS_DAYS), Wait(5, WaitUnit.HOURS))
PLANNED = (MessageState.SCHEDULED, MessageState.AWAITING_APPROVAL)
PACES = (Pace(1, 3), Pace(3, 1))
LIMITS = (Limits(), Limits(hourly=1), Limits(hourly=100, daily=3))


class Change(StrEnum):
    """What can be done to a plan in its editor."""

    OUT = "out"
    UP = "up"
    ADD = "add"
    WAIT = "wait"
    QUIET = "quiet"
    ASK = "ask"


class Owner(House):
    """Each act as its page allows it: an email that has gone another way meanwhile is left alone."""

    @somebody_wrote
    @rule(who=which)
    def pauses(self, who: int) -> None:
        self.act(who, lambda lead: steering.pause(lead, OWNER, self.now) if lead.enrollment else None)

    @precondition(lambda house: any(row.state is EnrollmentState.PAUSED for row in house.seen.enrollments))
    @rule(number=which)
    def resumes(self, number: int) -> None:
        paused = [row.lead_id for row in self.seen.enrollments if row.state is EnrollmentState.PAUSED]
        who = self.leads.index(paused[number % len(paused)])
        self.act(who, lambda lead: steering.resume(lead, OWNER, self.now))

    @precondition(lambda house: any(lead.read_first_at for lead in house.seen.leads.values()))
    @rule(who=which)
    def has_read_it_first(self, who: int) -> None:
        self.act(
            who,
            lambda lead: (
                steering.let_continue(lead, CareTaken(Care.WROTE), OWNER, self.now)
                if lead.read_first_at
                else None
            ),
        )

    @somebody_wrote
    @rule(who=which, number=which)
    def starts_a_sequence(self, who: int, number: int) -> None:
        if self._may_start(who):
            self.act(who, lambda lead: self._starts(lead, number), ends=True)

    @some_email_is(*PLANNED)
    @rule(number=which)
    def sends_now(self, number: int) -> None:
        self.act_on(number, PLANNED, self._sends_now)

    @some_email_is(*PLANNED)
    @rule(number=which)
    def skips(self, number: int) -> None:
        self.act_on(number, PLANNED, self._skips)

    @some_email_is(*PLANNED)
    @rule(number=which)
    def edits_the_wording(self, number: int) -> None:
        self.act_on(number, PLANNED, self._rewords)

    @some_email_is(MessageState.AWAITING_APPROVAL)
    @rule(number=which)
    def approves(self, number: int) -> None:
        self.act_on(number, [MessageState.AWAITING_APPROVAL], self._approves)

    @some_email_is(MessageState.UNCERTAIN)
    @rule(number=which)
    def says_it_arrived(self, number: int) -> None:
        if row := self.act_on(number, [MessageState.UNCERTAIN], self._it_arrived):
            self.world.arrived.add(row.message_id)

    @some_email_is(MessageState.UNCERTAIN, MessageState.FAILED)
    @rule(number=which)
    def sends_again(self, number: int) -> None:
        troubled = [MessageState.UNCERTAIN, MessageState.FAILED]
        if row := self.act_on(number, troubled, self._sends_again):
            self.world.again[row.message_id] += 1

    @some_email_is(MessageState.FAILED)
    @rule(number=which)
    def leaves_it_be(self, number: int) -> None:
        self.act_on(number, [MessageState.FAILED], self._leaves_it_be)

    @some_email_is(MessageState.FAILED)
    @rule(number=which)
    def uses_the_address_that_was_meant(self, number: int) -> None:
        if row := self.act_on(number, [MessageState.FAILED], self._corrects):
            self.world.again[row.message_id] += 1
            if self.went_back:  # then nobody can tell what came after the bounce
                self.over.pop(row.enrollment_id, None)

    @somebody_wrote
    @rule(who=which, address=st.sampled_from(["new@example.org", "other@example.com", ""]))
    def corrects_the_address(self, who: int, address: str) -> None:
        self.act(who, lambda lead: self._edits(lead, address))

    @precondition(lambda house: bool(house.undos))
    @rule(back=st.integers(0, 2))
    def takes_back(self, back: int) -> None:
        """Undo: the last act, or one before it whose toast still stands in another window."""
        at = max(0, len(self.undos) - 1 - back)
        lead_id, undo_id = self.undos[at]
        self.a_second_passes()
        with self.practice.at_work():
            turns.take(lead_id)
            done = triage.take_back(db.session.get_one(Undo, undo_id), self.now)
        if done:
            since = {each for whose, each in self.undos[at:] if whose == lead_id}
            for acts in self.over.values():
                acts.difference_update(since)

    @rule()
    def holds_everything_or_lets_it_go(self) -> None:
        with self.practice.at_work():
            if PracticeRow.current().sending_held_at is None:
                PracticeRow.current().hold_everything(self.now)
            else:
                follow_up.resume_everything(self.now)

    @rule(hours=st.sampled_from(HOURS), pace=st.sampled_from(PACES), limits=st.sampled_from(LIMITS))
    def changes_the_settings(self, hours: tuple[list[int], time, time], pace: Pace, limits: Limits) -> None:
        with self.practice.at_work():
            practice = PracticeRow.current()
            practice.gap_days, practice.weekly_cap = pace.gap_days, pace.weekly_cap
            practice.hourly_limit, practice.daily_limit = limits.hourly, limits.daily
            practice.weekdays, practice.opens, practice.closes = hours
            db.session.flush()
            fit_to_hours(self.now)

    @rule(number=which, change=st.sampled_from(Change), at=st.integers(0, 3))
    def changes_a_plan(self, number: int, change: Change, at: int) -> None:
        with self.practice.at_work():
            sequence = self._sequence(number)
            plan = changed(plan_of(sequence), change, at, list(emails_for(sequence).values()))
            if plan.objection is None:
                sequences.save(sequence, plan, self.now)

    @rule(number=which, hold=st.booleans())
    def turns_a_sequence_off_or_on(self, number: int, *, hold: bool) -> None:
        with self.practice.at_work():
            sequence = self._sequence(number)
            if sequence.active:
                sequences.turn_off(sequence, self.now, OWNER, hold=hold)
            else:
                sequences.turn_on(sequence, self.now, OWNER)

    @rule()
    def the_database_looks_restored_or_is_confirmed(self) -> None:
        with self.practice.at_work():
            practice = PracticeRow.current()
            if practice.restored_at is None:
                practice.restored_at = self.now
            else:
                identity.confirm(self.practice.app.extensions["config"].data_dir, self.now)

    def act_on(
        self, number: int, states: Collection[MessageState], do: Callable[[Message, Lead], Undo | bool]
    ) -> Row | None:
        """Act on one of the emails in these states. Returns it as it was, if the act was allowed."""
        rows = self.to_somebody(*states)
        row = rows[number % len(rows)]
        self.a_second_passes()
        with self.practice.at_work():
            turns.take(row.lead_id)
            done = do(db.session.get_one(Message, row.id), self.practice.lead(row.lead_id))
            undo_id = done.id if isinstance(done, Undo) else None
        if undo_id:
            self.undos.append((row.lead_id, undo_id))
        return row if done else None

    def _may_start(self, who: int) -> bool:
        with self.practice.reading():
            actions = outlook(self.practice.lead(self.leads[who % len(self.leads)]), self.now).actions
        return not {Action.START, Action.PAUSE, Action.RESUME}.isdisjoint(actions)

    def _starts(self, lead: Lead, number: int) -> Undo:
        return steering.start(lead, self._sequence(number), OWNER, self.now)

    def _sends_now(self, message: Message, lead: Lead) -> Undo | bool:
        if message.enrollment and message.enrollment.state is EnrollmentState.PAUSED:
            return False
        return steering.send_now(lead, message, OWNER, self.now)

    def _skips(self, message: Message, lead: Lead) -> Undo | bool:
        return steering.skip(lead, message, OWNER, self.now) if message.enrollment else False

    def _approves(self, message: Message, lead: Lead) -> Undo | bool:
        return not message.has_expired(self.now) and approvals.approve(message, OWNER, self.now)

    def _rewords(self, message: Message, lead: Lead) -> bool:
        if message.kind is MessageKind.STEP:
            message.reword(Wording("For you", "", "Only for you."))
        return True

    def _it_arrived(self, message: Message, lead: Lead) -> bool:
        steering.it_arrived(lead, message, OWNER, self.now)
        return True

    def _sends_again(self, message: Message, lead: Lead) -> bool:
        if not steering.may_go_again(message):
            return False
        steering.send_again(lead, message, OWNER, self.now)
        return True

    def _leaves_it_be(self, message: Message, lead: Lead) -> bool:
        steering.settle(message, OWNER, self.now)
        return True

    def _corrects(self, message: Message, lead: Lead) -> bool:
        correction.use_meant_address(message, _account(), self.now)
        return message.state is MessageState.SCHEDULED

    def _edits(self, lead: Lead, address: str) -> None:
        contact = replace(acquaintance.contact_of(lead), email=address, phone="+13105550100")
        try:
            acquaintance.edit_contact(lead, contact, _account(), self.now)
        except AlreadyKnown:
            return

    @staticmethod
    def _sequence(number: int) -> Sequence:
        every = db.session.scalars(sa.select(Sequence).order_by(Sequence.id)).all()
        return every[number % len(every)]


def changed(plan: Plan, change: Change, at: int, known: list[PlanEmail]) -> Plan:
    """What the buttons of the editor do."""
    match change:
        case Change.OUT:
            return plan.without(at)
        case Change.UP:
            return plan.moved(at, -1)
        case Change.ADD:
            in_it = {email.template_id for email in plan.emails}
            new = [email for email in known if email.template_id not in in_it]
            return plan.with_email(new[at % len(new)]) if new else plan
        case Change.WAIT:
            wait = WAITS[at]
            emails = (email if email.at_once else replace(email, wait=wait) for email in plan.emails)
            return replace(plan, emails=tuple(emails))
        case Change.QUIET:
            return replace(plan, quiet_days=(None, 1, 14, 14)[at])
        case Change.ASK:
            return replace(plan, asks_first=not plan.asks_first)
        case _:
            assert_never(change)


def _account() -> Account:
    owner = Account.owner()
    assert owner is not None
    return owner
