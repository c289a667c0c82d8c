"""Somebody at the door who follows no redirect, keeps what cookies they like and says what they want."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from time import perf_counter
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PATIENCE = 30


@dataclass(frozen=True)
class Reply:
    """One answer as it came, and how long it took."""

    status: int
    headers: Mapping[str, str]
    text: str
    seconds: float

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


@dataclass
class Attacker:
    """A connection for each request; `cookies` may be copied from one to the other."""

    base_url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Reply:
        return self._ask("GET", path, b"", headers)

    def post(self, path: str, typed: Mapping[str, str], page: str = "/sign-in", **headers: str) -> Reply:
        """Sends the token of `page` along, as the form on it would."""
        token = TOKEN.search(self.get(page).text)
        body = urlencode(dict(typed) | {"csrf_token": token[1] if token else ""}).encode()
        return self.post_raw(path, body, **headers)

    def post_raw(self, path: str, body: bytes, **headers: str) -> Reply:
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"} | headers)

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        place = urlsplit(self.base_url)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE)
        kept = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        started = perf_counter()
        try:
            connection.request(method, path, body, {**kept, **headers})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return Reply(answer.status, dict(answer.headers), text, perf_counter() - started)
