"""`python -m bench.attack`: the whole list against a live server; exit status 1 if anything got through."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bench.attack import door, forgery, people, walls, words
from bench.attack.ground import Ground, ground
from bench.attack.outcomes import Outcome
from bench.telling import tell

LIST = (walls, people, door, forgery, words)
"""In this order: the last two fill the practice with what they try."""


def outcomes(laid: Ground) -> Iterator[Outcome]:
    for part in LIST:
        yield from part.attacks(laid)


def main() -> int:
    tell("The attack list, against gunicorn with two workers on 127.0.0.1")
    with ground() as laid:
        found = []
        for outcome in outcomes(laid):
            found.append(outcome)
            for line in outcome.lines():
                tell(line)
    broke, tries = [each for each in found if not each.held], sum(each.tries for each in found)
    tell(f"{len(found)} attacks, {tries:,} tries: {f'{len(broke)} BROKE' if broke else 'all held'}")
    return 1 if broke else 0


if __name__ == "__main__":
    sys.exit(main())
