"""Mail over SMTP on kept connections, knowing at every moment what the server can have got.

A drop before MAIL and a timeout after the text must not look the same (RELIABILITY.md, fact 6). So each step
has its phase here. Connections are opened by smtplib and used from a loop of asyncio: many in one thread.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic

from crm.mail.account import Security, SmtpSettings
from crm.mail.compose import Email
from crm.mail.opening import Opened, opened
from crm.mail.relays import marks_for
from crm.mail.transport import Refused, TryLater, Unsure
from crm.mail.wire import Answer
from crm.rules.smtp_replies import Judgement, Outcome, Phase, judge, no_answer

__all__ = ["Security", "SmtpSettings", "SmtpTransport"]

GOODBYE_PATIENCE = 5.0
"""Seconds. Nothing hangs on the answer to QUIT."""
HANGS_UP = 421
"""A server may say so at any time (RFC 5321 3.8): said to an idle connection, it is no word on the mail."""


class SmtpTransport:
    """The real way out (crm.mail.transport.Transport), and the connections it keeps.

    There are as many connections as mails on their way at once; the one used last is used first.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._kept_lines: deque[Line] = deque()

    async def send(self, email: Email, hand_over: Callable[[], Awaitable[object]]) -> str:
        """Raises TryLater, Refused or Unsure; what `hand_over` raises comes through after an RSET."""
        line = await self._line_that_took_the_envelope(email)
        try:
            await hand_over()
            await line.ask(Phase.DATA, "data")
            reply = await line.say(marks_for(self._settings.host, email.message_id) + email.raw)
        except BaseException as why:
            await self._put_back(line, why)
            raise
        self._keep(line)
        return reply

    def close(self) -> None:
        """Say goodbye on every connection that is kept. Never raises."""
        asyncio.run(self._leave_all())

    def forget(self) -> None:
        """After a fork: the connections belong to the parent, and must not be spoken on."""
        self._kept_lines.clear()

    async def _leave_all(self) -> None:
        while line := await self._take():
            await line.leave()

    async def _line_that_took_the_envelope(self, email: Email) -> Line:
        """A kept connection, or a new one where it went stale: nothing has been handed over yet."""
        if line := await self._take():
            try:
                return await self._offer(line, email)
            except TryLater:
                if line.is_open or line.got_an_answer:
                    raise
        return await self._offer(Line(await opened(self._settings), self._settings), email)

    async def _offer(self, line: Line, email: Email) -> Line:
        try:
            await line.offer(email.sender, email.recipient)
        except BaseException as why:
            await self._put_back(line, why)
            raise
        return line

    async def _take(self) -> Line | None:
        while self._kept_lines:
            line = self._kept_lines.pop()
            if not line.is_worn:
                return line
            await line.leave()
        return None

    async def _put_back(self, line: Line, why: BaseException) -> None:
        """Keeps the connection for the next mail, however this one ended, if it is still of use."""
        if isinstance(why, asyncio.CancelledError):
            line.hang_up()
        else:
            await line.start_over()
        self._keep(line)

    def _keep(self, line: Line) -> None:
        if line.is_open:
            self._kept_lines.append(line)


