"""The attack list against a live server. `make attack` tries all of it; this is what no other test tries."""

from __future__ import annotations

from collections.abc import Callable

from bench.attack import people, walls
from bench.attack.ground import ground


def test_nothing_gets_in_from_outside_or_across_from_inside(tell: Callable[[str], None]) -> None:
    with ground() as laid:
        outcomes = [outcome for part in (walls, people) for outcome in part.attacks(laid)]

    tell(f"{len(outcomes)} attacks, {sum(each.tries for each in outcomes):,} tries")
    assert [line for each in outcomes if not each.held for line in each.lines()] == []
