"""smtplib's conversation, with an end to every wait.

smtplib waits its whole timeout for each single byte, so a server that drips could hold a worker for hours.
Here `timeout` bounds a whole answer, however many lines it has.
"""

from __future__ import annotations

import smtplib
import socket
from ssl import SSLWantReadError
from time import monotonic

ANSWER_BYTES = 64_000
"""More than any server has to say at once."""


class Answers:
    """The lines a server sends, each waited for until a deadline. Stands where smtplib expects a file."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._unread = b""
        self._deadline = 0.0
        self._room = 0

    def expect(self, patience: float) -> None:
        """The next lines are one answer and have `patience` seconds in all."""
        self._deadline, self._room = monotonic() + patience, ANSWER_BYTES

    def readline(self, limit: int) -> bytes:
        """One line with its end, or what there was at the end. Raises OSError when it takes too long."""
        while b"\n" not in self._unread and len(self._unread) < limit:
            left = self._deadline - monotonic()
            if left <= 0 or self._room <= 0:
                raise TimeoutError("no complete answer in time")
            self._sock.settimeout(left)
            if not self._receive():
                break
        end = min(self._unread.find(b"\n") + 1 or limit, limit)
        line, self._unread = self._unread[:end], self._unread[end:]
        return line

    def has_something(self) -> bool:
        """Whether the server has spoken, or gone, without being asked. Waits for nothing."""
        if self._unread:
            return True
        self._sock.settimeout(0)
        try:
            self._receive()
        except (BlockingIOError, SSLWantReadError):
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        self._unread = b""

    def _receive(self) -> int:
        more = self._sock.recv(4096)
        self._unread += more
        self._room -= len(more)
        return len(more)


class Conversation(smtplib.SMTP):
    """One open connection, greeted. `timeout` may be changed between commands."""

    def getreply(self) -> tuple[int, bytes]:
        self._answers().expect(self.timeout)
        return super().getreply()

    def has_something(self) -> bool:
        """Whether there is an answer, or an end, that nobody has asked for."""
        return self._answers().has_something()

    def send_bytes(self, raw: bytes) -> None:
        """Raises ConnectionError when the line is known to be gone, so that not all of it can have left."""
        if self.sock is None:
            raise ConnectionError("the line is closed")
        self.sock.settimeout(self.timeout)
        self.sock.sendall(raw)

    def _answers(self) -> Answers:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the line is closed")
        if self.file is None:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.file = Answers(self.sock)
        answers: Answers = self.file
        return answers


class TlsConversation(Conversation, smtplib.SMTP_SSL):
    """The same over TLS from the first byte (RFC 8314)."""
