"""What saving a changed plan would do, person by person, by the planner that then does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crm.rules.approval import good_under
from crm.rules.foresight import DAY, Standing, futures
from crm.rules.plans import Plan
from crm.rules.schedule import Forecast


class Kind(StrEnum):
    """How a person's future changes. In the order in which the sentence tells them."""

    LATER = "later"
    SOONER = "sooner"
    ANOTHER = "another"
    MORE = "more"
    FEWER = "fewer"
    ASKS = "asks"
    ASKS_NO_MORE = "asks_no_more"
    ASKS_UNTIL = "asks_until"
    LEFT_OUT = "left_out"
    GOES_ON = "goes_on"
    ENDS = "ends"
    CLOSES = "closes"


@dataclass(frozen=True)
class Moment:
    """One thing of the future: the email of this name, or without one the quiet move to Closed."""

    at: datetime
    name: str = ""


@dataclass(frozen=True)
class Consequence:
    """How one person's future changes first: what was to come, and what comes instead."""

    kind: Kind
    lead_id: int
    who: str
    was: Moment | None
    will_be: Moment | None


@dataclass(frozen=True)
class Consequences:
    """Of all `inside`, those whose future changes; and what new rules mean for everybody."""

    inside: int
    changed: tuple[Consequence, ...]
    rules: tuple[str, ...] = ()

    @property
    def counts(self) -> Counter[Kind]:
        return Counter(each.kind for each in self.changed)

    def of(self, kind: Kind) -> list[Consequence]:
        return [each for each in self.changed if each.kind is kind]


def consequences(before: Plan, after: Plan, standings: Sequence[Standing], now: datetime) -> Consequences:
    """Everyone's future under both plans, compared."""
    names = {email.step_id: email.name for email in (*before.emails, *after.emails)}
    both = zip(
        standings, futures(before.steps, standings, now), futures(after.steps, standings, now), strict=True
    )
    changed = []
    for standing, was, will_be in both:
        change = _Change(standing, was, will_be, names)
        found = (
            change.next_email(before, after)
            or change.asking(before, after, now)
            or change.emails()
            or change.closing(before, after)
        )
        if found:
            changed.append(found)
    return Consequences(len(standings), tuple(changed), tuple(_rules(before, after)))


@dataclass(frozen=True)
class _Change:
    """One person's future under the old plan and under the new one."""

    standing: Standing
    was: list[Forecast]
    will_be: list[Forecast]
    names: dict[int, str]

    def next_email(self, before: Plan, after: Plan) -> Consequence | None:
        """What becomes of the email that comes next."""
        old, new = (next(iter(each), None) for each in (self.was, self.will_be))
        if old is None and new is None:
            return None
        if new is None:
            return self._found(Kind.ENDS, old, None)
        if old is None:
            return self._found(Kind.GOES_ON, None, new)
        if self._is_too_late(new, after) and not self._is_too_late(old, before):
            return self._found(Kind.LEFT_OUT, old, self.will_be[1] if len(self.will_be) > 1 else None)
        return self._moved(old, new)

    def asking(self, before: Plan, after: Plan, now: datetime) -> Consequence | None:
        """Until when it waits for a yes, if that changes."""
        good_until, waiting = self.standing.good_until, self.standing.on_its_way
        if good_until is None or waiting is None:
            return None
        was, late = before.max_late(waiting.step.id), after.max_late(waiting.step.id)
        if was is None or late is None:
            return None
        name, until = self.names[waiting.step.id], good_under(good_until, was, late, now)
        if until == good_until:
            return None
        moments = Moment(good_until, name), Moment(until, name)
        return Consequence(Kind.ASKS_UNTIL, self.standing.lead_id, self.standing.name, *moments)

    def emails(self) -> Consequence | None:
        """What becomes of the emails after it."""
        old, new = ({each.step.id for each in future} for future in (self.was, self.will_be))
        added = next((each for each in self.will_be if each.step.id not in old), None)
        gone = next((each for each in self.was if each.step.id not in new), None)
        if added and not gone:
            return self._found(Kind.MORE, None, added)
        if gone and not added:
            return self._found(Kind.FEWER, gone, None)
        both = zip(self.was, self.will_be, strict=False)
        return next((found for a, b in both if (found := self._moved(a, b))), None)

    def closing(self, before: Plan, after: Plan) -> Consequence | None:
        """When silence moves them to Closed, if only that changes."""
        if before.quiet_days == after.quiet_days:
            return None
        was, will_be = (
            None if plan.quiet_days is None else Moment(self._last(future) + plan.quiet_days * DAY)
            for plan, future in ((before, self.was), (after, self.will_be))
        )
        return Consequence(Kind.CLOSES, self.standing.lead_id, self.standing.name, was, will_be)

    def _is_too_late(self, email: Forecast, plan: Plan) -> bool:
        """Whether it has been put off for longer than it may: the last look will leave it out."""
        max_late = plan.max_late(email.step.id)
        if max_late is None or email != self.standing.on_its_way or self.standing.settled:
            return False
        return self.standing.late > max_late

    def _moved(self, old: Forecast, new: Forecast) -> Consequence | None:
        if old.step.id != new.step.id:
            return self._found(Kind.ANOTHER, old, new)
        if old.planned.due_at == new.planned.due_at:
            return self._asks(old, new)
        later = new.planned.due_at > old.planned.due_at
        return self._found(Kind.LATER if later else Kind.SOONER, old, new)

    def _asks(self, old: Forecast, new: Forecast) -> Consequence | None:
        if old.step.asks_first == new.step.asks_first:
            return None
        return self._found(Kind.ASKS if new.step.asks_first else Kind.ASKS_NO_MORE, old, new)

    def _found(self, kind: Kind, old: Forecast | None, new: Forecast | None) -> Consequence:
        was, will_be = (
            Moment(each.planned.due_at, self.names[each.step.id]) if each else None for each in (old, new)
        )
        return Consequence(kind, self.standing.lead_id, self.standing.name, was, will_be)

    def _last(self, future: list[Forecast]) -> datetime:
        return future[-1].planned.due_at if future else self.standing.since


def _rules(before: Plan, after: Plan) -> Iterator[str]:
    for what, was, now in (
        ("a call you log", before.stops.on_call, after.stops.on_call),
        ("a move to another stage", before.stops.on_move, after.stops.on_move),
    ):
        if was != now:
            yield f"{what} {'stops' if now else 'no longer stops'} them"
