"""What is said about an act on many people: before it, after it, and once it is taken back."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from crm.models import SweepOutcome, SweepState
from crm.rules.telling import count_words, isolated, listed, opening, people, things

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm.flows.sweeping import Swept
    from crm.models import Sweep

NOBODY = "Nobody was changed."
BROKE = "something went wrong inside this program, so they are as they were. Its log says what"
NAMED = 5
"""So many are named in a sentence; the rest is counted."""


class Act(StrEnum):
    """What may be done to many people."""

    MOVE = "move"
    TAG = "tag"
    START = "start"
    PAUSE = "pause"
    ASSIGN = "assign"
    EXPORT = "export"


HEADINGS = {
    Act.MOVE: "Move {people}",
    Act.TAG: "Tag {people}",
    Act.START: "Start follow-ups for {people}",
    Act.PAUSE: "Pause the follow-ups of {people}",
    Act.ASSIGN: "Assign {people}",
    Act.EXPORT: "Download a list of {people}",
}
VERBS = {
    Act.MOVE: "Move",
    Act.TAG: "Tag",
    Act.START: "Start",
    Act.PAUSE: "Pause",
    Act.ASSIGN: "Assign",
    Act.EXPORT: "Download",
}
BECAUSE = {
    SweepOutcome.CHANGED: "changed meanwhile",
    SweepOutcome.SPAM: "look like spam",
    SweepOutcome.MAY_NOT: "can’t get follow-ups now",
    SweepOutcome.FULL: "can have no more tags",
}


def consequence(act: Act, following: int, last: str) -> str:
    """What happens to their follow-ups, and that nothing else does. `last`: when the last email leaves."""
    under_way = _under_way(following)
    match act:
        case Act.MOVE:
            stops = "A move stops them, unless it is to New or their sequence goes on after a move."
            return f"{under_way} {stops if following else ''} No email goes out.".replace("  ", " ")
        case Act.START:
            takes = " The new ones take their place." if following else ""
            return (
                f"{under_way}{takes} Nothing goes out for ten minutes; then one by one, within their hours "
                f"and your limits: the last of them about {last}. Whoever can’t get follow-ups is left out "
                "and named."
            )
        case Act.PAUSE:
            return f"{under_way} Nothing goes to them until you turn it on again, one person at a time."
        case Act.TAG | Act.ASSIGN:
            return "They never see it. Follow-ups go on as they are."
        case Act.EXPORT:
            return (
                "A file for a spreadsheet. It leaves the practice’s care: keep it where only you can read it."
            )


def _under_way(following: int) -> str:
    if following == 0:
        return "None of them has follow-ups under way."
    return f"{opening(things(following, 'person has', 'people have'))} follow-ups under way."


def outcome(what: str, told: Swept) -> str:
    """Twelve people are in Closed. Three follow-ups stopped. Maya changed meanwhile and was left out."""
    begun = what.format(people=people(told.done)) if told.done else NOBODY
    stopped = f" Follow-ups stopped for {people(told.stopped)}." if told.stopped else ""
    return f"{begun}{stopped}{_left_out(told)}"


def standing(sweep: Sweep) -> str:
    """How far a worker is with very many people: 975 of 2,000 people are done."""
    through = count_words(sweep.gone_through) if sweep.gone_through else "none"
    all_of_them = people(sweep.chosen)
    match sweep.state:
        case SweepState.DOING:
            return f"Under way: {through} of {all_of_them} are done."
        case SweepState.UNDOING:
            return f"Being taken back: {through} of {all_of_them} are looked at."
        case _:
            return sweep.what.format(people=people(sweep.done)) if sweep.done else NOBODY


def taken_back(done: int, left: Sequence[str], stuck: Sequence[str] = ()) -> str:
    """Undone for eleven people. Changed since, so left as they are: Maya."""
    undone = f"Undone for {people(done) if done else 'nobody'}."
    changed = f" Changed since, so left as they are: {named(left)}." if left else ""
    broke = f" It couldn’t be undone for {named(stuck)}: {BROKE}." if stuck else ""
    return f"{undone}{changed}{broke}"


def named(names: Sequence[str]) -> str:
    """Maya, Priya and 3 others"""
    shown = [isolated(name) or "someone" for name in names[:NAMED]]
    if rest := len(names) - len(shown):
        shown.append(f"{rest} {'other' if rest == 1 else 'others'}")
    return listed(shown)


def _left_out(told: Swept) -> str:
    failed = told.left.get(SweepOutcome.FAILED)
    broke = f" It couldn’t be done for {named(failed)}: {BROKE}." if failed else ""
    already = len(told.left.get(SweepOutcome.ALREADY, [])) + len(told.left.get(SweepOutcome.GONE, []))
    words = [f" Left out, because they {why}: {named(told.left[left])}." for left, why in BECAUSE.items()
             if left in told.left]  # fmt: skip
    same = f" Nothing was to be done for {people(already)}." if already else ""
    return "".join([*words, same, broke])
