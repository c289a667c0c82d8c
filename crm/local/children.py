"""One child of the supervisor: what it is, and one run of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

LEASH = Path(__file__).with_name("leash.py")
LAST_WORDS = 20


@dataclass(frozen=True)
class Child:
    """A command that runs until it is stopped.

    `listening`: descriptors of sockets handed down. `patience`: seconds it may take to end when asked to.
    `hushed`: what it says is shown only when it ends by itself.
    """

    name: str
    command: tuple[str, ...]
    listening: tuple[int, ...] = ()
    patience: float = 5.0
    hushed: bool = False


class Run:
    """One life of a child, in a process group of its own, so that Ctrl-C reaches only the supervisor.

    Start it in the thread that will live longest: the leash ties it to that one. `heard` gets every line,
    in a thread of the run. `code` is for the owner of the run to set.
    """

    def __init__(self, child: Child, env: Mapping[str, str], heard: Callable[[str], None]) -> None:
        self.child = child
        self.started_at = time.monotonic()
        self.code: int | None = None
        self.last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._heard = heard
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), *child.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=env,
            pass_fds=child.listening,
            start_new_session=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self.group = self._process.pid
        self._ear = Thread(target=self._listen, daemon=True)

    def follow(self, ended: Callable[[int], None]) -> None:
        """Calls `ended` with the exit status, in a thread of the run, when all its lines have been heard."""
        self._ear.start()
        Thread(target=self._wait, args=[ended], daemon=True).start()

    def ask_to_end(self) -> None:
        """Only the leader: it knows best in which order its own children should end."""
        self._process.terminate()

    def make_end(self) -> None:
        """The whole group, whether or not its leader still lives."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.group, signal.SIGKILL)

    def how(self) -> str:
        """Its end in words."""
        code = self.code or 0
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"

    def _listen(self) -> None:
        if self._process.stdout is None:
            raise RuntimeError("a run is started with a pipe")
        with self._process.stdout as lines:
            for line in lines:
                self.last_words.append(line)
                self._heard(line)

    def _wait(self, ended: Callable[[int], None]) -> None:
        """A leader that was killed leaves its own children behind; they hold the pipe, and would live on."""
        code = self._process.wait()
        self.make_end()
        self._ear.join()
        ended(code)
