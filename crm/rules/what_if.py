"""And if they reply, book, stay silent: what becomes of an invented person's emails, by the real planner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import assert_never

from crm.rules.plans import Plan
from crm.rules.schedule import Forecast, forecast
from crm.rules.sending import StopReason
from crm.rules.stops import Happening, why_stop
from crm.rules.telling import date_words
from crm.rules.terms import Terms
from crm.rules.windows import Wait, after_wait


class Then(StrEnum):
    """What happens afterwards."""

    SILENT = "silent"
    REPLY = "reply"
    BOOK = "book"
    BOUNCE = "bounce"
    STOP = "stop"
    CALL = "call"
    MOVE = "move"


THEN_WORDS = {
    Then.SILENT: "they stay silent",
    Then.REPLY: "they reply on day 2",
    Then.BOOK: "they book a call on day 2",
    Then.BOUNCE: "the first email bounces",
    Then.STOP: "they press Stop on day 2",
    Then.CALL: "you log a call on day 2",
    Then.MOVE: "you move them on day 2",
}
DAY_TWO = Wait(2)
HAPPENS = {
    Then.REPLY: Happening.REPLIED,
    Then.BOOK: Happening.BOOKED,
    Then.BOUNCE: Happening.BOUNCED,
    Then.STOP: Happening.UNSUBSCRIBED,
    Then.CALL: Happening.CALLED,
    Then.MOVE: Happening.MOVED,
}


@dataclass(frozen=True)
class Simulation:
    """What becomes of one invented person.

    `goes`: the emails that reach them, in order; `lost`: those that no longer do. `at`: when it
    happens. `stopped`: the reason with which that ends the emails, if it does. `closes_at`: when
    silence closes them; None when something ended it, or the plan closes nobody.
    """

    then: Then
    goes: list[Forecast]
    lost: list[Forecast]
    at: datetime | None
    stopped: StopReason | None
    closes_at: datetime | None

    @property
    def emails(self) -> list[Forecast]:
        return [*self.goes, *self.lost]


_HAPPENED = {
    Then.REPLY: ("They wrote back on", "the rest stops, and it is your turn"),
    Then.BOOK: ("They booked a call on", "the rest stops"),
    Then.BOUNCE: ("The first email comes back on", "nothing more goes to that address, and you see it"),
    Then.STOP: ("They pressed Stop on", "nothing more goes to them"),
    Then.CALL: ("You called on", "the rest stops"),
    Then.MOVE: ("You moved them on", "the rest stops"),
}
"""What happened, and what comes of it when it stops the emails."""


def simulate(plan: Plan, since: datetime, then: Then, terms: Terms) -> Simulation:
    """The emails of someone who came in at `since`, up to whatever happens then.

    An email that is due at that very moment has gone. What happens after the last email and its
    quiet time stops nothing any more.
    """
    future = list(forecast(plan.steps, since, terms))
    ends_at = future[-1].planned.due_at + timedelta(days=plan.quiet_days or 0) if future else since
    closes_at = ends_at if plan.quiet_days is not None else None
    at = _when(then, since, future, terms)
    in_time = at is not None and (at < ends_at or then is Then.BOUNCE)
    stopped = why_stop(HAPPENS[then], plan.stops) if in_time else None
    if stopped is None or at is None:
        return Simulation(then, future, [], at, None, closes_at)
    reached = [each for each in future if each.planned.due_at <= at and then is not Then.BOUNCE]
    return Simulation(then, reached, future[len(reached) :], at, stopped, None)


def what_then(simulation: Simulation, now: datetime, zone: tzinfo) -> str:
    """They wrote back on Thursday 12: the rest stops, and it is your turn."""
    if simulation.at is None:
        return _in_silence(simulation, now, zone)
    day = f"{simulation.at.astimezone(zone):%A} {simulation.at.astimezone(zone).day}"
    happened, stops = _HAPPENED[simulation.then]
    if simulation.stopped:
        return f"{happened} {day}: {stops}."
    if simulation.goes and simulation.goes[-1].planned.due_at > simulation.at:
        return f"{happened} {day}: this sequence goes on all the same."
    return f"{happened} {day}, when nothing was planned any more."


def _when(then: Then, since: datetime, future: Sequence[Forecast], terms: Terms) -> datetime | None:
    match then:
        case Then.SILENT:
            return None
        case Then.BOUNCE:
            return future[0].planned.due_at if future else None
        case Then.REPLY | Then.BOOK | Then.STOP | Then.CALL | Then.MOVE:
            return after_wait(since, DAY_TWO, terms.window)
        case _:
            assert_never(then)


def _in_silence(simulation: Simulation, now: datetime, zone: tzinfo) -> str:
    if simulation.closes_at is None:
        return "They stay silent: after the last email nothing more happens."
    closes, today = (instant.astimezone(zone).date() for instant in (simulation.closes_at, now))
    return f"They stay silent: they move to Closed on {date_words(closes, today)}, with no email."
