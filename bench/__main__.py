"""`make bench`: the measurements of docs/performance.md, as ratios. `ONLY=3` is the third alone."""

from __future__ import annotations

import sys

from bench import (
    answering,
    beat,
    booking,
    door,
    due_to_accepted,
    finding,
    mailbox,
    outbox,
    pages,
    slow_relay,
)
from bench.telling import tell
from tests.conftest import answers

PARTS = {
    "1": due_to_accepted.measure,
    "2": beat.measure,
    "3": answering.measure,
    "4": slow_relay.measure,
    "5": finding.measure,
    "6": pages.measure,
    "7": door.measure,
    "8": mailbox.measure,
    "9": booking.measure,
    "10": outbox.measure,
}


def main(wanted: list[str]) -> None:
    if strange := set(wanted) - set(PARTS):
        sys.exit(f"There is no part {', '.join(sorted(strange))}; there are {', '.join(PARTS)}.")
    if not answers(5432):
        sys.exit("Nothing answers at 127.0.0.1:5432; the measurements need a Postgres there.")
    for name, measure in PARTS.items():
        if not wanted or name in wanted:
            measure()
            tell("")


if __name__ == "__main__":  # the forkserver that starts the workers reads this file, too
    main(sys.argv[1:])
