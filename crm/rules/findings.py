"""The reports in sentences: each chart is titled with what it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from crm.rules.reporting import Period, sources
from crm.rules.telling import count_words, opening, people

if TYPE_CHECKING:
    from crm.rules.effects import Effect
    from crm.rules.reporting import Passage

FEW = 5
"""Fewer people than this are a list, not a chart."""

PERIOD_WORDS = {
    Period.DAYS_30: "In the last 30 days",
    Period.DAYS_90: "In the last 90 days",
    Period.YEAR: "This year",
}


@dataclass(frozen=True)
class Report:
    """Everything on the page. `a_day`: how long the practice is open on one; `unsubscribed`: whose ids."""

    period: Period
    passages: list[Passage]
    a_day: timedelta = timedelta(hours=8)
    effects: list[Effect] = field(default_factory=list)
    unsubscribed: list[int] = field(default_factory=list)

    @property
    def heard(self) -> list[Passage]:
        return [each for each in self.passages if each.answered_at]

    @property
    def late(self) -> list[Passage]:
        return [each for each in self.heard if not each.kept]

    @property
    def clients(self) -> int:
        return sum(each.is_client for each in self.passages)

    @property
    def few(self) -> bool:
        """Too few for a chart: a list says more."""
        return len(self.heard) < FEW

    @property
    def opening(self) -> str:
        """In the last 90 days 41 people wrote to you. You answered half of them within 2 hours."""
        wrote = f"{PERIOD_WORDS[self.period]} {_counted_people(len(self.passages))} wrote to you."
        times = [each.took for each in self.heard if each.took is not None]
        if not times:
            return wrote
        half = timedelta(seconds=median(each.total_seconds() for each in times))
        clients = f", and {_became(self.clients)}" if self.clients else ""
        return f"{wrote} You answered half of them within {how_long(half, self.a_day)}{clients}."

    @property
    def promise_finding(self) -> str:
        if not self.heard:
            return "Nobody has heard from you yet"
        kept = len(self.heard) - len(self.late)
        return f"You kept your promise to {kept} of {_counted_people(len(self.heard))}"

    @property
    def funnel_finding(self) -> str:
        """About one in three becomes a client"""
        if not self.clients:
            return "How far people came"
        share = round(len(self.passages) / self.clients)
        return (
            "Nearly everyone becomes a client"
            if share < 2
            else f"About one in {count_words(share)} becomes a client"
        )

    @property
    def source_finding(self) -> str:
        best = max(sources(self.passages), key=lambda each: each.clients, default=None)
        if best is None or not best.clients:
            return "Where people came from"
        return f"{best.words} brought the most clients"

    @property
    def effect_finding(self) -> str:
        tried = [each for each in self.effects if len(each.sent) >= FEW]
        best = max(tried, key=lambda each: each.answered, default=None)
        if best is None or not best.answered:
            return "What people did after each email"
        return f"“{best.subject}” is answered most"

    @property
    def effect_note(self) -> str:
        return "We don’t track opens or clicks. A reply or a booking is the only thing counted."

    @property
    def unsubscribed_words(self) -> str:
        """Two people"""
        return opening(people(len(self.unsubscribed)))


def how_long(span: timedelta, a_day: timedelta) -> str:
    """2 hours 40 minutes; 25 minutes; 3 business days, of which each has `a_day`: as anybody would say it."""
    if span >= 2 * a_day:
        return f"{round(span / a_day)} business days"
    step = 1 if span < timedelta(hours=1) else 10 if span < timedelta(hours=8) else 60
    hours, minutes = divmod(max(round(span / timedelta(minutes=step)), 1) * step, 60)
    words = [_counted(hours, "hour"), _counted(minutes, "minute")]
    return " ".join(word for word in words if word)


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}" if count else ""


def _counted_people(count: int) -> str:
    """In figures, because these are counts to be compared; nobody for none."""
    return "nobody" if count == 0 else f"{count:,} {'person' if count == 1 else 'people'}"


def _became(count: int) -> str:
    return "one became a client" if count == 1 else f"{count} became clients"
