"""One request to a private address: to machines that were judged, in its time, and only so many bytes.

A server may send us elsewhere a few times; each place is judged anew, as if it had been typed.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from math import inf
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crm.outside.telling import OBJECTIONS, NotReached, Until
from crm.rules.reach import Objection

if TYPE_CHECKING:
    from crm.outside.guard import Way
    from crm.outside.telling import Outside

LARGEST = 5_000_000
"""Bytes: a busy calendar of ten years has about two million."""
ELSEWHERE = frozenset({301, 302, 303, 307, 308})
HOPS = 3


OTHER_MACHINE = "The server there sends us to another one, and your password doesn’t go along."
ANSWERS = {401: "The user or the password isn’t right.", 403: "That user may not read there."}


@dataclass(frozen=True)
class Asking:
    """How an address is asked. `status`: of the answer that is wanted; `kin_of`: where a password may go."""

    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=lambda: {"Accept": "text/calendar"})
    body: bytes = b""
    status: int = 200
    kin_of: str | None = None

    def may_go(self, url: str) -> bool:
        return self.kin_of is None or is_kin(_host(self.kin_of), _host(url))


@dataclass(frozen=True)
class Fetched:
    """Whole, and where it stood in the end."""

    body: bytes
    url: str


@dataclass(frozen=True)
class _Sent:
    """Elsewhere."""

    url: str


def is_kin(host: str, other: str) -> bool:
    """Whether two machines are one household: the same, or both under a domain of two parts or more."""
    domain = host.partition(".")[2]
    is_name = "." in domain and not domain[-1].isdigit()
    return host == other or (is_name and other.endswith(f".{domain}"))


def fetch(outside: Outside, url: str, asking: Asking = Asking(), latest: float = inf) -> Fetched | NotReached:
    """What stands there, whole; or why it could not be had, in words that are shown."""
    until = min(monotonic() + outside.all_seconds, latest)
    for _ in range(HOPS):
        if not asking.may_go(url):
            return NotReached(OTHER_MACHINE)
        found = _fetch(outside, url, asking, until)
        if not isinstance(found, _Sent):
            return found
        url = found.url
    return NotReached("The address leads from one place to another without end.")


def _fetch(outside: Outside, url: str, asking: Asking, until: float) -> Fetched | NotReached | _Sent:
    way = outside.guard.way_to(url, outside.connect_seconds)
    if isinstance(way, Objection):
        return NotReached(OBJECTIONS[way])
    try:
        with outside.line(way, min(until, monotonic() + outside.connect_seconds)) as line:
            return _exchange(way, Until(line, until), url, asking)
    except TimeoutError:
        return NotReached("It took too long.")
    except ssl.SSLCertVerificationError as trouble:
        return NotReached(f"Its certificate isn’t good: {trouble.verify_message}")
    except (OSError, HTTPException) as trouble:
        return NotReached(f"The line broke: {type(trouble).__name__}")


def _exchange(way: Way, line: Until, url: str, asking: Asking) -> Fetched | NotReached | _Sent:
    connection = HTTPConnection("outside")  # a name that is not used: the line stands, and the header is ours
    connection.sock = line
    headers = {"Host": way.place.authority, "Connection": "close", **asking.headers}
    connection.request(asking.method, way.place.target, asking.body or None, headers)
    response = connection.getresponse()
    if response.status in ELSEWHERE:
        return _Sent(urljoin(url, response.headers.get("Location", "")))
    if response.status != asking.status:
        return NotReached(_answer(response.status, asking))
    return _whole(response, url)


def _answer(status: int, asking: Asking) -> str:
    """Why not. What a status says of a password, it says only where one was sent."""
    plain = f"The server there answered {status}."
    return ANSWERS.get(status, plain) if asking.kin_of else plain


def _whole(response: HTTPResponse, url: str) -> Fetched | NotReached:
    """Raises HTTPException where it ends too soon: half a calendar would say that somebody is free."""
    promised = response.length or 0
    body = response.read(LARGEST + 1)
    if len(body) < min(promised, LARGEST + 1):
        raise IncompleteRead(body, promised - len(body))
    if len(body) > LARGEST:
        return NotReached("The calendar there is larger than 5 MB.")
    return Fetched(body, url)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
