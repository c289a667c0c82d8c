"""A browser without scripts: opens pages, keeps cookies, fills in the forms it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.web.reading import Element, Page

PATIENCE = 30
UNCHOSEN = {"radio", "checkbox", "submit", "button"}


@dataclass(frozen=True)
class Answer:
    """What came back, after redirects."""

    status: int
    url: str
    html: str

    @property
    def page(self) -> Page:
        return Page(self.html)

    def form(self, action: str) -> Element:
        """The form that leads to this path."""
        for form in self.page.root.find("form"):
            if urljoin(self.url, form.attributes.get("action") or self.url).endswith(action):
                return form
        raise AssertionError(f"no form leads to {action} on {self.url}")


class Visitor:
    """One person at one browser."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def open(self, path: str) -> Answer:
        return self._ask(Request(urljoin(self._base_url, path)))  # noqa: S310 - our own http address

    def post(self, path: str, typed: Mapping[str, str]) -> Answer:
        return self._ask(Request(urljoin(self._base_url, path), urlencode(typed).encode()))  # noqa: S310

    def submit(self, answer: Answer, action: str, **typed: str) -> Answer:
        """Fill in the form that leads to `action` and send it."""
        return self.post(urljoin(answer.url, action), fields(answer.form(action)) | typed)

    def asks_for_a_call(self, address: str, message: str = "I would like to talk.") -> Answer:
        form = self.open("/consultation")
        return self.submit(form, "/consultation", name="Sam Rivers", email=address, message=message)

    def _ask(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=PATIENCE) as response:
                return Answer(response.status, response.url, response.read().decode())
        except HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.url, refusal.read().decode())


def fields(form: Element) -> dict[str, str]:
    """What a browser would send if nobody typed anything."""
    values = {
        each.attributes["name"]: each.attributes.get("value", "")
        for each in form.find("input")
        if each.attributes.get("type") not in UNCHOSEN and "name" in each.attributes
    }
    for select in form.find("select"):
        options = select.find("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        values[select.attributes["name"]] = chosen[0].attributes.get("value", "") if chosen else ""
    return values | {each.attributes["name"]: each.text for each in form.find("textarea")}
