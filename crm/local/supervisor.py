"""Keeps the children alive: starts them, passes on their words, starts the dead again, ends all in order."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from queue import Empty, SimpleQueue

from crm.local.children import Child, Run
from crm.local.screen import Screen
from crm.local.watcher import Watcher

STEADY_AFTER = 60.0  # a child that lived so many seconds has a clean record again
TWICE_WITHIN = 1.0  # `timeout make run` sends its signal by two ways; that is one wish, not impatience
LOOK_EVERY = 0.1
KILLED_WITHIN = 2.0


class Stopped(Exception):  # noqa: N818 - it names the decision
    """Somebody asked everything to end while we were waiting for something else."""


class Failed(Exception):  # noqa: N818 - see Stopped
    """A step that had to work did not; the message says which and how it ended."""


def pause_before(start: int) -> float:
    """Seconds to wait before a child's first, second, third ... start again in a row: 0.5, 1, 2, 4 ... 30."""
    return min(30.0, 0.5 * 2.0 ** min(start - 1, 10))


class Supervisor:
    """Everything is done in the thread that calls it; signals and other threads leave an act for it to do."""

    def __init__(self, env: Mapping[str, str], screen: Screen) -> None:
        self._env, self.screen = env, screen
        self._acts: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._runs: dict[str, Run] = {}
        self._starts_again: dict[str, int] = {}
        self._due: dict[Child, float] = {}
        self._asked_at: float | None = None
        self._impatient = False
        self._watcher = Watcher()
        screen.on_loss = self.ask_to_stop

    def listen_to_signals(self) -> None:
        """Ctrl-C, `kill`, and the terminal being closed, unless somebody said `nohup`."""
        signal.signal(signal.SIGINT, lambda *_: self.ask_to_stop())
        signal.signal(signal.SIGTERM, lambda *_: self.ask_to_stop())
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, lambda *_: self.ask_to_stop())

    def ask_to_stop(self) -> None:
        """Safe from any thread and any signal. Asked again, it waits for nobody any more."""
        self._acts.put(self._note_wish_to_stop)

    def keep(self, child: Child) -> None:
        """Start it, and start it again whenever it ends, until `stop`."""
        heard = (lambda _: None) if child.hushed else partial(self.screen.line, child.name)
        self._runs[child.name] = self._start(child, heard, self._start_again)

    def finish(self, child: Child) -> list[str]:
        """Run it once, to its end, and return its lines. Raises Failed, having shown them, or Stopped."""
        lines: list[str] = []
        run = self._start(child, lines.append, lambda _: None)
        try:
            self._until(lambda: run.code is not None)
        finally:
            run.make_end()
        if run.code != 0:
            self._show(child.name, lines)
            raise Failed(f"{child.name} {run.how()}; what it said stands above.")
        return lines

    def wait_for(self, true: Callable[[], bool], seconds: float) -> bool:
        """Look after the children until it is true or the time is over; says which. Raises Stopped."""
        deadline = time.monotonic() + seconds
        self._until(lambda: true() or time.monotonic() > deadline)
        return true()

    def run(self) -> None:
        """Look after the children until somebody asks to stop."""
        try:
            self._until(lambda: False)
        except Stopped:
            return

    def stop(self) -> None:
        """The last started first: each is asked to end, given its time, then made to."""
        self._asked_at = self._asked_at or time.monotonic()
        self._due.clear()
        for run in reversed(self._runs.values()):
            run.ask_to_end()
            self._wait_for_end(run, run.child.patience)
            run.make_end()
            self._wait_for_end(run, KILLED_WITHIN)
        self._watcher.dismiss()

    def _start(self, child: Child, heard: Callable[[str], None], ended: Callable[[Run], None]) -> Run:
        run = Run(child, self._env, heard)
        self._watcher.add(run.group)
        run.follow(lambda code: self._acts.put(partial(self._has_ended, run, code, ended)))
        return run

    def _has_ended(self, run: Run, code: int, ended: Callable[[Run], None]) -> None:
        run.code = code
        self._watcher.remove(run.group)
        ended(run)

    def _start_again(self, run: Run) -> None:
        if self._asked_at is not None:
            return
        child = run.child
        if child.hushed:
            self._show(child.name, run.last_words)
        steady = time.monotonic() - run.started_at > STEADY_AFTER
        self._starts_again[child.name] = 1 if steady else self._starts_again.get(child.name, 0) + 1
        pause = pause_before(self._starts_again[child.name])
        self.screen.say(f"{child.name} {run.how()}. It is started again in {pause:g} s.")
        self._due[child] = time.monotonic() + pause

    def _until(self, true: Callable[[], bool]) -> None:
        while not true():
            self._turn(LOOK_EVERY)
            if self._asked_at is not None:
                raise Stopped

    def _wait_for_end(self, run: Run, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while run.code is None and time.monotonic() < deadline and not self._impatient:
            self._turn(LOOK_EVERY)

    def _turn(self, at_most: float) -> None:
        """Do what has been left to do; wait a little for it when there is nothing."""
        for child in [child for child, due in self._due.items() if due <= time.monotonic()]:
            del self._due[child]
            self.keep(child)
        try:
            act = self._acts.get(timeout=at_most)
        except Empty:
            return
        act()

    def _note_wish_to_stop(self) -> None:
        now = time.monotonic()
        self._impatient = self._asked_at is not None and now - self._asked_at > TWICE_WITHIN
        self._asked_at = self._asked_at or now

    def _show(self, name: str, lines: Iterable[str]) -> None:
        for line in lines:
            self.screen.line(name, line)
