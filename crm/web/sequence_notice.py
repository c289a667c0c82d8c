"""What saving would do, as the notice above the plan tells it: one sentence, then the people by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from crm.rules.consequence_words import counted, line, sentence
from crm.rules.consequences import Consequences, Kind
from crm.rules.plan_changes import are_counted, told
from crm.rules.telling import opening

HANDFUL = 5
"""Up to so many people their names show by themselves."""
NAMED_AT_MOST = 100


@dataclass(frozen=True)
class Named:
    """One person whose future changes, and how."""

    lead_id: int
    name: str
    what: str


@dataclass(frozen=True)
class Group:
    """The people whose future changes in one way. `more`: how many of them are not named."""

    title: str
    people: list[Named]
    more: int


@dataclass(frozen=True)
class Notice:
    """`changes`: one by one, where `told` only counts them. `unfolded`: few enough to name at once."""

    told: str
    changes: list[str]
    effect: str
    groups: list[Group]
    unfolded: bool


def notice(changed: Sequence[str], found: Consequences, now: datetime, zone: tzinfo) -> Notice:
    groups = [_group(found, kind, now, zone) for kind in Kind if found.counts[kind]]
    return Notice(
        told=told(changed),
        changes=[opening(each) for each in changed] if are_counted(changed) else [],
        effect=sentence(found),
        groups=groups,
        unfolded=len(found.changed) <= HANDFUL,
    )


def _group(found: Consequences, kind: Kind, now: datetime, zone: tzinfo) -> Group:
    changed = found.of(kind)
    named = [Named(each.lead_id, each.who, line(each, now, zone)) for each in changed[:NAMED_AT_MOST]]
    return Group(counted(kind, len(changed)), named, len(changed) - len(named))
