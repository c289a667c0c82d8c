"""A sequence as it is being edited: its emails in order, how late they may go, and what stops them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from crm.rules.schedule import PlanStep
from crm.rules.stops import EVERYTHING_STOPS, StopRules
from crm.rules.telling import things
from crm.rules.windows import Wait, WaitUnit

UNIT_WORDS = {
    WaitUnit.HOURS: ("hour", "hours"),
    WaitUnit.DAYS: ("day", "days"),
    WaitUnit.BUSINESS_DAYS: ("business day", "business days"),
    WaitUnit.BUSINESS_MORNINGS: ("business morning", "business mornings"),
}
LONGEST_WAIT = 365
MOST_EMAILS = 20
MAX_LATE_HOURS = 72
"""How late an email may go if the owner says nothing else: Monday's still goes on Thursday."""
LATEST_HOURS = 24 * 90


@dataclass(frozen=True)
class PlanEmail:
    """One email of a plan. `step_id` is negative until it is saved; `name` is its subject.

    Kept waiting for longer than `max_late_hours`, it is left out.
    """

    step_id: int
    template_id: int
    name: str
    wait: Wait
    at_once: bool = False
    asks_first: bool = False
    max_late_hours: int = MAX_LATE_HOURS

    @property
    def max_late(self) -> timedelta:
        return timedelta(hours=self.max_late_hours)

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
    stops: StopRules = EVERYTHING_STOPS

    @property
    def steps(self) -> list[PlanStep]:
        return [replace(e, asks_first=e.asks_first or self.asks_first).as_planned for e in self.emails]

    @property
    def mark(self) -> str:
        """Another plan has another mark: to see that a page is older than what is saved."""
        emails = (
            f"{e.step_id}.{e.wait.count}.{e.wait.unit}.{e.max_late_hours}.{e.asks_first:d}"
            for e in self.emails
        )
        stops = f"stops.{self.stops.on_call:d}.{self.stops.on_move:d}"
        return " ".join([*emails, f"quiet.{self.quiet_days}", f"asks.{self.asks_first:d}", stops])

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

    def max_late(self, step_id: int) -> timedelta | None:
        """How late this email may go; None where it is not in the plan."""
        at = self.position_of(step_id)
        return None if at is None else self.emails[at].max_late


def wait_words(wait: Wait) -> str:
    """3 days; 1 business day"""
    one, many = UNIT_WORDS[wait.unit]
    return f"{wait.count} {one if wait.count == 1 else many}"


def late_words(hours: int) -> str:
    """How late an email may go: 3 days; 36 hours"""
    count, unit = (hours, WaitUnit.HOURS) if hours % 24 else (hours // 24, WaitUnit.DAYS)
    return wait_words(Wait(count, unit))


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


def _in_days(wait: Wait) -> int:
    return wait.count // 24 if wait.unit is WaitUnit.HOURS else wait.count
