"""Until when someone is put off: this evening, tomorrow, Monday, or a day the owner picks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from crm.rules.day_words import month
from crm.rules.sheets import FormLanguage
from crm.rules.telling import clock

if TYPE_CHECKING:
    from crm.rules.windows import SendingWindow

EVENING = time(18)
MONTHS_AHEAD = 12


class Later(StrEnum):
    """What "Later" offers."""

    EVENING = "evening"
    TOMORROW = "tomorrow"
    MONDAY = "monday"


@dataclass(frozen=True)
class Offer:
    """One line of the menu: what it is called, and the instant at which the person is back."""

    choice: Later
    words: str
    until: datetime


def offers(now: datetime, window: SendingWindow) -> list[Offer]:
    """What can be offered now: no evening that has begun, and no Monday that is tomorrow."""
    local = now.astimezone(window.zone)
    tomorrow = local.date() + timedelta(days=1)
    monday = tomorrow + timedelta(days=-tomorrow.weekday() % 7)
    evening = _instant(local.date(), EVENING, window)
    opening = clock(on(tomorrow, window), window.zone)
    made = [
        Offer(Later.EVENING, f"This evening, {clock(evening, window.zone)}", evening),
        Offer(Later.TOMORROW, f"Tomorrow, {opening}", on(tomorrow, window)),
        Offer(Later.MONDAY, f"Monday, {opening}", on(monday, window)),
    ]
    return [
        offer
        for offer in made
        if offer.until > now and not (offer.choice is Later.MONDAY and monday == tomorrow)
    ]


def until(choice: str, now: datetime, window: SendingWindow) -> datetime | None:
    """The instant a choice, or a picked day as 2026-03-24, stands for; None when it is none or has passed."""
    offered = {str(offer.choice): offer.until for offer in offers(now, window)}
    if choice in offered:
        return offered[choice]
    try:
        picked = on(date.fromisoformat(choice), window)
    except (ValueError, OverflowError):
        return None
    return picked if picked > now else None


def on(day: date, window: SendingWindow) -> datetime:
    """The moment of a day at which someone put off is back: when the practice's hours begin."""
    return _instant(day, window.opens, window)


def _instant(day: date, wall: time, window: SendingWindow) -> datetime:
    return datetime.combine(day, wall, tzinfo=window.zone).astimezone(UTC)


@dataclass(frozen=True)
class Month:
    """A month in which somebody wants to hear again."""

    first: date
    today: date

    @property
    def words(self) -> str:
        """June; January 2027"""
        return self.told(FormLanguage.ENGLISH)

    def told(self, language: FormLanguage) -> str:
        """The same in a language: enero de 2027."""
        return month(language, self.first, self.today)

    @property
    def key(self) -> str:
        """2027-03"""
        return f"{self.first:%Y-%m}"

    def begins(self, window: SendingWindow) -> datetime:
        """The first instant of it that lies inside the hours."""
        return window.next_opening(datetime.combine(self.first, time(), window.zone))


def coming_months(today: date) -> list[Month]:
    """The twelve after this one: December, January 2027."""
    number = today.year * 12 + today.month
    firsts = [date(n // 12, n % 12 + 1, 1) for n in range(number, number + MONTHS_AHEAD)]
    return [Month(each, today) for each in firsts]
