"""One POST to a program of the owner's: to the machine that was judged, within its time, and no further.

http.client, because a request must end at one instant however its answer drips, must go to a machine that was
looked up before, must follow nothing and heed no proxy of the environment. The clients built on it have a
time limit for each read, so a byte every few seconds would hold them for ever.
"""

from __future__ import annotations

import io
import socket
import ssl
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from time import monotonic
from typing import TYPE_CHECKING

from crm.outside.guard import Guard, Way
from crm.rules.reach import Objection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Buffer

CONNECT, ALL_IN_ALL = 5.0, 15.0
"""Seconds: until a line stands, its certificate looked at; and until all is over."""
MACHINES = 3
"""A name may stand for many machines. So many are tried."""
LETTERS = 4096
"""Bytes of an answer that are read."""
FILE = 65_536
"""Bytes of a file that are read, such as a certificate."""


@dataclass(frozen=True)
class Answered:
    """A program answered. `retry_after`: the header of that name."""

    status: int
    retry_after: str
    body: bytes


@dataclass(frozen=True)
class Question:
    """What is asked of whom. `most`: so many bytes of its answer are read."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    most: int


@dataclass(frozen=True)
class NotReached:
    """Nobody answered; `why` in words that are kept."""

    why: str


@cache
def usual_trust() -> ssl.SSLContext:
    """Whom this machine trusts. Reading that takes as long as telling ten programs."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class Outside:
    """How programs are reached."""

    guard: Guard = field(default_factory=Guard)
    trust: ssl.SSLContext = field(default_factory=usual_trust)
    connect_seconds: float = CONNECT
    all_seconds: float = ALL_IN_ALL

    def tell(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered | NotReached:
        """Send this, and hear what comes back."""
        return self._ask(Question("POST", url, headers, body, LETTERS))

    def fetch(self, url: str, most: int = FILE) -> Answered | NotReached:
        """What lies there, up to so many bytes."""
        return self._ask(Question("GET", url, {}, b"", most))

    def _ask(self, asked: Question) -> Answered | NotReached:
        began, url = monotonic(), asked.url
        way = self.guard.way_to(url, self.connect_seconds)
        if isinstance(way, Objection):
            return NotReached(OBJECTIONS[way])
        try:
            with self.line(way, began + self.connect_seconds) as line:
                return _exchange(way, Until(line, began + self.all_seconds), asked)
        except TimeoutError:
            return NotReached("It took too long.")
        except ssl.SSLCertVerificationError as trouble:
            return NotReached(f"Its certificate isn’t good: {trouble.verify_message}")
        except (OSError, HTTPException) as trouble:
            return NotReached(f"The line broke: {type(trouble).__name__}")

    def line(self, way: Way, until: float) -> socket.socket:
        """To one of the machines that were judged, in TLS. Raises OSError of the last one tried."""
        last: OSError = TimeoutError()
        for machine in way.machines[:MACHINES]:
            try:
                return self._dress(
                    socket.create_connection((machine, way.place.port), left(until)), way, until
                )
            except OSError as trouble:
                last = trouble
        raise last

    def _dress(self, line: socket.socket, way: Way, until: float) -> socket.socket:
        """In TLS, with a certificate for the name that was typed."""
        if not way.place.is_secure:
            return line
        try:
            line.settimeout(left(until))
            return self.trust.wrap_socket(line, server_hostname=way.place.host)
        except BaseException:
            line.close()
            raise


OBJECTIONS = {
    Objection.UNREADABLE: "The address can’t be read.",
    Objection.NOT_HTTPS: "The address isn’t https.",
    Objection.CREDENTIALS: "There is a password in the address.",
    Objection.PORT: "The address has a port we don’t talk to.",
    Objection.ODD_NUMBER: "The address is a number in an unusual spelling.",
    Objection.ODD_NAME: "The address has a name that can’t be read.",
    Objection.NO_NAME: "There is no machine of that name.",
    Objection.INSIDE: "The address leads inside, to a machine that isn’t on the open internet.",
}


class Until:
    """A line until an instant, as http.client uses one. Whoever opened the line closes it."""

    def __init__(self, line: socket.socket, until: float) -> None:
        self._line, self._until = line, until

    def sendall(self, data: bytes) -> None:
        self._line.settimeout(left(self._until))
        self._line.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(Reading(self._line, self._until))

    def close(self) -> None:
        """The answer may still have to be read."""


class Reading(io.RawIOBase):
    """Whatever drips, each read has only what is left of the time."""

    def __init__(self, line: socket.socket, until: float) -> None:
        self._line, self._until = line, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        self._line.settimeout(left(self._until))
        return self._line.recv_into(buffer)


def _exchange(way: Way, line: Until, asked: Question) -> Answered:
    connection = HTTPConnection("outside")  # a name that is not used: the line stands, and the header is ours
    connection.sock = line
    headers = {"Host": way.place.authority, "Connection": "close", **asked.headers}
    connection.request(asked.method, way.place.target, asked.body or None, headers)
    response = connection.getresponse()
    return Answered(
        response.status, response.headers.get("Retry-After", ""), _beginning(response, asked.most)
    )


def _beginning(response: HTTPResponse, most: int) -> bytes:
    """The status has been said: whatever goes wrong with the rest changes nothing."""
    body = b""
    try:
        while len(body) < most and (more := response.read1(most - len(body))):
            body += more
    except (OSError, HTTPException, ValueError):
        pass
    return body


def left(until: float) -> float:
    """Raises TimeoutError when there is none."""
    if (seconds := until - monotonic()) <= 0:
        raise TimeoutError
    return seconds
