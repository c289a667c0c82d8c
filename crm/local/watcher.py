"""Ends what a killed supervisor leaves behind: `python watcher.py`, its input held open by the supervisor.

The supervisor writes `+N` for each process group it starts and `-N` for each that ended. When the pipe ends,
however the supervisor died, the groups still on the list are asked to end, and after a grace are made to.
The tie to the parent alone (leash) is Linux's own, and would not reach the children's children, such as beat.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

GRACE_SECONDS = 3.0
LOOK_EVERY = 0.05


class Watcher:
    """The supervisor's end of the pipe. A watcher that was killed is replaced when next told something."""

    def __init__(self) -> None:
        self._groups: set[int] = set()
        self._process = _start()

    def add(self, group: int) -> None:
        self._groups.add(group)
        self._tell(f"+{group}")

    def remove(self, group: int) -> None:
        self._groups.discard(group)
        self._tell(f"-{group}")

    def dismiss(self) -> None:
        """Nothing is left to watch, or it ends what is."""
        self._bury()

    def _tell(self, line: str) -> None:
        try:
            print(line, file=self._process.stdin, flush=True)
        except OSError:
            self._bury()
            self._process = _start()
            print(*(f"+{group}" for group in self._groups), sep="\n", file=self._process.stdin, flush=True)

    def _bury(self) -> None:
        with suppress(OSError):  # it died before it read everything
            self._process.communicate(timeout=GRACE_SECONDS * 2)


def _start() -> subprocess.Popen[str]:
    """In a session of its own, so that no Ctrl-C reaches it, and deaf to nothing else."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )


def still_there(lines: Iterable[str]) -> set[int]:
    """The groups added and not taken off again, once `lines` have come to their end."""
    groups: set[int] = set()
    for line in filter(str.strip, lines):
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    return groups


def end(groups: set[int]) -> None:
    for group in groups:
        tell(group, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(tell(group, 0) for group in groups) and time.monotonic() < deadline:
        select.select([], [], [], LOOK_EVERY)
    for group in groups:
        tell(group, signal.SIGKILL)


def tell(group: int, number: int) -> bool:
    """Whether anybody was there to hear it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    end(still_there(sys.stdin))
