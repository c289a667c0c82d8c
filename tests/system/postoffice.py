"""A real SMTP server in the test, polite or not as the test says, and everything it has taken."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from time import monotonic

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.mail.servers import listening

HANG = "never answers"
TAKEN = "250 2.0.0 taken"


@dataclass(frozen=True)
class Accepted:
    """One mail this server said 250 to, and when (seconds of the monotonic clock)."""

    recipient: str
    raw: bytes
    at: float

    @property
    def mail(self) -> EmailMessage:
        mail = BytesParser(policy=policy.default).parsebytes(self.raw)
        assert isinstance(mail, EmailMessage)
        return mail


@dataclass
class Manners:
    """What is answered instead of yes, in turn: to a recipient, to a recipient's text, to a new connection.

    An answer is an SMTP reply or HANG. `pace` is how many seconds the answer to a text takes.
    """

    rcpt: dict[str, list[str]] = field(default_factory=dict)
    dot: dict[str, list[str]] = field(default_factory=dict)
    greetings: list[str] = field(default_factory=list)
    knows_us: bool = True
    pace: float = 0


class PostOffice:
    """Its methods with a verb in capitals are called by aiosmtpd, all in one thread."""

    def __init__(self) -> None:
        self.manners = Manners()
        self.accepted: list[Accepted] = []
        self.offered: defaultdict[str, list[str]] = defaultdict(list)
        self.lines: set[asyncio.BaseTransport] = set()
        self._never = asyncio.Event()
        self._listening = listening()
        self.port: int = self._listening.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def recipients(self) -> list[str]:
        return [each.recipient for each in list(self.accepted)]

    def to(self, address: str) -> list[Accepted]:
        return [each for each in list(self.accepted) if each.recipient == address]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = await self._answer(self.manners.rcpt, address)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        (recipient,), raw = envelope.rcpt_tos, envelope.original_content or b""
        self.offered[recipient].append(str(Accepted(recipient, raw, 0).mail["Message-ID"]))
        if self.manners.pace:
            await asyncio.sleep(self.manners.pace)
        answer = await self._answer(self.manners.dot, recipient)
        if answer == TAKEN:
            self.accepted.append(Accepted(recipient, raw, monotonic()))
        return answer

    def sign_in(self, *_: object) -> AuthResult:
        return AuthResult(success=self.manners.knows_us, handled=False)

    async def hang(self) -> None:
        await self._never.wait()

    async def _answer(self, script: dict[str, list[str]], address: str) -> str:
        answers = script.get(address)
        answer = answers.pop(0) if answers else TAKEN
        if answer == HANG:
            await self.hang()
        return answer

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(lambda: Counter(self), sock=self._listening)
        )
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._hang_up())
        self._loop.close()

    async def _hang_up(self) -> None:
        for line in list(self.lines):
            line.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Counter(SMTP):
    """One connection, at which somebody may keep you waiting."""

    def __init__(self, office: PostOffice) -> None:
        # A name of its own: aiosmtpd would ask the network for one, and wait for it.
        super().__init__(
            office, hostname="localhost", ident="here", authenticator=office.sign_in, auth_require_tls=False
        )
        self._office = office

    async def _handle_client(self) -> None:
        office = self._office
        if office.manners.greetings and office.manners.greetings.pop(0) == HANG:
            await office.hang()
        await super()._handle_client()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._office.lines.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport:
            self._office.lines.discard(self.transport)
        super().connection_lost(error)


@contextmanager
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    try:
        yield office
    finally:
        office.close()
