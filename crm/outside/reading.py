"""One GET of a private address: to machines that were judged, in its time, and only so many bytes.

A server may send us elsewhere a few times; each place is judged anew, as if it had been typed.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crm.outside.telling import OBJECTIONS, NotReached, Until
from crm.rules.reach import Objection

if TYPE_CHECKING:
    from crm.outside.guard import Way
    from crm.outside.telling import Outside

LARGEST = 5_000_000
"""Bytes: a busy calendar of ten years has about two million."""
ELSEWHERE = frozenset({301, 302, 303, 307, 308})
HOPS = 3


@dataclass(frozen=True)
class Fetched:
    body: bytes


@dataclass(frozen=True)
class _Sent:
    """Elsewhere."""

    url: str


def fetch(outside: Outside, url: str) -> Fetched | NotReached:
    """What stands there, whole; or why it could not be had, in words that are shown."""
    until = monotonic() + outside.all_seconds
    for _ in range(HOPS):
        found = _fetch(outside, url, until)
        if not isinstance(found, _Sent):
            return found
        url = found.url
    return NotReached("The address leads from one place to another without end.")


def _fetch(outside: Outside, url: str, until: float) -> Fetched | NotReached | _Sent:
    way = outside.guard.way_to(url, outside.connect_seconds)
    if isinstance(way, Objection):
        return NotReached(OBJECTIONS[way])
    try:
        with outside.line(way, min(until, monotonic() + outside.connect_seconds)) as line:
            return _exchange(way, Until(line, until), url)
    except TimeoutError:
        return NotReached("It took too long.")
    except ssl.SSLCertVerificationError as trouble:
        return NotReached(f"Its certificate isn’t good: {trouble.verify_message}")
    except (OSError, HTTPException) as trouble:
        return NotReached(f"The line broke: {type(trouble).__name__}")


def _exchange(way: Way, line: Until, url: str) -> Fetched | NotReached | _Sent:
    connection = HTTPConnection("outside")  # a name that is not used: the line stands, and the header is ours
    connection.sock = line
    connection.request(
        "GET",
        way.place.target,
        headers={"Host": way.place.authority, "Accept": "text/calendar", "Connection": "close"},
    )
    response = connection.getresponse()
    if response.status in ELSEWHERE:
        return _Sent(urljoin(url, response.headers.get("Location", "")))
    if response.status != 200:
        return NotReached(f"The server there answered {response.status}.")
    return _whole(response)


def _whole(response: HTTPResponse) -> Fetched | NotReached:
    """Raises HTTPException where it ends too soon: half a calendar would say that somebody is free."""
    promised = response.length or 0
    body = response.read(LARGEST + 1)
    if len(body) < min(promised, LARGEST + 1):
        raise IncompleteRead(body, promised - len(body))
    if len(body) > LARGEST:
        return NotReached("The calendar there is larger than 5 MB.")
    return Fetched(body)
