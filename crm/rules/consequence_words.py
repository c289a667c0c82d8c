"""What saving a plan would do, in words: "5 of 23 people change: 3 later, 1 sooner, 1 ends"."""

from __future__ import annotations

from datetime import datetime, tzinfo

from crm.rules.consequences import Consequence, Consequences, Kind, Moment
from crm.rules.telling import listed, stamp

_COUNTED = {
    Kind.LATER: ("later", "later"),
    Kind.SOONER: ("sooner", "sooner"),
    Kind.ANOTHER: ("gets another email", "get another email"),
    Kind.MORE: ("gets one more", "get more"),
    Kind.FEWER: ("gets one fewer", "get fewer"),
    Kind.ASKS: ("waits for your yes", "wait for your yes"),
    Kind.ASKS_NO_MORE: ("no longer waits for your yes", "no longer wait for your yes"),
    Kind.ASKS_UNTIL: (
        "waits for your yes until another time",
        "wait for your yes until another time",
    ),
    Kind.LEFT_OUT: ("is too late for its email", "are too late for their email"),
    Kind.GOES_ON: ("goes on", "go on"),
    Kind.ENDS: ("ends", "end"),
    Kind.CLOSES: ("closes on another day", "close on another day"),
}
_LINES = {
    Kind.LATER: "{new} {goes}, not {then}",
    Kind.SOONER: "{new} {goes}, not {then}",
    Kind.ANOTHER: "{new} {goes}, not {old} {then}",
    Kind.MORE: "also {new} {goes}",
    Kind.FEWER: "without {old}, which was to go {then}",
    Kind.ASKS: "{new} {goes}, if you say yes",
    Kind.ASKS_NO_MORE: "{new} {goes}, without your yes",
    Kind.ASKS_UNTIL: "{new} waits for your yes until {goes}, not {then}",
    Kind.LEFT_OUT: "{old} has waited too long by then and is left out",
    Kind.GOES_ON: "{new} {goes}, though the last email had gone already",
    Kind.ENDS: "nothing more; {old} was to go {then}",
}
NOT_TWICE = "Nobody gets an email twice, and nothing goes as you save."


def sentence(found: Consequences) -> str:
    """The whole effect, with its numbers."""
    if not found.inside:
        return "Nobody is in it now."
    rules = f"For everyone in it, {listed(found.rules)}." if found.rules else ""
    if not found.changed:
        nobody = "Nobody’s emails move." if rules else "Nobody who is in it now is affected."
        return f"{nobody} {rules}".strip()
    kinds = ", ".join(counted(kind, found.counts[kind]) for kind in Kind if found.counts[kind])
    return " ".join(filter(None, (f"{_how_many(found)}: {kinds}.", rules, NOT_TWICE)))


def counted(kind: Kind, count: int) -> str:
    """3 later; 1 ends"""
    one, many = _COUNTED[kind]
    return f"{count} {one if count == 1 else many}"


def line(change: Consequence, now: datetime, zone: tzinfo) -> str:
    """After the person's name: what was to come, and what comes instead."""
    was, will_be = change.was, change.will_be
    then, goes = (_at(each, now, zone) for each in (was, will_be))
    if change.kind is Kind.CLOSES:
        return _closing(goes, then)
    return _LINES[change.kind].format(old=_name(was), new=_name(will_be), then=then, goes=goes)


def _how_many(found: Consequences) -> str:
    changed = len(found.changed)
    if found.inside == 1:
        return "The one person in it changes"
    return f"{changed} of {found.inside} people {'changes' if changed == 1 else 'change'}"


def _closing(goes: str, then: str) -> str:
    if not goes:
        return f"no longer moves to Closed; was to {then}"
    return f"moves to Closed {goes}" + (f", not {then}" if then else "")


def _name(moment: Moment | None) -> str:
    return f"“{moment.name}”" if moment else ""


def _at(moment: Moment | None, now: datetime, zone: tzinfo) -> str:
    return stamp(moment.at, now, zone) if moment else ""
