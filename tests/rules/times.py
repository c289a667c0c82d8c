"""Wall clocks for the tests of rules/: instants written the way people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from crm.rules.windows import SendingWindow

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
ZONES = (LOS_ANGELES, BERLIN, KOLKATA)

WEEKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))

OFFICE_HOURS = SendingWindow(LOS_ANGELES, WEEKDAYS, time(8, 30), time(18))
"""Monday to Friday, 8:30 am to 6 pm in Los Angeles."""


def at(wall: str, zone: ZoneInfo = LOS_ANGELES, fold: int = 0) -> datetime:
    """`at("2026-03-10 13:52")`: a wall time as an instant; `fold=1` is the second of a doubled hour."""
    return datetime.fromisoformat(wall).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def day(words: str) -> date:
    return date.fromisoformat(words)
