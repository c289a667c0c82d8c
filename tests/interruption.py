"""Somebody else acts at the worst moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from crm.db import db
from tests.practice import Practice

A_MOMENT = 0.5
"""Seconds in which the other one acts, unless they have to wait for their turn."""


def by_two_workers(practice: Practice, before: str, act: Callable[[], object]) -> None:
    """Both do it at the same moment: the other when all is read, just before the first such statement."""
    with interrupted(practice, before, act):
        act()


@contextmanager
def interrupted(
    practice: Practice, before: str | tuple[str, ...], act: Callable[[], object]
) -> Iterator[None]:
    """Somebody else acts when all is read, just before the first statement that begins like this."""
    other, begun = threading.Thread(target=act), threading.Event()

    def interrupt(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(before) and not begun.is_set():
            begun.set()
            other.start()
            other.join(A_MOMENT)

    with practice.app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", interrupt)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", interrupt)
    assert begun.is_set(), f"nobody said {before}"
    other.join()
