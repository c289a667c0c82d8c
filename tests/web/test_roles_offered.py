"""What somebody may not do is not offered to them: no link, form or field of any page leads to a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from crm.rules.permissions import may, may_change
from crm.rules.roles import Role
from crm.web.access import PUBLIC
from crm.web.permits import asked_of
from tests.web.planted import Planted, plant
from tests.web.routes import SAFE
from tests.web.staff import Staff
from tests.web.test_roles_see import pages

TAG = re.compile(r"<[a-z][^>]*>")
GETS = re.compile(r"\b(?:href|hx-get|data-href|src)=\"([^\"]*)\"")
POSTS = re.compile(r"\b(?:formaction|hx-post|data-post)=\"([^\"]*)\"")
FORM = re.compile(r"<form\b[^>]*>")


@pytest.fixture
def planted(staff: Staff) -> Planted:
    return plant(staff)


def offered(text: str) -> Iterator[tuple[str, str]]:
    """Method and address of everything a page leads to."""
    for tag in TAG.findall(text):
        yield from (("GET", unescape(each)) for each in GETS.findall(tag))
        yield from (("POST", unescape(each)) for each in POSTS.findall(tag))
        if FORM.match(tag) and (action := re.search(r"\baction=\"([^\"]*)\"", tag)):
            yield "POST" if 'method="post"' in tag else "GET", unescape(action[1])


def refused(planted: Planted, role: Role, method: str, address: str) -> bool:
    path = urlsplit(address).path
    if not address.startswith("/") or not path:
        return False
    try:
        endpoint, _ = planted.practice.app.url_map.bind("localhost").match(path, method=method)
    except (HTTPException, RequestRedirect):
        return False
    if endpoint in PUBLIC:
        return False
    return not (may if method in SAFE else may_change)(role, asked_of(endpoint))


@pytest.mark.parametrize("role", Role)
def test_no_page_leads_to_a_refusal(planted: Planted, role: Role) -> None:
    found: dict[str, set[str]] = {}
    for page, text in pages(planted, role).items():
        for method, address in offered(text):
            if refused(planted, role, method, address):
                what = _as_a_shape(f"{method} {urlsplit(address).path}")
                found.setdefault(what, set()).add(_as_a_shape(page.partition("?")[0].partition(" ")[0]))

    assert found == {}


def _as_a_shape(address: str) -> str:
    return re.sub(r"\d+", "N", address)
