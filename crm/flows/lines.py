"""Several connections at work at once, each in a thread of its own that never touches the database.

What a line wants and what became of its mail reach the ledger as news, in the order in which they happened.
So a line's next mark is never written before the result of its last mail, and a process that is killed
leaves at most one handed-over mail without a result for each of its lines.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from queue import Empty, PriorityQueue, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Generic, Self, TypeGuard, TypeVar

from crm.mail.transport import NotSent, TryLater

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    from crm.mail.compose import Email
    from crm.mail.transport import Transport
    from crm.models.claims import HandedOver

LAST = 9
"""Behind every urgency there is."""
MOMENT = 0.003
"""Seconds between the news of two lines that still count as together."""
STILL_THERE = 1.0
"""Seconds after which a line that waits for its mark looks whether anybody will still answer."""


@dataclass(frozen=True)
class Job:
    """One claimed mail, ready to go. The token fences this worker out once its lease is over.

    `number`: which attempt this is. `seen`: what was known at the last look, `looked_at` (flows/glimpses).
    """

    message_id: int
    token: str
    urgency: int
    email: Email
    text: HandedOver
    number: int
    lead_id: int | None
    enrollment_id: int | None
    looked_at: datetime
    seen: tuple[object, ...] = ()


@dataclass(frozen=True)
class Taken:
    """The server said 250, and what else it said."""

    reply: str


@dataclass(frozen=True)
class Withheld:
    """It did not go after all, and nothing of it has left."""


@dataclass(frozen=True)
class Defect:
    """The program failed on this one mail."""

    error: Exception


Outcome_co = TypeVar("Outcome_co", bound="Taken | Withheld | Defect | NotSent", covariant=True)


@dataclass(frozen=True)
class Ended(Generic[Outcome_co]):
    """What became of one job, and when the line took it up."""

    job: Job
    tried_at: datetime
    outcome: Outcome_co


End = Ended[Taken | Withheld | Defect | NotSent]
Accepted = Ended[Taken]


def is_accepted(end: End) -> TypeGuard[Accepted]:
    """250 decides, whatever else happened."""
    return isinstance(end.outcome, Taken)


@dataclass(frozen=True)
class Ask:
    """A recipient was accepted: may the text go? The line waits for the answer."""

    job: Job
    _answer: SimpleQueue[bool] = field(default_factory=SimpleQueue)

    def answer(self, *, goes: bool) -> None:
        self._answer.put(goes)

    def wait(self, seconds: float) -> bool:
        """Raises queue.Empty when nobody has answered yet."""
        return self._answer.get(timeout=seconds)


@dataclass(frozen=True)
class Crash:
    """What must end the whole worker, from whichever thread it came."""

    error: BaseException


News = Ask | End | Crash


class Withdrawn(Exception):  # noqa: N818 - a decision, not an error
    """Between the last look and DATA it became unwanted, or the claim was lost."""


class Lines:
    """Threads that carry jobs through one transport, the most urgent first. Use it as a context manager.

    Once the sending account has failed, no other mail is tried: it would only fail the same way.
    """

    def __init__(self, transport: Transport, width: int, clock: Callable[[], datetime]) -> None:
        self.width, self._transport, self._clock = width, transport, clock
        self._waiting: PriorityQueue[tuple[int, int, Job | None]] = PriorityQueue()
        self._news: SimpleQueue[News] = SimpleQueue()
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

        After the first piece it waits a moment for those of the other lines: one page of the book serves all.
        """
        asks: list[Ask] = []
        ends: list[End] = []
        with suppress(Empty):
            while self.under_way > 0 and len(asks) < self.width:
                match self._news.get(timeout=MOMENT if asks or ends else seconds):
                    case Ask() as ask:
                        asks.append(ask)
                    case Ended() as end:
                        ends.append(end)
                        self.under_way -= 1
                    case Crash(error):
                        raise error
        return asks, ends

    def _work(self) -> None:
        while (job := self._waiting.get()[2]) is not None:
            self._begun[threading.get_ident()] = monotonic()
            try:
                self._news.put(self._carry(job))
            except BaseException as crash:  # noqa: BLE001 - told to the thread that owns this one
                self._news.put(Crash(crash))
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
        self._news.put(ask)
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
