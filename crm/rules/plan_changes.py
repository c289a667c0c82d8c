"""What is different between two plans, as the end of a sentence: "changed the order"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crm.rules.plans import Plan, PlanEmail, late_words, wait_words
from crm.rules.telling import count_words, listed, things

CHANGES_TOLD = 2
"""How many changes are told one by one; more are only counted."""


def changes(before: Plan, after: Plan) -> list[str]:
    """What was changed, each without its subject: "changed the wait before email 3 from 4 days to 5"."""
    return [*_taken_out(before, after), *_added(before, after), *_reordered(before, after),
            *_waits(before, after), *_late(before, after), *_asks(before, after),
            *_quiet(before, after), *_stops(before, after)]  # fmt: skip


def told(phrases: Sequence[str]) -> str:
    """The changes of whoever reads this in a sentence; many are counted."""
    if are_counted(phrases):
        return f"You made {count_words(len(phrases))} changes."
    return f"You {listed(phrases)}."


def are_counted(phrases: Sequence[str]) -> bool:
    """Whether there are too many changes for one sentence."""
    return len(phrases) > CHANGES_TOLD


def _taken_out(before: Plan, after: Plan) -> Iterator[str]:
    for email in before.emails:
        if after.position_of(email.step_id) is None:
            yield f"took out “{email.name}”"


def _added(before: Plan, after: Plan) -> Iterator[str]:
    for at, email in enumerate(after.emails):
        if before.position_of(email.step_id) is None:
            yield f"added “{email.name}” as email {at + 1}"


def _reordered(before: Plan, after: Plan) -> Iterator[str]:
    kept_before = [e.step_id for e in before.emails if after.position_of(e.step_id) is not None]
    kept_after = [e.step_id for e in after.emails if before.position_of(e.step_id) is not None]
    if kept_before != kept_after:
        yield "changed the order"


def _waits(before: Plan, after: Plan) -> Iterator[str]:
    for number, was, email in _kept(before, after):
        if was.wait != email.wait:
            same_unit = was.wait.unit is email.wait.unit
            now = str(email.wait.count) if same_unit else wait_words(email.wait)
            yield f"changed the wait before email {number} from {wait_words(was.wait)} to {now}"


def _late(before: Plan, after: Plan) -> Iterator[str]:
    for number, was, email in _kept(before, after):
        if was.max_late_hours != email.max_late_hours:
            from_to = f"from {late_words(was.max_late_hours)} to {late_words(email.max_late_hours)}"
            yield f"changed how late email {number} may go {from_to}"


def _asks(before: Plan, after: Plan) -> Iterator[str]:
    if before.asks_first != after.asks_first:
        yield "made every email ask first" if after.asks_first else "let the emails go without asking"
    for number, was, email in _kept(before, after):
        if was.asks_first != email.asks_first:
            asks = f"made email {number} ask first"
            yield asks if email.asks_first else f"let email {number} go without asking"


def _quiet(before: Plan, after: Plan) -> Iterator[str]:
    if before.quiet_days == after.quiet_days:
        return
    if after.quiet_days is None:
        yield "turned off moving silent people to Closed"
    elif before.quiet_days is None:
        yield f"let silent people move to Closed {things(after.quiet_days, 'day')} after the last email"
    else:
        yield f"changed the quiet time from {before.quiet_days} days to {after.quiet_days}"


def _stops(before: Plan, after: Plan) -> Iterator[str]:
    for what, was, now in (
        ("a logged call", before.stops.on_call, after.stops.on_call),
        ("a move to another stage", before.stops.on_move, after.stops.on_move),
    ):
        if was != now:
            yield f"made {what} stop the emails" if now else f"let the emails go on after {what}"


def _kept(before: Plan, after: Plan) -> Iterator[tuple[int, PlanEmail, PlanEmail]]:
    """The emails that are in both, as they were and as they are, with their number now."""
    for number, email in enumerate(after.emails, 1):
        at = before.position_of(email.step_id)
        if at is not None:
            yield number, before.emails[at], email
