"""imaplib's connection, with an end to every wait and a bound on everything a server can say.

imaplib waits its whole timeout for each single byte and reads a literal of whatever size it is told. Here a
whole answer has one deadline, a line has a longest length, and of a literal no more is kept than is read of
a mail. `read` and `readline` are imaplib's own places for that.
"""

from __future__ import annotations

import imaplib
from time import monotonic

from crm.mail.mailbox import MOST_BYTES

LINE_BYTES = 1_000_000
ANSWER_BYTES = 256_000_000
"""A server that says more than this in one answer is not listened to."""
AT_ONCE = 65_536
WAITING = "IDLE1"
"""The tag of the one command imaplib does not know on Python 3.11; its own begin otherwise."""


class Line(imaplib.IMAP4):
    """Not encrypted, or not yet. `expect` before each command."""

    _unread: bytearray
    _deadline: float
    _room: int

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        self._unread = bytearray()
        self.expect(timeout or 30)
        super().open(host, port, timeout)

    def expect(self, patience: float) -> None:
        """The next answer has so many seconds in all."""
        self._deadline, self._room = monotonic() + patience, ANSWER_BYTES

    @property
    def has_unread(self) -> bool:
        return bool(self._unread)

    def read(self, size: int) -> bytes:
        """A literal. What is above MOST_BYTES is taken off the line and thrown away."""
        kept = bytearray()
        while size > 0:
            if not self._unread:
                self._receive()
            taken = self._unread[:size]
            del self._unread[:size]
            size -= len(taken)
            kept += taken[: MOST_BYTES - len(kept)]
        return bytes(kept)

    def readline(self) -> bytes:
        looked = 0
        while (end := self._unread.find(b"\n", looked)) < 0:
            looked = len(self._unread)
            if looked > LINE_BYTES:
                raise self.abort("a line without an end")
            self._receive()
        line = bytes(self._unread[: end + 1])
        del self._unread[: end + 1]
        return line

    def _receive(self) -> None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("no complete answer in time")
        self.sock.settimeout(left)
        more = self.sock.recv(AT_ONCE)
        if not more:
            raise self.abort("the server hung up")
        self._room -= len(more)
        if self._room < 0:
            raise self.abort("an answer without an end")
        self._unread += more

    def begin_waiting(self) -> bool:
        """IDLE (RFC 2177). False where the server will not."""
        self.send(f"{WAITING} IDLE\r\n".encode())
        while not (line := self.readline()).startswith(b"+"):
            if line.startswith(WAITING.encode()):
                return False
        return True

    def heard_of_something(self, seconds: float) -> bool:
        """Whether the server says so within these seconds. A sign of life is nothing."""
        self.expect(seconds)
        try:
            while True:
                line = self.readline().upper()
                if line.startswith(b"* BYE"):
                    raise self.abort("the server says goodbye")
                if b" EXISTS" in line or b" RECENT" in line:
                    return True
        except TimeoutError:
            return False

    def end_waiting(self) -> None:
        self.send(b"DONE\r\n")
        while not self.readline().startswith(WAITING.encode()):
            pass


class TlsLine(Line, imaplib.IMAP4_SSL):  # type: ignore[misc]
    """The same over TLS from the first byte (RFC 8314)."""
