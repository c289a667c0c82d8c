"""A real race: several acts that begin at the same moment, each in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Came = TypeVar("Came")


def at_once(*acts: Callable[[], Came]) -> list[Came]:
    """What each came to, in their order. Where one fails, its failure is raised when all have ended."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Came]) -> Came:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))
