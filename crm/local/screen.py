"""The one readable log: each line is headed by the name of the child that said it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from threading import Lock
from typing import TextIO

WIDTH = 7
OURS = "run"
# Terminal colours, by name; what stands for trouble (red) belongs to nobody.
COLOURS = {OURS: "1", "web": "36", "worker": "34", "redis": "35", "mail": "32"}


class Screen:
    """Several threads may speak at once; lines never mix. `on_loss` is called once nobody reads any more."""

    def __init__(self, out: TextIO, *, coloured: bool, on_loss: Callable[[], None] = lambda: None) -> None:
        self._out, self._coloured, self.on_loss = out, coloured, on_loss
        self._lock = Lock()

    def say(self, text: str) -> None:
        self.line(OURS, text)

    def line(self, name: str, text: str) -> None:
        """Empty lines are left out; what could steer the terminal is taken out."""
        words = "".join(c for c in text if c.isprintable() or c == "\t").rstrip()
        if words:
            self._write(f"{self._head(name)} {words}\n")

    def _head(self, name: str) -> str:
        head = f"{name:<{WIDTH}}|"
        return f"\033[{COLOURS.get(name, '0')}m{head}\033[0m" if self._coloured else head

    def _write(self, text: str) -> None:
        try:
            with self._lock:
                self._out.write(text)
                self._out.flush()
        except OSError:  # the terminal or the pipe has gone; what is said from here on goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())
            self.on_loss()


def on_terminal() -> Screen:
    wanted = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    return Screen(sys.stdout, coloured=wanted)
