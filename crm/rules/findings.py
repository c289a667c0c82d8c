"""The reports in sentences: each chart is titled with what it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from crm.rules.reporting import Period, Reached, sources
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


HALF = "half"
"""What the link to those names whom he answered soonest."""


@dataclass(frozen=True)
class Said:
    """A few words of a sentence; a number `opens` the list of its people (crm.rules.report_lists)."""

    words: str
    opens: str = ""


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
    def half(self) -> timedelta | None:
        """In so much open time he answered half of those who have heard from him."""
        times = [each.took.total_seconds() for each in self.heard if each.took is not None]
        return timedelta(seconds=median(times)) if times else None

    @property
    def opening(self) -> list[Said]:
        """In the last 90 days 41 people wrote to you. You answered half of them within 2 hours."""
        wrote = [
            Said(f"{PERIOD_WORDS[self.period]} "),
            _number(_counted_people(len(self.passages)), Reached.WROTE, opens_if=bool(self.passages)),
            Said(" wrote to you."),
        ]
        if self.half is None:
            return wrote
        within = how_long(self.half, self.a_day)
        answered = [Said(" You answered "), Said("half of them", HALF), Said(f" within {within}")]
        became = [Said(", and "), Said(_became(self.clients), Reached.CLIENT)] if self.clients else []
        return [*wrote, *answered, *became, Said(".")]

    @property
    def promise_finding(self) -> list[Said]:
        """You kept your promise to 38 of 41 people"""
        if not self.heard:
            return [Said("Nobody has heard from you yet")]
        kept = len(self.heard) - len(self.late)
        return [
            Said("You kept your promise to "),
            _number(str(kept), Reached.KEPT, opens_if=bool(kept)),
            Said(" of "),
            Said(_counted_people(len(self.heard)), Reached.ANSWERED),
        ]

    @property
    def funnel_finding(self) -> list[Said]:
        """About one in three becomes a client"""
        if not self.clients:
            return [Said("How far people came")]
        share = round(len(self.passages) / self.clients)
        if share < 2:
            return [Said("Nearly everyone", Reached.CLIENT), Said(" becomes a client")]
        one_in_so_many = Said(f"one in {count_words(share)}", Reached.CLIENT)
        return [Said("About "), one_in_so_many, Said(" becomes a client")]

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


def _number(words: str, opens: str, *, opens_if: bool) -> Said:
    return Said(words, opens if opens_if else "")


def _became(count: int) -> str:
    return "one became a client" if count == 1 else f"{count} became clients"
