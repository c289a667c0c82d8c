"""When a calendar elsewhere says that somebody is busy, read in a process of its own.

Whoever writes a calendar decides how much work it is to read: a rule may repeat every second for ever. So a
child with few seconds and little memory reads it, once, and what it says is instants and nothing else.

`python -m crm.outside.calendars BEGINS ENDS ZONE` is the child: a calendar on stdin, JSON on stdout.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crm.rules.slots import Span, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from icalendar import Event

CPU_SECONDS, PATIENCE = 20, 60.0
MEMORY = 600 * 1024 * 1024
MOST = 5_000
"""Busy times that are kept: a year has fewer quarters of an hour that anybody works."""


class Unreadable(Exception):  # noqa: N818 - a fact, not an error
    """It is no calendar, or too much of one."""


def busy_times(body: bytes, begins: datetime, ends: datetime, zone: str) -> list[Span]:
    """Apart from each other, the earliest first. `zone`: the clock of whole days. Raises Unreadable."""
    child = [sys.executable, "-m", "crm.outside.calendars", begins.isoformat(), ends.isoformat(), zone]
    env = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(child, input=body, capture_output=True, timeout=PATIENCE, check=True, env=env)
        found = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as trouble:
        raise Unreadable from trouble
    return [Span(*map(datetime.fromisoformat, each)) for each in found]


def read(body: bytes, begins: datetime, ends: datetime, zone: ZoneInfo) -> list[Span]:
    """The same, here and now: for the child."""
    import recurring_ical_events  # noqa: PLC0415 - half a second, and only the child needs it
    from icalendar import Calendar  # noqa: PLC0415 - the same

    calendars = Calendar.from_ical(body, multiple=True)
    if not calendars:
        raise ValueError("there is no calendar in it")
    events = (
        event
        for each in calendars
        for event in recurring_ical_events.of(each, skip_bad_series=True).between(begins, ends)
    )
    spans = (span for event in events for span in _span(event, zone))
    return joined(Span(max(each.starts_at, begins), min(each.ends_at, ends)) for each in spans)[:MOST]


def _span(event: Event, zone: ZoneInfo) -> Iterator[Span]:
    """When it takes its owner's time: not when called off, nor where it shows them as free (RFC 5545)."""
    status, shown = str(event.get("STATUS", "")).upper(), str(event.get("TRANSP", "")).upper()
    outlook = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    if status == "CANCELLED" or shown == "TRANSPARENT" or outlook == "FREE":
        return
    starts_at, ends_at = _instant(event.start, zone), _instant(event.end, zone)
    if starts_at < ends_at:
        yield Span(starts_at, ends_at)


def _instant(at: date | datetime, zone: ZoneInfo) -> datetime:
    """Whole days, and times without a zone, are by the owner's own clock."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time(), zone)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def main(begins: str, ends: str, zone: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    body = sys.stdin.buffer.read()
    found = read(body, datetime.fromisoformat(begins), datetime.fromisoformat(ends), ZoneInfo(zone))
    sys.stdout.write(json.dumps([[each.isoformat() for each in span] for span in found]))


if __name__ == "__main__":
    main(*sys.argv[1:4])
