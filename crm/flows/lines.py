"""Several connections at work at once, each in a thread of its own that never touches the database.

What a line wants and what became of its mail reach the ledger as news, in the order in which they happened.
So a line's next mark is never written before the result of its last mail, and a process that is killed
leaves at most one handed-over mail without a result for each of its lines.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from queue import Empty, PriorityQueue
from time import monotonic
from typing import TYPE_CHECKING, Self

from crm.flows.jobs import Ask, Crash, Defect, End, Ended, Hearing, Job, Taken, Withheld
from crm.mail.transport import NotSent, TryLater

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    from crm.mail.transport import Transport

LAST = 9
"""Behind every urgency there is."""
STILL_THERE = 1.0
"""Seconds after which a line that waits for its mark looks whether anybody will still answer."""


class Withdrawn(Exception):  # noqa: N818 - a decision, not an error
    """Between the last look and DATA it became unwanted, or the claim was lost."""


class Lines:
    """Threads that carry jobs through one transport, the most urgent first. Use it as a context manager.

    Once the sending account has failed, no other mail is tried: it would only fail the same way.
    """

    def __init__(self, transport: Transport, width: int, clock: Callable[[], datetime]) -> None:
        self.width, self._transport, self._clock = width, transport, clock
        self._waiting: PriorityQueue[tuple[int, int, Job | None]] = PriorityQueue()
        self._hearing = Hearing(width)
        self._order = count()
        self._closed = self._account_fails = False
        self._threads: list[threading.Thread] = []
        self._begun: dict[int, float] = {}
        self.under_way = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _e: object, _t: TracebackType | None) -> None:
        """Lines that are idle end at once; one that is in the middle of a mail ends with it."""
        self._closed = True
        for _ in self._threads:
            self._waiting.put((LAST, next(self._order), None))
        for thread in self._threads if kind is None else ():
            thread.join()

    @property
    def ready(self) -> int:
        """How many jobs no line has taken up yet."""
        return self._waiting.qsize()

    def all_move(self, patience: float) -> bool:
        """Whether no line has been at its mail for longer than `patience` seconds."""
        begun = min(list(self._begun.values()), default=None)
        return begun is None or monotonic() - begun < patience

    def carry(self, jobs: list[Job]) -> None:
        for job in jobs:
            self.under_way += 1
            self._waiting.put((job.urgency, next(self._order), job))
        while len(self._threads) < min(self.width, self.under_way):
            self._threads.append(threading.Thread(target=self._work, daemon=True))
            self._threads[-1].start()

    def take_back(self) -> list[Job]:
        """The jobs that no line has taken up."""
        left: list[Job] = []
        with suppress(Empty):
            while True:
                job = self._waiting.get_nowait()[2]
                left += [job] if job else []
        self.under_way -= len(left)
        return left

    def news(self, seconds: float) -> tuple[list[Ask], list[End]]:
        """All that has happened; waits for something while lines are at work. Re-raises a crash.

        One page of the book serves all lines that have something to say at about the same time.
        """
        asks: list[Ask] = []
        ends: list[End] = []
        for news in self._hearing.hear(seconds) if self.under_way else ():
            match news:
                case Ask() as ask:
                    asks.append(ask)
                case Ended() as end:
                    ends.append(end)
                case Crash(error):
                    raise error
        self.under_way -= len(ends)
        return asks, ends

    def _work(self) -> None:
        while (job := self._waiting.get()[2]) is not None:
            self._begun[threading.get_ident()] = monotonic()
            try:
                self._hearing.say(self._carry(job))
            except BaseException as crash:  # noqa: BLE001 - told to the thread that owns this one
                self._hearing.say(Crash(crash))
                return
            finally:
                self._begun.pop(threading.get_ident(), None)

    def _carry(self, job: Job) -> End:
        tried_at = self._clock()
        if self._account_fails:
            return Ended(job, tried_at, Withheld())
        try:
            outcome: Taken | Withheld | Defect | NotSent = Taken(
                self._transport.send(job.email, lambda: self._ask(job))
            )
        except Withdrawn:
            outcome = Withheld()
        except NotSent as failure:
            outcome = failure
            self._account_fails |= isinstance(failure, TryLater) and failure.account_level
        except Exception as defect:  # noqa: BLE001 - whatever is wrong with us, this row must not come round for ever
            outcome = Defect(defect)
        return Ended(job, tried_at, outcome)

    def _ask(self, job: Job) -> None:
        """Returns once the mark is durable. Raises Withdrawn when the mail does not go."""
        ask = Ask(job)
        self._hearing.say(ask)
        while True:
            try:
                goes = ask.wait(STILL_THERE)
            except Empty:
                if not self._closed:
                    continue
                goes = False
            if not goes:
                raise Withdrawn
            return
