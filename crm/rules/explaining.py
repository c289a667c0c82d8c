"""Why an email went, or did not: a plain sentence for its plan, each look at it, each try, and its end.

The looks are what the worker wrote down when it decided (models/event), the tries what came of them
(models/attempt). Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from crm.rules.explaining_words import WHY_NOT, WHY_STOPPED, WHY_SUPPRESSED, WHY_WITHDRAWN
from crm.rules.next_words import was_due
from crm.rules.sending import Facts, MessageKind, Reason, StopReason, Verdict, Withdrawal
from crm.rules.smtp_replies import AttemptOutcome
from crm.rules.telling import clock, moment, on_day, stamp, things
from crm.rules.troubles import UNSENDABLE, is_dead
from crm.rules.windows import Shift, WaitUnit

if TYPE_CHECKING:
    from crm.rules.telling import Teller
    from crm.rules.windows import Planned, Wait

NOTHING_AGAINST_IT = "nothing stood against it"


@dataclass(frozen=True)
class Look:
    """A look at an email that was due, or several in a row that found the same.

    `until`: when it was to be looked at again. `heard_at`: when the person last wrote before it.
    """

    at: datetime
    verdict: Verdict
    reason: Reason | None
    facts: Facts
    last_at: datetime
    times: int = 1
    until: datetime | None = None
    heard_at: datetime | None = None

    def found_the_same(self, other: Look) -> bool:
        """Whether a sentence about both would differ in nothing but its times."""
        return self._finding == other._finding

    @property
    def _finding(self) -> tuple[object, ...]:
        facts = self.facts
        return self.verdict, self.reason, facts.shift, facts.suppressed, facts.sent_by_hand


@dataclass(frozen=True)
class Try:
    """A worker's try to send it, and the server's answer or the trouble in its place."""

    at: datetime
    outcome: AttemptOutcome
    reply: str


@dataclass(frozen=True)
class FirstPlan:
    """What an email was meant to be. `moved`: a look put it off since, so `planned_at` is not the first."""

    kind: MessageKind
    planned_at: datetime
    wished_at: datetime | None = None
    shift: Shift | None = None
    at_once: bool = False
    moved: bool = False


def plan_words(plan: FirstPlan, teller: Teller) -> str:
    """How it came to be planned."""
    match plan.kind:
        case MessageKind.REPLY:
            return "You wrote it."
        case MessageKind.CALL:
            return "It tells of a call."
        case MessageKind.OFFER:
            return "It tells of a place you offered."
        case MessageKind.NOTICE:
            return "It was written to tell you."
        case MessageKind.TEST:
            return "You asked for it, to see how it reads."
        case MessageKind.STEP:
            return _step_words(plan, teller)
        case _:
            assert_never(plan.kind)


def _step_words(plan: FirstPlan, teller: Teller) -> str:
    planned = f"for {moment(plan.planned_at, teller.now, teller.zone)}"
    if plan.at_once:
        return "It was to go right away."
    if plan.wished_at is None:
        return f"It was planned {planned}."
    if plan.shift:
        due = f"It was due {was_due(plan.wished_at, plan.shift, teller.now, teller.zone)}"
        return f"{due}." if plan.moved else f"{due}, so it was planned {planned}."
    wished = f"It was planned for {moment(plan.wished_at, teller.now, teller.zone)}"
    stayed = plan.moved or plan.wished_at == plan.planned_at
    return f"{wished}." if stayed else f"{wished}, and later {planned}."


def look_words(look: Look, teller: Teller) -> str:
    """What was decided, and why. Every Verdict and every Reason has its words."""
    return f"{_decided(look, teller)}{_again(look, teller)}"


def _decided(look: Look, teller: Teller) -> str:
    match look.verdict:
        case Verdict.SEND:
            return _let_go(look.facts)
        case Verdict.WAIT:
            return f"It {_waited(look, teller)}, because {why_not(look, teller)}."
        case Verdict.HOLD:
            return f"It waited for you, because {why_not(look, teller)}."
        case Verdict.SKIP:
            return f"It was left out, because {why_not(look, teller)}."
        case Verdict.END:
            return f"It wasn’t sent: {why_not(look, teller)}."
        case _:
            assert_never(look.verdict)


def why_not(look: Look, teller: Teller) -> str:
    """The reason as the end of a sentence."""
    facts = look.facts
    if look.reason is Reason.OUTSIDE_HOURS and facts.shift:
        return _shut(facts.shift)
    if look.reason in (Reason.BOUNCED, Reason.NO_CONSENT) and facts.suppressed:
        return WHY_SUPPRESSED[facts.suppressed].format(name=teller.name)
    if look.reason is Reason.REPLIED and look.heard_at:
        return f"{teller.name} had replied {on_day(look.heard_at, teller.now, teller.zone)}"
    return WHY_NOT[look.reason].format(name=teller.name) if look.reason else NOTHING_AGAINST_IT


def folded(looks: Iterable[Look], tries: Sequence[Try] = ()) -> list[Look]:
    """The looks, oldest first; those that found the same are one, unless something was tried between them."""
    kept: list[Look] = []
    for look in looks:
        before = kept[-1] if kept else None
        tried = before and any(before.last_at <= each.at < look.at for each in tries)
        if before and before.found_the_same(look) and not tried:
            times = before.times + look.times
            kept[-1] = replace(before, times=times, last_at=look.last_at, until=look.until)
        else:
            kept.append(look)
    return kept


def try_words(tried: Try) -> str:
    """What came of it; the server's own words in brackets."""
    said = f" ({tried.reply})" if tried.reply else ""
    return f"{_came_of_it(tried)}{said}."