class Line:
    """One open connection, safe and signed in, ready for MAIL. Raises TryLater, Refused or Unsure."""

    def __init__(self, opened: Opened, settings: SmtpSettings) -> None:
        self._wire, self._pipelines = opened
        self._settings = settings
        self._opened_at = monotonic()
        self._mails = 0
        self._in_step = True
        self.got_an_answer = False

    @property
    def is_open(self) -> bool:
        return self._wire.is_open

    @property
    def is_worn(self) -> bool:
        """It has carried enough mails, or stood long enough."""
        too_old = monotonic() - self._opened_at >= self._settings.connection_age
        return too_old or self._mails >= self._settings.mails_per_connection

    async def offer(self, sender: str, recipient: str) -> None:
        """The envelope, in one go where the server allows it (RFC 2920)."""
        mail, rcpt = f"mail FROM:<{sender}>", f"rcpt TO:<{recipient}>"
        self.got_an_answer = False
        if self._pipelines:
            await self._ask_both(mail, rcpt)
        else:
            await self.ask(Phase.MAIL, mail)
            self.got_an_answer = True
            await self.ask(Phase.RCPT, rcpt)

    async def ask(self, phase: Phase, command: str) -> None:
        """Say a command. Returns when the server goes along with it."""
        try:
            answer = await self._answer_to(command, self._settings.command_timeout)
        except OSError as error:
            raise self._lost(no_answer(phase), f"no answer to {phase.upper()}: {error}") from None
        self._settle(judge(answer.code, answer.text, phase), answer)

    async def _ask_both(self, mail: str, rcpt: str) -> None:
        patience = self._settings.command_timeout
        try:
            answer = await self._answer_to(f"{mail}\r\n{rcpt}", patience)
        except OSError as error:
            raise self._lost(no_answer(Phase.MAIL), f"no answer to MAIL: {error}") from None
        self.got_an_answer = answer.code != HANGS_UP
        verdict = judge(answer.code, answer.text, Phase.MAIL)
        try:
            second = await self._wire.answer(patience)
        except OSError as error:
            if verdict.outcome is not Outcome.GO_ON:
                raise self._lost(verdict, str(answer)) from None
            raise self._lost(no_answer(Phase.RCPT), f"no answer to RCPT: {error}") from None
        self._settle(verdict, answer)
        self._settle(judge(second.code, second.text, Phase.RCPT), second)

    async def say(self, raw: bytes) -> str:
        """Say the text and its final dot, and return the server's reply to them."""
        self._in_step = False
        await self._say_all(_with_dots_doubled(raw) + b".\r\n")
        try:
            answer = await self._wire.answer(self._settings.data_timeout)
        except OSError as error:
            raise self._lost(no_answer(Phase.TEXT), f"no answer to the text: {error}") from None
        self._mails += 1
        self._settle(judge(answer.code, answer.text, Phase.TEXT), answer)
        return str(answer)

    async def start_over(self) -> None:
        """Forget the mail that was begun (RSET). Closes the line when it may be out of step."""
        with suppress(OSError):
            if self._in_step and (await self._answer_to("rset", self._settings.command_timeout)).code == 250:
                self._in_step = True
                return
        self.hang_up()

    async def leave(self) -> None:
        """Say QUIT and close, whatever comes back."""
        with suppress(OSError):
            await self._answer_to("quit", min(GOODBYE_PATIENCE, self._settings.command_timeout))
        self.hang_up()

    def hang_up(self) -> None:
        self._wire.close()

    async def _answer_to(self, command: str, seconds: float) -> Answer:
        self._in_step = False
        await self._wire.say(f"{command}\r\n".encode("ascii"), seconds)
        return await self._wire.answer(seconds)

    async def _say_all(self, text: bytes) -> None:
        """Until its end has left no text can have been accepted: whatever happens here can be tried again."""
        try:
            if self._wire.has_something:
                raise ConnectionError("an answer before it")
            await self._wire.say(text, self._settings.command_timeout)
        except OSError as error:
            raise await self._interrupted(error) from None

    async def _interrupted(self, error: OSError) -> Exception:
        """A server that has said no for good before it had heard all has said no."""
        try:
            answer = await self._wire.answer(self._settings.command_timeout)
        except OSError:
            return self._lost(no_answer(Phase.DATA), f"gone in the middle of the text: {error}")
        verdict = judge(answer.code, answer.text, Phase.DATA)
        is_final = verdict.outcome is Outcome.REFUSED
        return self._lost(verdict if is_final else no_answer(Phase.DATA), str(answer))

    def _settle(self, verdict: Judgement, answer: Answer) -> None:
        """Raises what the answer means. After 421 the server hangs up, after 354 it reads."""
        self._in_step = answer.code != HANGS_UP and answer.code // 100 in (2, 4, 5)
        if verdict.outcome is not Outcome.GO_ON:
            if not self._in_step:
                self.hang_up()
            raise _failure(verdict, str(answer))

    def _lost(self, verdict: Judgement, what: str) -> Exception:
        self.hang_up()
        return _failure(verdict, what)


def _with_dots_doubled(raw: bytes) -> bytes:
    """A dot that begins a line is no end (RFC 5321 4.5.2). A pattern would take three times as long."""
    dot = b"." if raw.startswith(b".") else b""
    return dot + raw.replace(b"\n.", b"\n..")


def _failure(verdict: Judgement, reply: str) -> Exception:
    match verdict.outcome:
        case Outcome.REFUSED:
            return Refused(reply, dead_address=verdict.dead_address)
        case Outcome.UNSURE:
            return Unsure(reply)
        case _:
            return TryLater(reply, account_level=verdict.account_level)
