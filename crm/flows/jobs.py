"""One claimed mail on its way out, and what the line that carries it has to say."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeGuard, TypeVar

from crm.mail.transport import NotSent

if TYPE_CHECKING:
    from datetime import datetime

    from crm.mail.compose import Email
    from crm.models.claims import HandedOver

MOMENT = 0.003
"""Seconds between the news of two lines that still count as together."""


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


class Hearing:
    """What the lines say, heard together: who listens is woken once for all of them, not by each.

    On a burst of mail that is the larger part of all changes between threads.
    """

    def __init__(self, lines: int) -> None:
        self._lines, self._said, self._asking = lines, list[News](), 0
        self._lock = threading.Lock()
        self._somebody, self._everybody = threading.Event(), threading.Event()

    def say(self, news: News) -> None:
        with self._lock:
            self._said.append(news)
            self._asking += isinstance(news, Ask)
            if len(self._said) == 1:
                self._somebody.set()
            if self._asking == self._lines:
                self._everybody.set()

    def hear(self, seconds: float) -> list[News]:
        """Waits so long for something; then until all lines ask, or have nothing to say for a moment."""
        heard = 0
        if self._somebody.wait(seconds):
            while not self._everybody.wait(MOMENT) and len(self._said) > heard:
                heard = len(self._said)
        with self._lock:
            said, self._said, self._asking = self._said, [], 0
            self._somebody.clear()
            self._everybody.clear()
        return said
