"""Who stands behind a number of the reports: the people, and what to call them together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from crm.rules.findings import HALF
from crm.rules.reporting import RUNG_WORDS, SOURCE_WORDS, Reached, Speed, speed, who_reached

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crm.rules.effects import Effect
    from crm.rules.findings import Report
    from crm.rules.reporting import Passage

HEADINGS = RUNG_WORDS | {
    Reached.WAITS: "Still waiting to hear from you",
    Reached.LATE: "Waited longer than you promised",
    Reached.TO_COME: "Have a call to come",
    Reached.REFERRED: "Referred out",
    Reached.DECIDING: "Had the call, and are deciding",
    Reached.NOT_NOW: "Not now",
    Reached.ANSWERED: "Heard from you yourself",
    Reached.KEPT: "Heard from you as soon as you promised",
}
ZERO = timedelta()
UNSUBSCRIBED, EITHER = "unsubscribed", "either"


@dataclass(frozen=True)
class Group:
    """The ids of these people, each once, and the words above their list."""

    heading: str
    ids: list[int]


def group(report: Report, asked: Mapping[str, str]) -> Group:
    """The people of one number, as its link names it; everyone who wrote where it names none.

    `reached`, `within` or `source` of a chart's number, `source` with `reached` for its clients; `text` with
    `did` for those of one email.
    """
    if (within := asked.get("within", "")) in set(Speed):
        return _within(report, Speed(within))
    if "source" in asked:
        return _from(report, asked["source"], clients=asked.get("reached") == Reached.CLIENT)
    effect = next((each for each in report.effects if str(each.template_id) == asked.get("text")), None)
    if effect is not None:
        return _after(effect, asked.get("did", ""))
    wanted = asked.get("reached", "")
    if wanted == UNSUBSCRIBED:
        return Group("Unsubscribed", report.unsubscribed)
    if wanted == HALF:
        return _soonest(report)
    reached = Reached(wanted) if wanted in set(Reached) else Reached.WROTE
    return Group(HEADINGS[reached], _ids(who_reached(report.passages, reached)))


def _soonest(report: Report) -> Group:
    """The half that he answered first, from the quickest answer on."""
    soon = [each for each in report.heard if each.took is not None and report.half is not None
            and each.took <= report.half]  # fmt: skip
    return Group("The half you answered soonest", _ids(sorted(soon, key=lambda each: each.took or ZERO)))


def _within(report: Report, within: Speed) -> Group:
    heading = {
        Speed.LONGER: HEADINGS[Reached.LATE],
        Speed.IN_TIME: "Heard from you later, and in time",
    }.get(within, f"Heard from you within {within}")
    return Group(heading, _ids(each for each in report.passages if speed(each) is within))


def _from(report: Report, source: str, *, clients: bool) -> Group:
    words = SOURCE_WORDS.get(source, source)
    theirs = [each for each in report.passages if SOURCE_WORDS.get(each.source, each.source) == words]
    if clients:
        return Group(f"Became clients through: {words}", _ids(who_reached(theirs, Reached.CLIENT)))
    return Group(f"Found you through: {words}", _ids(theirs))


def _after(effect: Effect, did: str) -> Group:
    """Also who wrote before the period, and got the email in it."""
    ids, words = {
        "booked": (effect.booked, "Booked a call after"),
        "wrote": (effect.wrote, "Wrote back after"),
        EITHER: ([*effect.booked, *effect.wrote], "Booked a call or wrote back after"),
    }.get(did, (effect.sent, "Got"))
    return Group(f"{words} “{effect.subject}”", list(dict.fromkeys(ids)))


def _ids(passages: Iterable[Passage]) -> list[int]:
    return [each.lead_id for each in passages]
