"""Connor at his desk: whatever the hour, he is signed in, and reads what comes back."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.practice import Practice, sign_in
from tests.web.reading import Page, read

DIALOG = {"HX-Request": "true", "HX-Target": "div#dialog-body"}


class Desk:
    """A browser without scripts in which time may pass between two clicks."""

    def __init__(self, practice: Practice, browser: FlaskClient) -> None:
        self._practice = practice
        self._browser = browser

    def opens(self, address: str, headers: dict[str, str] | None = None, /, **query: object) -> Page:
        """Look at a page."""
        return read(self.gets(address, headers, **query))

    def gets(self, address: str, headers: dict[str, str] | None = None, /, **query: object) -> TestResponse:
        """The bare answer to looking at a page."""
        sign_in(self._practice, self._browser)
        return self._browser.get(address, headers=headers, query_string=query or None)

    def sends(self, address: str, headers: dict[str, str] | None = None, /, **fields: object) -> TestResponse:
        """The bare answer to a form."""
        sign_in(self._practice, self._browser)
        return self._browser.post(address, headers=headers, data=fields)

    def does(self, address: str, came_from: str = "", **fields: object) -> Page:
        """Send a form and read the page it leads to, whose toast tells what was done."""
        referer = {"Referer": f"http://localhost{came_from}"} if came_from else None
        answer = self.sends(address, referer, **fields)
        assert answer.status_code == 303, answer.status
        return self.opens(answer.location)
