"""Mail servers on 127.0.0.1 that misbehave exactly as told."""

from __future__ import annotations

import asyncio
import random
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from crm.mail.compose import Email
from crm.mail.smtp import SmtpSettings, SmtpTransport
from tests.conftest import need

EMAIL = Email(
    sender="connor@springstreet.example",
    recipient="sam@example.org",
    message_id="<1@springstreet.example>",
    raw=b"Subject: I got your note\r\n\r\nHi there,\r\n.a line that begins with a dot\r\n",
)
SHORT = 0.4
"""Seconds of patience for a server that will not answer."""


class Owner:
    """Counts how often a mail was handed over."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


class Sender:
    """One mail after the other over one transport, each in a loop of its own, as drain follows drain."""

    def __init__(self, settings: SmtpSettings) -> None:
        self.transport = SmtpTransport(settings)

    def send(self, email: Email, hand_over: Callable[[], None]) -> str:
        async def ask() -> None:
            hand_over()

        return asyncio.run(self.transport.send(email, ask))

    def close(self) -> None:
        self.transport.close()


To = Callable[..., Sender]

GREETING, DOT = "greeting", "dot"
POLITE = {
    GREETING: "220 mail.example ready",
    "EHLO": "250-mail.example\r\n250 ENHANCEDSTATUSCODES",
    "MAIL": "250 2.1.0 fine",
    "RCPT": "250 2.1.5 fine",
    "DATA": "354 go on",
    DOT: "250 2.0.0 queued as 4711",
    "RSET": "250 2.0.0 forgotten",
    "NOOP": "250 2.0.0 here",
    "QUIT": "221 2.0.0 goodbye",
}


class Gone(Exception):  # noqa: N818 - an end, not an error
    """This connection is over."""


class Talk:
    """The server's end of one connection."""

    def __init__(self, server: Server, sock: socket.socket) -> None:
        self.server = server
        self.sock = sock
        self._unread = b""

    def say(self, words: str) -> None:
        self.sock.sendall(words.encode() + b"\r\n")

    def hear(self, end: bytes = b"\r\n") -> bytes:
        while end not in self._unread:
            more = self.sock.recv(65536)
            if not more:
                raise Gone
            self._unread += more
        heard, _, self._unread = self._unread.partition(end)
        return heard

    def start_tls(self, context: ssl.SSLContext) -> None:
        self.sock = context.wrap_socket(self.sock, server_side=True)


Answer = str | Callable[[Talk], None]


def hang(talk: Talk) -> None:
    """Say nothing until the other side has gone."""
    while talk.sock.recv(65536):
        pass
    raise Gone


def drop(talk: Talk) -> None:
    raise Gone


def drip(talk: Talk) -> None:
    """An answer that never ends, a byte at a time, each well within any timeout."""
    while not talk.server.stopped.wait(0.03):
        talk.sock.sendall(b"2")
    raise Gone


def babble(talk: Talk) -> None:
    """An answer of endless lines."""
    while not talk.server.stopped.is_set():
        talk.sock.sendall(b"250-and another thing\r\n" * 500)
    raise Gone


def then_drop(words: str) -> Callable[[Talk], None]:
    def answer(talk: Talk) -> None:
        talk.say(words)
        raise Gone

    return answer


def in_turn(*answers: Answer) -> Callable[[Talk], None]:
    """One answer after the other, over all connections; the last one stays."""
    left = list(answers)

    def answer(talk: Talk) -> None:
        give(talk, left.pop(0) if len(left) > 1 else left[0])

    return answer


def give(talk: Talk, answer: Answer) -> None:
    if isinstance(answer, str):
        talk.say(answer)
    else:
        answer(talk)


class Server:
    """Listens below 32768 and holds the polite conversation, but for the answers that were changed."""

    def __init__(self, changes: dict[str, Answer], tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answer] = {**POLITE, **changes}
        self.heard: list[bytes] = []
        self.texts: list[bytes] = []
        self.connections = 0
        self.stopped = threading.Event()
        self._tls = tls
        self._open: list[socket.socket] = []
        self._listener = listening()
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self.stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._open:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def verbs(self) -> list[str]:
        """What was said, without its arguments."""
        return [line.split(b":")[0].split()[0].decode().upper() for line in self.heard]

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.connections += 1
                self._open.append(sock)
                self._threads.append(threading.Thread(target=self._serve, args=(sock,), daemon=True))
                self._threads[-1].start()

    def _serve(self, sock: socket.socket) -> None:
        talk = Talk(self, sock)
        with suppress(Gone, OSError):
            if self._tls:
                talk.start_tls(self._tls)
            give(talk, self.answers[GREETING])
            while True:
                self._answer(talk, talk.hear())
        with suppress(OSError):
            talk.sock.shutdown(socket.SHUT_RDWR)
        talk.sock.close()
        sock.close()

    def _answer(self, talk: Talk, line: bytes) -> None:
        self.heard.append(line)
        verb = self.verbs()[-1]
        answer = self.answers.get(verb, "502 5.5.1 what?")
        give(talk, answer)
        if verb == "DATA" and not (isinstance(answer, str) and answer[0] in "245"):
            self.texts.append(talk.hear(b"\r\n.\r\n"))
            give(talk, self.answers[DOT])
        if verb == "QUIT":
            raise Gone


@contextmanager
def serving(tls: ssl.SSLContext | None = None, /, **changes: Answer) -> Iterator[Server]:
    """A server that answers politely but for `changes`: EHLO="...", dot=hang, greeting="421 ..."."""
    server = Server(changes, tls)
    try:
        yield server
    finally:
        server.close()


def listening() -> socket.socket:
    """A socket on a free port below 32768."""
    while True:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", random.randint(20_000, 32_000)))
        except OSError:
            sock.close()
        else:
            sock.listen(20)
            return sock


def certificate(folder: Path, name: str = "IP:127.0.0.1") -> Path:
    """A self-signed certificate and its key in one file, for whoever chooses to trust it."""
    need("openssl", there=shutil.which("openssl") is not None)
    made = folder / f"{name.replace(':', '-')}.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test"
    )
    key = folder / "key.pem"
    subprocess.run(
        [*command.split(), "-addext", f"subjectAltName={name}", "-keyout", str(key), "-out", str(made)],
        check=True,
        capture_output=True,
    )
    made.write_text(made.read_text() + key.read_text())
    return made


def tls_server(pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
