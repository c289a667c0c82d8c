"""The owner's note of a working day: how many wait and by when, never who or what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from crm.rules.telling import clock, opening, people, promise_line, things

if TYPE_CHECKING:
    from crm.rules.windows import SendingWindow


LATE = timedelta(hours=3)
"""After an outage a note that is older says nothing new: the day is half over."""


@dataclass(frozen=True)
class DayFacts:
    """What the day holds. `read_first`: how many of the `waiting` are to be read first.

    `everything_held`: what would go out today waits for him instead.
    """

    waiting: int
    read_first: int = 0
    promised_by: datetime | None = None
    going_out: int = 0
    next_call_at: datetime | None = None
    everything_held: bool = False


def due_on(now: datetime, at: time, told_on: date | None, window: SendingWindow) -> date | None:
    """The working day whose note is to go now, once a day; None before its time and long after it."""
    today = now.astimezone(window.zone).date()
    is_time = timedelta() <= now - datetime.combine(today, at, tzinfo=window.zone) < LATE
    return today if is_time and told_on != today and window.why_shut_on(today) is None else None


def sentences(facts: DayFacts, now: datetime, window: SendingWindow) -> list[str]:
    """The note, a sentence each; empty on a day on which nobody waits and no call is agreed."""
    if not facts.waiting and facts.next_call_at is None:
        return []
    told = [f"{opening(people(facts.waiting))} {'waits' if facts.waiting == 1 else 'wait'} for you."]
    if facts.read_first:
        told.append(f"Please read {'one' if facts.read_first == 1 else 'some'} of them first.")
    if facts.promised_by is not None:
        told.append(f"{promise_line(facts.promised_by, now, window.zone)}.")
    if facts.next_call_at is not None:
        told.append(f"Your next call is at {clock(facts.next_call_at, window.zone)}.")
    if facts.going_out:
        told.append(_emails_line(facts.going_out, everything_held=facts.everything_held))
    return told if facts.waiting else told[1:]


def _emails_line(number: int, *, everything_held: bool) -> str:
    emails, one = things(number, "email"), number == 1
    if everything_held:
        return f"Sending is paused for everyone: {emails} {'waits' if one else 'wait'} until you resume."
    return f"{opening(emails)} {'goes' if one else 'go'} out today."
