"""Programs on 127.0.0.1 that take what they are told, or misbehave exactly as told. All are real servers."""

from __future__ import annotations

import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from tests.mail.servers import listening


@dataclass(frozen=True)
class Heard:
    """One POST as it came: its first line, its headers by lower-case name, its body."""

    line: str
    headers: dict[str, str]
    body: str


Manner = Callable[[socket.socket, threading.Event], None]
"""How a connection is answered once the request was read. The event says that the receiver is closing."""


def says(status: str, *headers: str, body: bytes = b"") -> Manner:
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""])
    return lambda line, _closing: line.sendall(head.encode() + body)


def sends(raw: bytes) -> Manner:
    return lambda line, _closing: line.sendall(raw)


def hangs(line: socket.socket, closing: threading.Event) -> None:
    """Until whoever asked has gone."""
    line.settimeout(0.05)
    while not closing.is_set():
        with suppress(TimeoutError):
            if not line.recv(1):
                return


def closes(_line: socket.socket, _closing: threading.Event) -> None:
    """Nothing is said."""


def drips(beginning: bytes, line: socket.socket, closing: threading.Event) -> None:
    """A byte now and then, each soon enough for a limit on single reads."""
    line.sendall(beginning)
    while not closing.wait(0.05):
        line.sendall(b"x")


def dripping(beginning: bytes) -> Manner:
    return partial(drips, beginning)


def floods(line: socket.socket, closing: threading.Event) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not closing.is_set():
        line.sendall(b"y" * 65_536)


FINE = says("204 No Content")


@dataclass
class Receiver:
    """`manner` answers, unless `next_ones` says how the next few are answered."""

    port: int
    tls: ssl.SSLContext | None = None
    manner: Manner = FINE
    next_ones: deque[Manner] = field(default_factory=deque)
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0
    _closing: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in?key=1"

    @property
    def ids(self) -> list[str]:
        return [each.headers["webhook-id"] for each in self.heard]

    def serve(self, server: socket.socket) -> None:
        while not self._closing.is_set():
            with suppress(OSError):
                line, _ = server.accept()
                threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def close(self) -> None:
        self._closing.set()

    def _answer(self, line: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            with suppress(OSError), self._dressed(line) as dressed:
                if request := _read(dressed):
                    with self._lock:
                        self.heard.append(request)
                        manner = self.next_ones.popleft() if self.next_ones else self.manner
                    manner(dressed, self._closing)
        finally:
            line.close()
            with self._lock:
                self.at_once -= 1

    def _dressed(self, line: socket.socket) -> socket.socket:
        return self.tls.wrap_socket(line, server_side=True) if self.tls else line


def _read(line: socket.socket) -> Heard | None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        if not (more := line.recv(65_536)):
            return None
        raw += more
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        body += line.recv(65_536)
    return Heard(first, headers, body.decode())


@contextmanager
def receiver(tls: ssl.SSLContext | None = None, manner: Manner = FINE) -> Iterator[Receiver]:
    with listening() as server:
        server.settimeout(0.2)
        opened = Receiver(server.getsockname()[1], tls, manner)
        thread = threading.Thread(target=opened.serve, args=(server,), daemon=True)
        thread.start()
        try:
            yield opened
        finally:
            opened.close()
            thread.join()
