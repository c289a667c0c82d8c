"""In which order the files of tests are taken up: the long ones spread among the short, and early.

With the long ones last, one process was at work in the end and the others waited for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Protocol, TypeVar

SHORT_BETWEEN = 4
"""Files between two long ones. There are about so many more: seldom do all processes drive browsers."""
LONG = frozenset({"browser", "system", "local", "storm"})
"""Folders of tests that wait for a browser, or for processes of their own."""
LONGEST = ("test_accessibility.py", "test_screens.py", "test_kills.py", "test_smtp_storm.py")


T = TypeVar("T", bound="HasPath")


class HasPath(Protocol):
    """A test, by its file."""

    @property
    def path(self) -> Path: ...


def in_turn(tests: Iterable[T]) -> Iterator[T]:
    """The same tests, each file's together."""
    files: dict[Path, list[T]] = {}
    for test in tests:
        files.setdefault(test.path, []).append(test)
    short = (each for path, each in files.items() if not _is_long(path))
    for path in sorted(filter(_is_long, files), key=_how_late):
        yield from chain(files[path], *islice(short, SHORT_BETWEEN))
    yield from chain.from_iterable(short)


def _is_long(path: Path) -> bool:
    return not LONG.isdisjoint(path.parts)


def _how_late(path: Path) -> int:
    return LONGEST.index(path.name) if path.name in LONGEST else len(LONGEST)
