"""A browser that obeys nobody: every header, host, cookie and body is what it is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from urllib.parse import urlencode

from tests.system.house import HOME

PATIENCE = 60
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back, without following it."""

    status: int
    headers: HTTPMessage
    text: str

    @property
    def location(self) -> str:
        return self.headers.get("Location", "") or self.headers.get("HX-Redirect", "")


@dataclass
class Browser:
    """Its cookies are kept as any browser keeps them."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection(HOME, self.port, timeout=PATIENCE)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Host": f"{HOME}:{self.port}", **({"Cookie": cookie} if cookie else {}), **(headers or {})}
        try:
            connection.request(method, path, body, sent)
            came = connection.getresponse()
            answer = Answer(came.status, came.headers, came.read().decode("utf-8", "replace"))
        finally:
            connection.close()
        self._keep(answer)
        return answer

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(
        self,
        path: str,
        typed: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """As a form would; with a token only where one is typed."""
        body = urlencode(typed or {}, doseq=True).encode()
        return self.ask("POST", path, body, {"Content-Type": FORM, **(headers or {})})

    def token(self, page: str = "/settings/account") -> str:
        """What stands in the forms of a page."""
        found = TOKEN.search(self.get(page).text)
        return found[1] if found else ""

    def _keep(self, answer: Answer) -> None:
        for each in answer.headers.get_all("Set-Cookie", []):
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value
