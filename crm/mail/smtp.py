"""Mail over SMTP on kept connections, knowing at every moment what the server can have got.

smtplib reports a timeout after the text with the same exception as a line that drops before it began
(RELIABILITY.md, fact 6). So each step has its phase here, and the text and its final dot are sent by hand.
"""

from __future__ import annotations

import re
import smtplib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic

from crm.mail.account import Security, SmtpSettings, connected
from crm.mail.compose import Email
from crm.mail.transport import Refused, TryLater, Unsure
from crm.rules.smtp_replies import Judgement, Outcome, Phase, judge, no_answer

__all__ = ["Security", "SmtpSettings", "SmtpTransport"]

GOODBYE_PATIENCE = 5.0
"""Seconds. Nothing hangs on the answer to QUIT."""


class SmtpTransport:
    """The real way out (crm.mail.transport.Transport). Threads share it and the connections it keeps.

    There are as many connections as threads that send at once; the one used last is used first.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._kept_lines: deque[Line] = deque()

    def send(self, email: Email, hand_over: Callable[[], None]) -> str:
        """Raises TryLater, Refused or Unsure; what `hand_over` raises comes through after an RSET."""
        line = self._line_that_took_the_envelope(email)
        with self._in_use(line):
            hand_over()
            line.ask(Phase.DATA, "data")
            return line.say(email.raw)

    def close(self) -> None:
        """Say goodbye on every connection that is kept. Never raises."""
        while line := self._take():
            line.leave()

    def forget(self) -> None:
        """After a fork: the connections belong to the parent, and must not be spoken on."""
        self._kept_lines.clear()

    def _line_that_took_the_envelope(self, email: Email) -> Line:
        """A kept connection, or a new one where it went stale: nothing has been handed over yet."""
        if line := self._take():
            try:
                return self._offer(line, email)
            except TryLater:
                if line.is_open or line.got_an_answer:
                    raise
        return self._offer(Line(self._settings), email)

    def _offer(self, line: Line, email: Email) -> Line:
        try:
            line.offer(email.sender, email.recipient)
        except BaseException:
            self._put_back(line, in_order=False)
            raise
        return line

    def _take(self) -> Line | None:
        while self._kept_lines:
            with suppress(IndexError):  # another thread was quicker
                line = self._kept_lines.pop()
                if not line.is_worn:
                    return line
                line.leave()
        return None

    @contextmanager
    def _in_use(self, line: Line) -> Iterator[None]:
        """Keeps the connection for the next mail, however this one ended, if it is still of use."""
        try:
            yield
        except BaseException:
            self._put_back(line, in_order=False)
            raise
        self._put_back(line, in_order=True)

    def _put_back(self, line: Line, *, in_order: bool) -> None:
        if not in_order:
            line.start_over()
        if line.is_open:
            self._kept_lines.append(line)


class Line:
    """One open connection, safe and signed in, ready for MAIL. Raises TryLater where that cannot be had."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._opened_at = monotonic()
        self._mails = 0
        self._in_step = True
        self.got_an_answer = False
        try:
            self._smtp = connected(settings)
        except smtplib.SMTPResponseException as answer:
            raise _account(_told(answer.smtp_code, answer.smtp_error)) from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise _account(f"no usable connection: {error}") from None
        self._smtp.timeout = settings.command_timeout

    @property
    def is_open(self) -> bool:
        return self._smtp.sock is not None

    @property
    def is_worn(self) -> bool:
        """It has carried enough mails, or stood long enough."""
        too_old = monotonic() - self._opened_at >= self._settings.connection_age
        return too_old or self._mails >= self._settings.mails_per_connection

    def offer(self, sender: str, recipient: str) -> None:
        """The envelope, in one go where the server allows it (RFC 2920)."""
        mail, rcpt = f"FROM:<{sender}>", f"TO:<{recipient}>"
        self.got_an_answer = False
        if self._smtp.has_extn("pipelining"):
            self._ask_both(mail, rcpt)
        else:
            self.ask(Phase.MAIL, "mail", mail)
            self.got_an_answer = True
            self.ask(Phase.RCPT, "rcpt", rcpt)

    def ask(self, phase: Phase, command: str, args: str = "") -> None:
        """Say a command. Returns when the server goes along with it."""
        self._in_step = False
        try:
            code, reply = self._smtp.docmd(command, args)
        except (smtplib.SMTPException, OSError) as error:
            raise self._lost(no_answer(phase), f"no answer to {command.upper()}: {error}") from None
        self._settle(judge(code, _text(reply), phase), code, reply)

    def _ask_both(self, mail: str, rcpt: str) -> None:
        self._in_step = False
        try:
            self._smtp.send(f"MAIL {mail}\r\nRCPT {rcpt}\r\n")
            code, reply = self._smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise self._lost(no_answer(Phase.MAIL), f"no answer to MAIL: {error}") from None
        self.got_an_answer = True
        verdict = judge(code, _text(reply), Phase.MAIL)
        try:
            second, about = self._smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            if verdict.outcome is not Outcome.GO_ON:
                raise self._lost(verdict, _told(code, reply)) from None
            raise self._lost(no_answer(Phase.RCPT), f"no answer to RCPT: {error}") from None
        self._settle(verdict, code, reply)
        self._settle(judge(second, _text(about), Phase.RCPT), second, about)

    def say(self, raw: bytes) -> str:
        """Say the text and its final dot, and return the server's reply to them."""
        self._in_step = False
        self._say_all_but_the_dot(re.sub(rb"(?m)^\.", b"..", raw))
        self._smtp.timeout = self._settings.data_timeout
        try:
            self._smtp.send_bytes(b".\r\n")
        except ConnectionError as error:  # the line was gone already: this dot cannot have left
            raise self._lost(no_answer(Phase.DATA), f"gone before the end of the text: {error}") from None
        except OSError as error:
            raise self._lost(no_answer(Phase.TEXT), f"lost at the end of the text: {error}") from None
        try:
            code, reply = self._smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise self._lost(no_answer(Phase.TEXT), f"no answer to the text: {error}") from None
        self._smtp.timeout = self._settings.command_timeout
        self._mails += 1
        self._settle(judge(code, _text(reply), Phase.TEXT), code, reply)
        return _told(code, reply)

    def start_over(self) -> None:
        """Forget the mail that was begun (RSET). Closes the line when it may be out of step."""
        with suppress(smtplib.SMTPException, OSError):
            if self._in_step and self._smtp.rset()[0] == 250:
                return
        self._smtp.close()

    def leave(self) -> None:
        """Say QUIT and close, whatever comes back."""
        self._smtp.timeout = min(GOODBYE_PATIENCE, self._settings.command_timeout)
        with suppress(smtplib.SMTPException, OSError):
            self._smtp.quit()
        self._smtp.close()

    def _say_all_but_the_dot(self, text: bytes) -> None:
        """Without its dot no text can have been accepted, so whatever happens here can be tried again."""
        try:
            self._smtp.send_bytes(text)
            if not self._smtp.has_something():
                return
            code, reply = self._smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise self._lost(no_answer(Phase.DATA), f"gone in the middle of the text: {error}") from None
        verdict = judge(code, _text(reply), Phase.DATA)
        interrupted = verdict if verdict.outcome is Outcome.REFUSED else no_answer(Phase.DATA)
        raise self._lost(interrupted, _told(code, reply))

    def _settle(self, verdict: Judgement, code: int, reply: bytes) -> None:
        """Raises what the answer means. After 421 the server hangs up (RFC 5321 3.8), after 354 it reads."""
        self._in_step = code != 421 and code // 100 in (2, 4, 5)
        if verdict.outcome is not Outcome.GO_ON:
            if not self._in_step:
                self._smtp.close()
            raise _failure(verdict, _told(code, reply))

    def _lost(self, verdict: Judgement, what: str) -> Exception:
        self._smtp.close()
        return _failure(verdict, what)


def _failure(verdict: Judgement, reply: str) -> Exception:
    match verdict.outcome:
        case Outcome.REFUSED:
            return Refused(reply, dead_address=verdict.dead_address)
        case Outcome.UNSURE:
            return Unsure(reply)
        case _:
            return TryLater(reply, account_level=verdict.account_level)


def _account(reply: str) -> TryLater:
    return TryLater(reply, account_level=True)


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def _told(code: int, reply: bytes | str) -> str:
    return f"{code} {_text(reply)}" if code > 0 else f"an answer that is none: {_text(reply)}"
