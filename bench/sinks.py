"""Where the measured mail goes: servers in processes of their own, which take everything and tell what."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from bench import hearing, relay
from tests.conftest import answers
from tests.local.waiting import NEVER, until
from tests.system.house import HOME, free_port
from tests.system.processes import programs

SMTP_SINK = Path("/usr/sbin/smtp-sink")
LOOK_EVERY = 0.005
ENVELOPE = re.compile(rb"X-Rcpt-Args: <([^>]+)>")
"""Not tied to the begin of a line: that would take ten times as long, of the time that is measured."""
LINE = re.compile(rb"^[0-9.]+ (\S+)$", re.MULTILINE)


@dataclass
class Sink:
    """A server and the book in which it writes what it has taken: `one` mail's mark is in it once."""

    port: int
    book: Path
    one: re.Pattern[bytes]
    _read: int = 0
    _taken: list[str] = field(default_factory=list)

    def taken(self) -> list[str]:
        """The recipients of all mails so far, in order."""
        if not self.book.exists():  # nothing has come yet
            return self._taken
        with self.book.open("rb") as book:
            book.seek(self._read)
            news = book.read()
        whole = news.rfind(b"\n") + 1
        self._read += whole
        self._taken += [found[1].decode() for found in self.one.finditer(news[:whole])]
        return self._taken

    def wait_for(self, count: int, seconds: float) -> float:
        """The moment (monotonic) at which so many mails were there."""
        given_up_at = monotonic() + seconds
        while len(self.taken()) < count:
            if monotonic() > given_up_at:
                raise TimeoutError(f"{len(self._taken)} of {count} mails after {seconds} s")
            NEVER.wait(LOOK_EVERY)
        return monotonic()

    def times(self) -> dict[str, float]:
        """When each recipient's mail was taken. Only our own relay writes that down."""
        lines = self.book.read_text(encoding="ascii").splitlines()
        return {recipient: float(at) for at, _, recipient in (line.partition(" ") for line in lines)}

    def prove_once_each(self, count: int) -> None:
        """Every mail arrived exactly once, or the figures are worth nothing."""
        often = Counter(self.taken())
        doubled = [recipient for recipient, times in often.items() if times > 1]
        if len(often) != count or doubled:
            raise AssertionError(f"{len(often)} recipients of {count}; more than once: {doubled[:5]}")


@contextmanager
def fast_sink(folder: Path) -> Iterator[Sink]:
    """Postfix's own, which costs next to nothing; ours where there is no Postfix."""
    if not SMTP_SINK.exists():
        with slow_sink(folder, 0) as ours:
            yield ours
        return
    port, book = free_port(), folder / "mails"
    as_root = ["-u", "root"] if os.geteuid() == 0 else []
    with _running([str(SMTP_SINK), *as_root, "-D", str(book), f"{HOME}:{port}", "256"], port, folder):
        yield Sink(port, book, ENVELOPE)


@contextmanager
def slow_sink(folder: Path, milliseconds: int) -> Iterator[Sink]:
    """Ours: so long before each reply to a text."""
    port, book = free_port(), folder / "taken"
    command = [sys.executable, str(relay.__file__), str(port), str(book), str(milliseconds)]
    with _running(command, port, folder):
        yield Sink(port, book, LINE)


@contextmanager
def told(folder: Path) -> Iterator[Sink]:
    """A program of the owner's, which takes what it is told: in its book stand names, not recipients."""
    port, book = free_port(), folder / "told"
    with _running([sys.executable, str(hearing.__file__), str(port), str(book)], port, folder):
        yield Sink(port, book, LINE)


@contextmanager
def _running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    with programs(folder) as running:
        program = running.start("sink", command, {})
        if not until(lambda: answers(port)):
            raise RuntimeError(program.said())
        yield
