"""What every answer carries and every unsafe request must show (R17, R23, R24)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from config import Config
from crm.app import create_app
from crm.db import db
from tests.practice import OWNER_EMAIL, PASSWORD, Practice, sign_in
from tests.web.door import MAYA, Visitor
from tests.web.routes import SAFE, Route, routes

OWN_PROOF = {"consultation.create", "stop.create", "stop.undo", "stop.ask_for_erasure", "person_page.create",
    "person_page.update_details", "times.create", "times.create_wishes", "booked.cancel", "place.accept",
    "place.decline", "api.create_inquiry", "hooks.create", "hooks.create_by_header",
    "mail_in.create", "mail_in.create_whole",
    "mail_in.create_by_password"}  # fmt: skip
"""Their proof is in the address or in the form, and they read no cookie."""
PAGES_FOR_ALL = ("/consultation", "/consultation/thanks", "/sign-in", "/nothing-here", "/stop/x", "/call/x")


@pytest.fixture
def guarded(practice: Practice) -> Iterator[FlaskClient]:
    """Connor's browser, with the tokens of forms checked as in earnest."""
    browser = practice.app.test_client()
    sign_in(practice, browser)
    practice.app.config["WTF_CSRF_ENABLED"] = True
    yield browser
    practice.app.config["WTF_CSRF_ENABLED"] = False


def unsafe(app: Flask) -> list[Route]:
    return [each for each in routes(app) if each.method not in SAFE and each.endpoint not in OWN_PROOF]


def form_token(browser: FlaskClient, address: str = "/settings/practice") -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(address).text)
    assert found is not None
    return found[1]


