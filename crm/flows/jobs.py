"""One claimed mail on its way out, and what the line that carries it has to say."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeGuard, TypeVar

from crm.mail.transport import NotSent

if TYPE_CHECKING:
    from datetime import datetime

    from crm.flows.glimpses import Glimpse
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
    seen: Glimpse


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


@dataclass(eq=False)
class Ask:
    """A recipient was accepted: may the text go? The line waits for the answer."""

    job: Job
    _goes: bool = False
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, *, goes: bool) -> None:
        self._goes = goes
        self._answered.set()

    async def wait(self) -> bool:
        await self._answered.wait()
        return self._goes


@dataclass(frozen=True)
class Crash:
    """What must end the whole worker, from whichever line it came."""

    error: BaseException


News = Ask | End | Crash


class Hearing:
    """What the lines say, heard together: one page of the book serves all that have spoken."""

    def __init__(self, lines: int) -> None:
        self._lines, self._said, self._asking = lines, list[News](), 0
        self._somebody, self._everybody = asyncio.Event(), asyncio.Event()

    def say(self, news: News) -> None:
        self._said.append(news)
        self._asking += isinstance(news, Ask)
        self._somebody.set()
        if self._asking == self._lines:
            self._everybody.set()

    async def hear(self, seconds: float) -> list[News]:
        """Waits so long for something; then until all lines ask, or have nothing to say for a moment."""
        heard = 0
        if await _happens(self._somebody, seconds):
            while len(self._said) > heard and not self._everybody.is_set():
                heard = len(self._said)
                await _happens(self._everybody, MOMENT)
        said, self._said, self._asking = self._said, [], 0
        self._somebody.clear()
        self._everybody.clear()
        return said


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    """Whether it does within so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
