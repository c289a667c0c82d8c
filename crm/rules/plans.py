"""A sequence as it is being edited: its emails in order, and what was changed since it was saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from crm.rules.schedule import PlanStep
from crm.rules.telling import count_words, things
from crm.rules.windows import Wait, WaitUnit

UNIT_WORDS = {
    WaitUnit.HOURS: ("hour", "hours"),
    WaitUnit.DAYS: ("day", "days"),
    WaitUnit.BUSINESS_DAYS: ("business day", "business days"),
}
LONGEST_WAIT = 365
MOST_EMAILS = 20
CHANGES_TOLD = 2
"""How many changes are told one by one; more are only counted."""


@dataclass(frozen=True)
class PlanEmail:
    """One email of a plan. `step_id` is negative until it is saved; `name` is its subject."""

    step_id: int
    template_id: int
    name: str
    wait: Wait
    at_once: bool = False
    asks_first: bool = False

    @property
    def as_planned(self) -> PlanStep:
        return PlanStep(self.step_id, self.wait, self.at_once, self.asks_first and not self.at_once)


@dataclass(frozen=True)
class Plan:
    """The emails in order; `quiet_days` after the last one a silent person is closed, if it is set.

    `asks_first`: each of them waits for the owner's yes, but for one that answers at once.
    """

    emails: tuple[PlanEmail, ...]
    quiet_days: int | None
    asks_first: bool = False

    @property
    def steps(self) -> list[PlanStep]:
        return [replace(e, asks_first=e.asks_first or self.asks_first).as_planned for e in self.emails]

    @property
    def mark(self) -> str:
        """Another plan has another mark: to see that a page is older than what is saved."""
        emails = (f"{e.step_id}.{e.wait.count}.{e.wait.unit}.{int(e.asks_first)}" for e in self.emails)
        return " ".join([*emails, f"quiet.{self.quiet_days}", f"asks.{int(self.asks_first)}"])

    @property
    def objection(self) -> str | None:
        """Why it cannot be saved, for the owner."""
        templates = [email.template_id for email in self.emails]
        checks = (
            (not self.emails, "A sequence needs at least one email. You can turn it off instead."),
            (len(set(templates)) < len(templates), "The same email is in it twice."),
            (any(e.at_once for e in self.emails[1:]), "What goes right away can only be the first email."),
            (
                any(e.wait.count < 1 for e in self.emails if not e.at_once),
                "A wait is at least 1 hour or 1 day.",
            ),
        )
        return next((sentence for applies, sentence in checks if applies), None)

    def moved(self, position: int, by: int) -> Plan:
        """One email up (-1) or down (1). What goes at once stays first: it answers the moment."""
        other = position + by
        if not self.may_swap(position, other):
            return self
        emails = list(self.emails)
        emails[position], emails[other] = emails[other], emails[position]
        return replace(self, emails=tuple(emails))

    def may_swap(self, position: int, other: int) -> bool:
        places = range(len(self.emails))
        return (
            position in places
            and other in places
            and not (self.emails[position].at_once or self.emails[other].at_once)
        )

    def without(self, position: int) -> Plan:
        kept = tuple(email for at, email in enumerate(self.emails) if at != position)
        return replace(self, emails=kept)

    def with_email(self, email: PlanEmail) -> Plan:
        """One more: at the end, but for what goes at once."""
        return replace(self, emails=(email, *self.emails) if email.at_once else (*self.emails, email))

    def position_of(self, step_id: int) -> int | None:
        return next((at for at, email in enumerate(self.emails) if email.step_id == step_id), None)


def wait_words(wait: Wait) -> str:
    """3 days; 1 business day"""
    one, many = UNIT_WORDS[wait.unit]
    return f"{wait.count} {one if wait.count == 1 else many}"


def place_in_words(number: int | None, of: int, sequence: str = "") -> str:
    """Where an email stands: 2 of 4; last of “After a conversation”. `number` None: taken out since."""
    named = f" of “{sequence}”" if sequence else ""
    if number is None:
        return f"no longer part{named}" if named else "no longer in the sequence"
    if of == 1 and sequence:
        return f"“{sequence}”"
    if number == of and sequence:
        return f"last{named}"
    return f"{number} of {of}" + (f", “{sequence}”" if sequence else "")


def length_in_words(plan: Plan) -> str:
    """Four emails over eighteen days: what a sequence amounts to, weekends not counted in."""
    emails = things(len(plan.emails), "email")
    days = sum(_in_days(email.wait) for email in plan.emails if not email.at_once)
    return f"{emails} over {things(days, 'day')}" if days else emails


def changes(before: Plan, after: Plan) -> list[str]:
    """What was changed, a sentence each: "You changed the wait before email 3 from 4 days to 5"."""
    return [*_taken_out(before, after), *_added(before, after), *_reordered(before, after),
            *_waits(before, after), *_asks(before, after), *_quiet(before, after)]  # fmt: skip


def told(sentences: list[str]) -> str:
    """The changes in one or two sentences; many are counted."""
    if len(sentences) > CHANGES_TOLD:
        return f"You made {count_words(len(sentences))} changes."
    return " ".join(f"{sentence}." for sentence in sentences)


def _taken_out(before: Plan, after: Plan) -> Iterator[str]:
    for email in before.emails:
        if after.position_of(email.step_id) is None:
            yield f"You took out “{email.name}”"


def _added(before: Plan, after: Plan) -> Iterator[str]:
    for at, email in enumerate(after.emails):
        if before.position_of(email.step_id) is None:
            yield f"You added “{email.name}” as email {at + 1}"


def _reordered(before: Plan, after: Plan) -> Iterator[str]:
    kept_before = [e.step_id for e in before.emails if after.position_of(e.step_id) is not None]
    kept_after = [e.step_id for e in after.emails if before.position_of(e.step_id) is not None]
    if kept_before != kept_after:
        yield "You changed the order"


def _waits(before: Plan, after: Plan) -> Iterator[str]:
    for at, email in enumerate(after.emails):
        was_at = before.position_of(email.step_id)
        was = None if was_at is None else before.emails[was_at].wait
        if was and was != email.wait:
            now = str(email.wait.count) if was.unit is email.wait.unit else wait_words(email.wait)
            yield f"You changed the wait before email {at + 1} from {wait_words(was)} to {now}"


def _asks(before: Plan, after: Plan) -> Iterator[str]:
    if before.asks_first != after.asks_first:
        yield "Every email in it now asks you first" if after.asks_first else "Emails go without asking you"
    for at, email in enumerate(after.emails):
        was_at = before.position_of(email.step_id)
        if was_at is not None and before.emails[was_at].asks_first != email.asks_first:
            yield f"Email {at + 1} {'now asks you first' if email.asks_first else 'goes without asking you'}"


def _quiet(before: Plan, after: Plan) -> Iterator[str]:
    if before.quiet_days == after.quiet_days:
        return
    if after.quiet_days is None:
        yield "Nobody is closed after the last email any more"
    elif before.quiet_days is None:
        yield f"Silent people are now closed {things(after.quiet_days, 'day')} after the last email"
    else:
        yield f"You changed the quiet time from {before.quiet_days} days to {after.quiet_days}"


def _in_days(wait: Wait) -> int:
    return wait.count // 24 if wait.unit is WaitUnit.HOURS else wait.count