BODIES = {
    "urlencoded": {"data": {"name": "x", "stage": "spam"}},
    "JSON": {"json": {"name": "x", "stage": "spam"}},
    "text": {"data": "name=x&stage=spam", "content_type": "text/plain"},
    "multipart": {"data": {"name": "x", "stage": "spam"}, "content_type": "multipart/form-data"},
    "nothing": {},
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_nothing_is_done_without_the_token_of_a_page_of_ours(
    practice: Practice, guarded: FlaskClient, body: dict[str, object]
) -> None:
    answers = {
        str(route): guarded.open(route.address, method=route.method, **body).status_code  # type: ignore[arg-type]
        for route in unsafe(practice.app)
    }

    assert {route: status for route, status in answers.items() if status != 400} == {}


@pytest.mark.parametrize("token", ["", "made-up", "IjEi.aaaa.bbbb", "a" * 5000])
def test_nor_with_one_that_is_made_up(practice: Practice, guarded: FlaskClient, token: str) -> None:
    answers = {
        str(route): guarded.open(
            route.address, method=route.method, data={"csrf_token": token}, headers={"X-CSRFToken": token}
        ).status_code
        for route in unsafe(practice.app)
    }

    assert {route: status for route, status in answers.items() if status != 400} == {}


def test_nor_with_somebody_elses(practice: Practice, guarded: FlaskClient) -> None:
    stranger = practice.app.test_client()
    token = form_token(stranger, "/sign-in")
    form_token(guarded)

    answers = {
        str(route): guarded.open(
            route.address, method=route.method, headers={"X-CSRFToken": token}
        ).status_code
        for route in unsafe(practice.app)
    }

    assert {route: status for route, status in answers.items() if status != 400} == {}


@pytest.mark.parametrize("way", ["field", "header"])
def test_the_token_of_the_page_opens_the_way(guarded: FlaskClient, way: str) -> None:
    token = form_token(guarded)
    field = {"csrf_token": token} if way == "field" else {}
    header = {"X-CSRFToken": token} if way == "header" else {}

    answer = guarded.post("/settings/account/keys", data=field, headers=header)

    assert answer.status_code == 303


def test_a_page_of_before_signing_out_opens_nothing_afterwards(guarded: FlaskClient) -> None:
    token = form_token(guarded)
    guarded.post("/sign-out", data={"csrf_token": token})
    page = form_token(guarded, "/sign-in")

    stale = guarded.post("/sign-in", data={"csrf_token": token, "email": OWNER_EMAIL, "password": PASSWORD})
    fresh = guarded.post("/sign-in", data={"csrf_token": page, "email": OWNER_EMAIL, "password": PASSWORD})

    assert (stale.status_code, fresh.status_code) == (400, 303)


def test_another_site_is_refused_whatever_it_carries(practice: Practice, guarded: FlaskClient) -> None:
    token = form_token(guarded)

    answers = {
        str(route): guarded.open(
            route.address,
            method=route.method,
            headers={"X-CSRFToken": token, "Origin": "https://elsewhere.example"},
        ).status_code
        for route in unsafe(practice.app)
    }

    assert {route: status for route, status in answers.items() if status != 403} == {}


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1:80@evil.example", ""])
@pytest.mark.parametrize("address", ["/", "/consultation", "/sign-in", "/today", "/static/app.css"])
def test_a_host_that_is_not_ours_is_refused(visitor: FlaskClient, host: str, address: str) -> None:
    answer = visitor.get(address, headers={"Host": host})

    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_links_in_mail_come_from_the_configured_address(practice: Practice, visitor: FlaskClient) -> None:
    Visitor(visitor).sends({"X-Forwarded-Host": "evil.example"}, **MAYA)
    practice.advance(minutes=1)

    letter = practice.outbox.only_to("maya.o@example.com")
    assert "evil.example" not in letter.mail.as_string()
    assert "http://localhost/stop/" in letter.text


def test_every_page_tells_browsers_to_be_strict(practice: Practice, client: FlaskClient) -> None:
    practice.receives_inquiry("Maya Okafor <maya.o@example.com>")
    signed_in = [r.address for r in routes(practice.app) if r.method == "GET" and "static" not in r.endpoint]
    lax = {}
    for address in (*PAGES_FOR_ALL, *signed_in):
        headers = client.get(address).headers
        if problems := _problems(headers, may_be_framed=address.startswith("/consultation")):
            lax[address] = problems

    assert lax == {}


def _problems(headers: Headers, *, may_be_framed: bool) -> list[str]:
    policy = headers.get("Content-Security-Policy", "")
    checks = {
        "default-src": "default-src 'none'" in policy,
        "no unsafe scripts": "unsafe" not in policy.replace("style-src 'unsafe-inline'", "")
        or "sandbox" in policy,
        "one place": "http"
        not in policy.replace("https://springstreet", "").replace("https://www.springstreet", ""),
        "framing": "frame-ancestors 'none'" in policy or may_be_framed or "sandbox" in policy,
        "old framing": (headers.get("X-Frame-Options") == "DENY") == ("frame-ancestors 'none'" in policy),
        "sniffing": headers.get("X-Content-Type-Options") == "nosniff",
        "referrer": headers.get("Referrer-Policy") in ("no-referrer", "same-origin"),
        "opener": headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "store": "no-store" in headers.get("Cache-Control", ""),
    }
    return [name for name, fine in checks.items() if not fine]


def test_no_public_page_sets_or_asks_for_a_cookie(practice: Practice, visitor: FlaskClient) -> None:
    lead_id = practice.receives_inquiry("Maya Okafor <maya.o@example.com>")
    with practice.reading():
        lead = practice.lead(lead_id)
        stop, call = f"/stop/{lead.unsubscribe_token}", f"/call/{lead.page_token}"

    answers = [
        *(
            visitor.get(address)
            for address in ("/consultation", "/consultation/thanks", stop, call, "/stop/x")
        ),
        Visitor(visitor).sends(name="", email="x"),
        Visitor(visitor).sends(**MAYA | {"email": "new@example.com"}),
        *(visitor.post(address, data={"answer": "found"}) for address in (call, stop, f"{stop}/undo")),
        visitor.post("/consultation", data={"message": "x" * 300_000}),
    ]

    assert [answer.headers.getlist("Set-Cookie") for answer in answers] == [[]] * len(answers)
    assert {answer.headers.get("Vary") for answer in answers} <= {None, "Accept-Encoding"}


def test_no_page_asks_another_machine_for_anything(practice: Practice, client: FlaskClient) -> None:
    practice.receives_inquiry("Maya Okafor <maya.o@example.com>")
    pages = ("/consultation", "/today", "/people", "/people/1", "/follow-ups", "/settings/form", "/sign-in")

    outside = {
        address: found
        for address in pages
        if (
            found := re.findall(r'(?:src|srcset|action|href)="(?:https?:)?//[^"]*"', client.get(address).text)
        )
    }

    assert {each for found in outside.values() for each in found} <= {
        'href="http://localhost/consultation"',
        'href="https://springstreet.example"',
    }


def test_behind_tls_cookies_are_for_tls_only(config: Config) -> None:
    app = create_app(replace(config, base_url="https://crm.example.org", trusted_hosts=("crm.example.org",)))
    browser = app.test_client()

    answer = browser.get("/sign-in", base_url="https://crm.example.org")
    with app.app_context():
        db.engine.dispose()

    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("method", "address", "status"), [("GET", "/people/1/stage", 405), ("PUT", "/", 405)]
)
def test_a_refusal_is_a_page_too(client: FlaskClient, method: str, address: str, status: int) -> None:
    answer = client.open(address, method=method)

    assert answer.status_code == status
    assert 'href="tel:988"' in answer.text
    assert answer.headers["Allow"]
