"""An open connection's socket in a loop of asyncio: what is said leaves at once, an answer is waited for.

A wire outlives the loop it was opened in, and works on a socket that is already encrypted; asyncio's own
streams do neither.
"""

from __future__ import annotations

import asyncio
import re
import socket
from ssl import SSLSocket, SSLWantReadError, SSLWantWriteError
from typing import NamedTuple

from crm.mail.conversation import ANSWER_BYTES

LINE_BYTES = 8_192
"""As in smtplib: far above the 512 of RFC 5321 4.5.3.1.5."""
NO_CODE = -1
"""Stands where an answer does not begin with three digits."""
NOT_NOW = (BlockingIOError, SSLWantReadError, SSLWantWriteError)
"""What a socket that never blocks raises instead of waiting."""

_LAST_LINE = re.compile(rb"^(?!\d\d\d-).*\n", re.MULTILINE)


class Answer(NamedTuple):
    """A server's reply (RFC 5321 4.2): its code, and its lines without it."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}" if self.code > 0 else f"an answer that is none: {self.text}"


class Wire:
    """Says bytes and gets answers, each within so many seconds. Raises OSError where that cannot be had."""

    def __init__(self, sock: socket.socket, unread: bytes = b"") -> None:
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_open = True
        self._sock, self._unread = sock, unread
        self._loop: asyncio.AbstractEventLoop | None = None
        self._trouble: OSError | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._deadline: float | None = None
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def has_something(self) -> bool:
        """Whether there is an answer, or an end, that nobody has asked for."""
        self._read()
        return bool(self._unread or self._trouble)

    async def say(self, raw: bytes, seconds: float) -> None:
        """Returns when all of it is on its way. Raises OSError while its end is surely not."""
        loop, left = self._attached(), memoryview(raw)
        if left := left[self._send(left) :]:
            self._expect_within(seconds, loop)
            await self._say_the_rest(left, loop)
            self._deadline = None

    async def answer(self, seconds: float) -> Answer:
        """The next whole answer, however many lines it has."""
        loop = self._attached()
        if answer := self._next_answer():
            return answer
        self._expect_within(seconds, loop)
        while (answer := self._next_answer()) is None:
            if self._trouble:
                raise self._trouble
            await self._something(loop)
        self._deadline = None
        return answer

    def close(self) -> None:
        """Hang up without a word."""
        self._hear_no_more()
        self.is_open = False
        self._sock.close()

    def _attached(self) -> asyncio.AbstractEventLoop:
        """The loop that runs now: it is another for each drain."""
        if not self.is_open:
            raise ConnectionError("the line is closed")
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            loop.add_reader(self._sock, self._read)
            self._loop, self._alarm = loop, None
        return loop

    def _send(self, raw: memoryview) -> int:
        """How many bytes were taken."""
        try:
            return self._sock.send(raw)
        except NOT_NOW:
            return 0

    async def _say_the_rest(self, left: memoryview, loop: asyncio.AbstractEventLoop) -> None:
        """Stops as soon as the other side speaks or goes: it would not read the rest."""
        try:
            while left := left[self._send(left) :]:
                loop.add_writer(self._sock, self._wake)
                await self._something(loop)
                if self.has_something:
                    raise self._trouble or ConnectionError("an answer in the middle of it")
        finally:
            loop.remove_writer(self._sock)

    async def _something(self, loop: asyncio.AbstractEventLoop) -> None:
        """Waits until there is something to read, room to write, or no more patience."""
        self._waiting = loop.create_future()
        await self._waiting

    def _wake(self) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)

    def _expect_within(self, seconds: float, loop: asyncio.AbstractEventLoop) -> None:
        """From now on there is a deadline. An alarm that is set already goes off first, and looks again."""
        self._deadline = loop.time() + seconds
        if self._alarm and self._alarm.when() > self._deadline:
            self._alarm.cancel()
            self._alarm = None
        self._alarm = self._alarm or loop.call_at(self._deadline, self._look_at_the_clock, loop)

    def _look_at_the_clock(self, loop: asyncio.AbstractEventLoop) -> None:
        self._alarm = None
        if self._deadline is None:
            return
        if loop.time() < self._deadline:
            self._alarm = loop.call_at(self._deadline, self._look_at_the_clock, loop)
        else:
            self._end(TimeoutError("not in time"))

    def _read(self) -> None:
        """Takes what has come. From TLS all of it: no loop hears of what is decrypted already."""
        try:
            while more := self._sock.recv(ANSWER_BYTES):
                self._keep(more)
                if not (isinstance(self._sock, SSLSocket) and self._sock.pending()):
                    return
            self._end(ConnectionError("the server hung up"))
        except NOT_NOW:
            return
        except OSError as trouble:
            self._end(trouble)

    def _keep(self, more: bytes) -> None:
        self._unread += more
        self._wake()
        if len(self._unread) > ANSWER_BYTES:
            self._end(ConnectionError("an answer without an end"))

    def _end(self, trouble: OSError) -> None:
        self._trouble = self._trouble or trouble
        self._hear_no_more()
        self._wake()

    def _hear_no_more(self) -> None:
        """Of an end a loop would be told again and again."""
        if self.is_open and self._loop and not self._loop.is_closed():
            self._loop.remove_reader(self._sock)

    def _next_answer(self) -> Answer | None:
        """As smtplib reads: the first line that none must follow ends an answer."""
        if not self._unread:
            return None
        if len(self._unread) > LINE_BYTES and max(map(len, self._unread.split(b"\n"))) > LINE_BYTES:
            raise ConnectionError("a line without an end")
        last = _LAST_LINE.search(self._unread)
        if last is None:
            return None
        whole, self._unread = self._unread[: last.end()], self._unread[last.end() :]
        return _answer_in(whole)


def _answer_in(whole: bytes) -> Answer:
    lines = whole.decode("utf-8", "replace").splitlines()
    code = lines[-1][:3]
    number = int(code) if code.isascii() and code.isdigit() else NO_CODE
    return Answer(number, "\n".join(line[4:].strip() for line in lines))
