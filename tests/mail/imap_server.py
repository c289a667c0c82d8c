"""An IMAP server on 127.0.0.1 that is polite but for the answers a test changes."""

from __future__ import annotations

import socket
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from crm.mail.imap import ImapMailbox
from crm.mail.imap_login import ImapSettings
from tests.mail.servers import Gone, listening

PATIENCE = 1.0
"""Seconds for a server that will not answer."""
WORDS = b"From: Sam <sam@example.org>\r\nMessage-ID: <1@example.org>\r\n\r\nYes.\r\n"
ARRIVED = '"10-Mar-2026 20:52:00 +0000"'
DONE = b"TAG OK done"
"""`TAG` becomes the tag of the command."""
POLITE: dict[str, list[bytes]] = {
    "GREETING": [b"* OK ready"],
    "CAPABILITY": [b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE", DONE],
    "AUTHENTICATE": [b"TAG OK in"],
    "LIST": [b'* LIST (\\HasNoChildren) "/" INBOX', DONE],
    "EXAMINE": [b"* 1 EXISTS", b"* OK [UIDVALIDITY 7] ok", b"* OK [UIDNEXT 2] ok", DONE],
    "SIZES": [f"* 1 FETCH (UID 1 RFC822.SIZE {len(WORDS)} INTERNALDATE {ARRIVED})".encode(), DONE],
    "BODIES": [b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n%s)" % (len(WORDS), WORDS), DONE],
    "LOGOUT": [b"* BYE", DONE],
}

Answer = list[bytes] | Callable[[socket.socket], None]


class ImapServer:
    """`changes`: what is said instead, by the command; a function talks by itself."""

    def __init__(self, changes: dict[str, Answer]) -> None:
        self.answers: dict[str, Answer] = {**POLITE, **changes}
        self.heard: list[str] = []
        self.secrets: list[bytes] = []
        self.stopped = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = listening()
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def mailbox(self, token_file: Path | None = None) -> ImapMailbox:
        way = ImapSettings("127.0.0.1", self.port, "connor", "none", "secret", token_file)
        return ImapMailbox(replace(way, connect_timeout=PATIENCE, answer_timeout=PATIENCE))

    def close(self) -> None:
        self.stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._open:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self._open.append(sock)
                self._threads.append(threading.Thread(target=self._serve, args=(sock,), daemon=True))
                self._threads[-1].start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, suppress(OSError, Gone), sock.makefile("rb") as lines:
            self._give(sock, self.answers["GREETING"], "")
            for line in lines:
                tag, _, command = line.decode("latin-1").strip().partition(" ")
                self.heard.append(command)
                verb = command.split()[0].upper() if command else ""
                if verb == "AUTHENTICATE":
                    sock.sendall(b"+ \r\n")
                    self.secrets.append(b64decode(lines.readline()))
                self._give(sock, self.answers.get(_kind(verb, command), [b"TAG BAD what?"]), tag)

    @staticmethod
    def _give(sock: socket.socket, answer: Answer, tag: str) -> None:
        if callable(answer):
            answer(sock)
        else:
            sock.sendall(b"".join(line.replace(b"TAG", tag.encode(), 1) + b"\r\n" for line in answer))


def _kind(verb: str, command: str) -> str:
    if verb != "UID":
        return verb
    return "SIZES" if "RFC822.SIZE" in command else "BODIES"


@contextmanager
def serving(**changes: Answer) -> Iterator[ImapServer]:
    server = ImapServer(changes)
    try:
        yield server
    finally:
        server.close()
