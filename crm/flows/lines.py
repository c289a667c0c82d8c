"""Several connections at work at once, each a task of one loop, in the thread that keeps the book.

The loop runs only while the book waits for news, and a line never touches the database. What a line wants
and what became of its mail reach the ledger as news, in the order in which they happened. So a line's next
mark is never written before the result of its last mail, and a process that is killed leaves at most one
handed-over mail without a result for each of its lines.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Self

from crm.flows.jobs import Ask, Crash, Defect, End, Ended, Hearing, Job, Taken, Withheld
from crm.mail.transport import NotSent, TryLater

if TYPE_CHECKING:
    from datetime import datetime

    from crm.mail.transport import Transport


class Withdrawn(Exception):  # noqa: N818 - a decision, not an error
    """Between the last look and DATA it became unwanted, or the claim was lost."""


class Lines:
    """They carry jobs through one transport, the most urgent first. Use it as a context manager.

    Once the sending account has failed, no other mail is tried: it would only fail the same way.
    """

    def __init__(self, transport: Transport, width: int, clock: Callable[[], datetime]) -> None:
        self.width, self._transport, self._clock = width, transport, clock
        self._loop = asyncio.new_event_loop()
        self._waiting: asyncio.PriorityQueue[tuple[int, int, Job]] = asyncio.PriorityQueue()
        self._hearing = Hearing(width)
        self._order = count()
        self._account_fails = False
        self._lines: list[asyncio.Task[None]] = []
        self._begun: dict[int, float] = {}
        self.under_way = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Lines are idle then; after a crash one may be in the middle of a mail, and hangs up."""
        for line in self._lines:
            line.cancel()
        self._loop.run_until_complete(self._ended())
        self._loop.close()

    @property
    def ready(self) -> int:
        """How many jobs no line has taken up yet."""
        return self._waiting.qsize()

    def all_move(self, patience: float) -> bool:
        """Whether no line has been at its mail for longer than `patience` seconds."""
        begun = min(self._begun.values(), default=None)
        return begun is None or monotonic() - begun < patience

    def carry(self, jobs: list[Job]) -> None:
        for job in jobs:
            self.under_way += 1
            self._waiting.put_nowait((job.urgency, next(self._order), job))
        while len(self._lines) < min(self.width, self.under_way):
            line = self._work(len(self._lines))
            self._lines.append(self._loop.create_task(line, context=Context()))

    def take_back(self) -> list[Job]:
        """The jobs that no line has taken up."""
        left: list[Job] = []
        with suppress(asyncio.QueueEmpty):
            while True:
                left.append(self._waiting.get_nowait()[2])
        self.under_way -= len(left)
        return left

    def news(self, seconds: float) -> tuple[list[Ask], list[End]]:
        """All that has happened; waits for something while lines are at work. Re-raises a crash."""
        asks: list[Ask] = []
        ends: list[End] = []
        for news in self._loop.run_until_complete(self._hearing.hear(seconds)) if self.under_way else ():
            match news:
                case Ask() as ask:
                    asks.append(ask)
                case Ended() as end:
                    ends.append(end)
                case Crash(error):
                    raise error
        self.under_way -= len(ends)
        return asks, ends

    async def _ended(self) -> None:
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _work(self, line: int) -> None:
        while True:
            _, _, job = await self._waiting.get()
            self._begun[line] = monotonic()
            try:
                self._hearing.say(await self._carry(job))
            except BaseException as crash:  # whoever owns the lines hears of it
                self._hearing.say(Crash(crash))
                raise
            finally:
                del self._begun[line]

    async def _carry(self, job: Job) -> End:
        tried_at = self._clock()
        if self._account_fails:
            return Ended(job, tried_at, Withheld())
        try:
            reply = await self._transport.send(job.email, lambda: self._ask(job))
            outcome: Taken | Withheld | Defect | NotSent = Taken(reply)
        except Withdrawn:
            outcome = Withheld()
        except NotSent as failure:
            outcome = failure
            self._account_fails |= isinstance(failure, TryLater) and failure.account_level
        except Exception as defect:  # noqa: BLE001 - whatever is wrong with us, this row must not come round for ever
            outcome = Defect(defect)
        return Ended(job, tried_at, outcome)

    async def _ask(self, job: Job) -> None:
        """Returns once the mark is durable. Raises Withdrawn when the mail does not go."""
        ask = Ask(job)
        self._hearing.say(ask)
        if not await ask.wait():
            raise Withdrawn