def _came_of_it(tried: Try) -> str:
    match tried.outcome:
        case AttemptOutcome.ACCEPTED:
            return "The mail server accepted it"
        case AttemptOutcome.PUT_OFF:
            return "The mail server didn’t take it, so it is tried again"
        case AttemptOutcome.REFUSED if is_dead(tried.reply):
            return "The mail server says that nobody has this address"
        case AttemptOutcome.REFUSED:
            return "It was refused for good"
        case AttemptOutcome.UNCERTAIN:
            return "It was handed over, and then nobody answered: it may have arrived or not"
        case AttemptOutcome.ABANDONED:
            return "The program stopped before it handed anything over, so it is tried again"
        case _:
            assert_never(tried.outcome)


def cancelled_words(reason: str, teller: Teller) -> str:
    """Why it was taken off the schedule. Every StopReason, Withdrawal and Reason has its words."""
    if reason in {*StopReason}:
        return f"It wasn’t sent. Follow-ups stopped, {WHY_STOPPED[StopReason(reason)]}.".format(
            name=teller.name
        )
    return f"It wasn’t sent, because {left_out_because(reason, teller)}."


def left_out_because(reason: str, teller: Teller) -> str:
    """Why this one email did not go while the others may, as the end of a sentence."""
    why = WHY_WITHDRAWN[Withdrawal(reason)] if reason in {*Withdrawal} else WHY_NOT[Reason(reason)]
    return why.format(name=teller.name)


def failed_words(reply: str) -> str:
    """How it ended where no try says so: nothing can be made of its text, or the patience was over."""
    if reply.startswith(UNSENDABLE):
        return "It couldn’t be sent: something in its text can’t be filled in."
    return "It was given up, because the mail server had put it off for too long."


def why_then(wait: Wait, planned: Planned, teller: Teller, *, is_first: bool) -> str:
    """Why an email to come goes when it goes, as the planner has put it."""
    after = "the follow-ups began" if is_first else "the email before it"
    goes = f"It goes {wait_words(wait)} after {after}." if wait.count else f"It goes right after {after}."
    if planned.shift is None:
        waited = planned.wished_at < planned.due_at
        wished = moment(planned.wished_at, teller.now, teller.zone)
        return f"{goes} That was {wished}, and since then it had to wait." if waited else goes
    due = was_due(planned.wished_at, planned.shift, teller.now, teller.zone)
    return f"{goes} That is {due}, so it waits for the next opening."


def wait_words(wait: Wait) -> str:
    """As in "three days", "one business day"."""
    match wait.unit:
        case WaitUnit.HOURS:
            return things(wait.count, "hour")
        case WaitUnit.DAYS:
            return things(wait.count, "day")
        case WaitUnit.BUSINESS_DAYS:
            return things(wait.count, "business day")
        case WaitUnit.BUSINESS_MORNINGS:
            return things(wait.count, "business morning")
        case _:
            assert_never(wait.unit)


def _let_go(facts: Facts) -> str:
    if facts.sent_by_hand:
        return "It was let go, because you said to send it now."
    if facts.kind is MessageKind.STEP and facts.at_once:
        return f"It was let go right away: it goes at any hour, and {NOTHING_AGAINST_IT}."
    return f"It was let go: {NOTHING_AGAINST_IT}."


def _waited(look: Look, teller: Teller) -> str:
    """Until when; still, where that has not come yet."""
    if look.until is None:
        return "waited"
    verb = "waits" if look.until > teller.now else "waited"
    return f"{verb} until {moment(look.until, teller.now, teller.zone)}"


def _again(look: Look, teller: Teller) -> str:
    if look.times < 2:
        return ""
    same_day = look.at.astimezone(teller.zone).date() == look.last_at.astimezone(teller.zone).date()
    last = clock(look.last_at, teller.zone) if same_day else stamp(look.last_at, teller.now, teller.zone)
    return f" Looked at {things(look.times - 1, 'more time', 'more times')} until {last}."


def _shut(shift: Shift) -> str:
    match shift:
        case Shift.NIGHT | Shift.DAY_OFF:
            return "it was outside your hours"
        case Shift.HOLIDAY:
            return "it was a holiday"
        case Shift.AWAY:
            return "you were away"
        case Shift.PACE:
            return "it was too soon after another one"
        case Shift.NOT_THERE:
            return "they had said they would be away"
        case _:
            assert_never(shift)
