"""4. A relay that takes 50 ms for each text, as real ones do: connections decide, not the program."""

from __future__ import annotations

from functools import partial

from bench import peers
from bench.practices import WORKERS, practice
from bench.sinks import slow_sink
from bench.telling import ratio, tell

MILLISECONDS, MAILS = 50, 300


def measure() -> None:
    tell(f"4. A slow relay: {MILLISECONDS} ms before each reply to a text, {MAILS} mails")
    with practice(partial(slow_sink, milliseconds=MILLISECONDS)) as opened:
        opened.plan(MAILS)
        ours = opened.measure(MAILS)
        opened.sink.prove_once_each(len(opened.sink.taken()))
        tell(f"   ours, {WORKERS} worker processes: {ours.pace:,.0f} mails a second")
        if not peers.is_there():
            tell("   django-post-office: not installed, see `make bench`")
            return
        theirs = peers.measure(MAILS, opened.sink)
        opened.sink.prove_once_each(len(opened.sink.taken()))
    tell(f"   django-post-office, two processes of five connections: {theirs.pace:,.0f} mails a second")
    ratio("   against django-post-office", ours.pace / theirs.pace, at_least=2)
