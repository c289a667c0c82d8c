"""smtplib's conversation, with an end to every wait.

It opens connections; crm.mail.wire goes on with them. smtplib waits its whole timeout for each single byte,
so a server that drips could hold a worker for hours. Here `timeout` bounds a whole answer, however many lines
it has.
"""

from __future__ import annotations

import smtplib
import socket
from time import monotonic

ANSWER_BYTES = 64_000
"""More than any server has to say at once."""


class Answers:
    """The lines a server sends, each waited for until a deadline. Stands where smtplib expects a file."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.unread = b""
        self._deadline = 0.0
        self._room = 0

    def expect(self, patience: float) -> None:
        """The next lines are one answer and have `patience` seconds in all."""
        self._deadline, self._room = monotonic() + patience, ANSWER_BYTES

    def readline(self, limit: int) -> bytes:
        """One line with its end, or what there was at the end. Raises OSError when it takes too long."""
        while b"\n" not in self.unread and len(self.unread) < limit:
            left = self._deadline - monotonic()
            if left <= 0 or self._room <= 0:
                raise TimeoutError("no complete answer in time")
            self._sock.settimeout(left)
            if not self._receive():
                break
        end = min(self.unread.find(b"\n") + 1 or limit, limit)
        line, self.unread = self.unread[:end], self.unread[end:]
        return line

    def close(self) -> None:
        self.unread = b""

    def _receive(self) -> int:
        more = self._sock.recv(4096)
        self.unread += more
        self._room -= len(more)
        return len(more)


class Conversation(smtplib.SMTP):
    """One open connection, greeted. `timeout` may be changed between commands."""

    def getreply(self) -> tuple[int, bytes]:
        self._answers().expect(self.timeout)
        return super().getreply()

    def hand_on(self) -> tuple[socket.socket, bytes]:
        """The socket, and what came that nobody had asked for. Whoever takes them speaks from now on."""
        sock, unread = self._sock(), self._answers().unread
        self.sock = self.file = None
        return sock, unread

    def _sock(self) -> socket.socket:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the line is closed")
        return self.sock

    def _answers(self) -> Answers:
        if self.file is None:
            self.file = Answers(self._sock())
        answers: Answers = self.file
        return answers


class TlsConversation(Conversation, smtplib.SMTP_SSL):
    """The same over TLS from the first byte (RFC 8314)."""
