"""Listening to every page: its console, the errors of its scripts, and where its requests go."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

from crm.local.sockets import HOME

OURS = frozenset({HOME, "localhost", ""})
REFUSED_FORM = "status of 422"
"""Chromium writes every 4xx answer on the console; a form that came back with its errors is none."""


class Watch:
    """What went wrong on the pages of one test, in words. `expected`: what it provokes on purpose."""

    def __init__(self) -> None:
        self.expected: list[str] = [REFUSED_FORM]
        self._heard: list[str] = []

    @property
    def troubles(self) -> list[str]:
        return [each for each in self._heard if not any(words in each for words in self.expected)]

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)

    def _console(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            where = said.page.url if said.page else ""
            self._heard.append(f"{said.type} at {where}: {said.text}")

    def _error(self, error: WebError) -> None:
        self._heard.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        if (
            urlsplit(request.url).scheme in ("http", "https", "ws")
            and urlsplit(request.url).hostname not in OURS
        ):
            self._heard.append(f"asked outside: {request.url}")
