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
from ssl import SSLContext
from time import monotonic

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.mail.servers import listening

HANG = "never answers"
HANG_UP = "hangs up"
CUT = "hangs up in the middle of the text"
DRIP = "answers a letter a second"
KEEP = "takes it and never says so"
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

    An answer is an SMTP reply, or HANG, HANG_UP or DRIP; to a text also CUT or KEEP. `pace` is how many
    seconds the answer to a text takes. `tls`: what STARTTLS is offered with, and then required.
    """

    rcpt: dict[str, list[str]] = field(default_factory=dict)
    dot: dict[str, list[str]] = field(default_factory=dict)
    greetings: list[str] = field(default_factory=list)
    knows_us: bool = True
    pace: float = 0
    tls: SSLContext | None = None


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
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = await self._answer(server, self.manners.rcpt, address)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        (recipient,), raw = envelope.rcpt_tos, envelope.original_content or b""
        self.offered[recipient].append(str(Accepted(recipient, raw, 0).mail["Message-ID"]))
        if self.manners.pace:
            await asyncio.sleep(self.manners.pace)
        answer = await self._answer(server, self.manners.dot, recipient)
        if answer in (TAKEN, KEEP):
            self.accepted.append(Accepted(recipient, raw, monotonic()))
        if answer == KEEP:
            await self.hang()
        return answer

    def cuts_off(self, recipient: str) -> bool:
        """Whether this one's next text is to be cut off in its middle."""
        script = self.manners.dot.get(recipient, [])
        if script[:1] != [CUT]:
            return False
        del script[0]
        return True

    def sign_in(self, *_: object) -> AuthResult:
        return AuthResult(success=self.manners.knows_us, handled=False)

    async def hang(self) -> None:
        await self._never.wait()

    async def _answer(self, server: SMTP, script: dict[str, list[str]], address: str) -> str:
        answers = script.get(address)
        answer = answers.pop(0) if answers else TAKEN
        if answer == HANG:
            await self.hang()
        if answer == HANG_UP:
            await self.hang_up(server)
        if answer == DRIP:
            await self._drip(server)
            return TAKEN
        return answer

    async def hang_up(self, server: SMTP) -> None:
        _wire(server).abort()
        await self.hang()

    @staticmethod
    async def _drip(server: SMTP) -> None:
        """A line before the answer, each letter of it soon enough for a reader who counts letters."""
        for letter in b"250-one moment\r\n":
            _wire(server).write(bytes([letter]))
            await asyncio.sleep(1)

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
            office,
            hostname="localhost",
            ident="here",
            authenticator=office.sign_in,
            auth_require_tls=False,
            tls_context=office.manners.tls,
            require_starttls=office.manners.tls is not None,
        )
        self._office = office

    async def _handle_client(self) -> None:
        office = self._office
        if office.manners.greetings and office.manners.greetings.pop(0) == HANG:
            await office.hang()
        await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        recipients = self.envelope.rcpt_tos if self.envelope else []
        if recipients and self._office.cuts_off(recipients[0]):
            await self.push("354 go on")
            await self._reader.readline()
            await self._office.hang_up(self)
        await super().smtp_DATA(arg)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._office.lines.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport:
            self._office.lines.discard(self.transport)
        super().connection_lost(error)


def _wire(server: SMTP) -> asyncio.WriteTransport:
    assert isinstance(server.transport, asyncio.WriteTransport)
    return server.transport


@contextmanager
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    try:
        yield office
    finally:
        office.close()
