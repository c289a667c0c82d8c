"""Who may see what: everything needs a sign-in, but for one short list (R16)."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from crm.web.access import PUBLIC
from tests.practice import Practice
from tests.web.routes import routes

PUBLIC_ADDRESSES = {
    "GET /static/x",
    "GET /health",
    "GET /health/details",  # for METRICS_TOKEN, or from this machine
    "GET /metrics",
    "GET /",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/second-step",
    "POST /sign-in/second-step",
    "POST /sign-in/passkey",
    "POST /sign-in/passkey/options",
    "GET /sign-in/forgotten",
    "POST /sign-in/forgotten",
    "GET /sign-in/new-password/x",
    "POST /sign-in/new-password/x",
    "GET /join/x",
    "POST /join/x",
    "GET /setup/x",
    "POST /setup/x",
    "GET /consultation",
    "POST /consultation",
    "GET /consultation/thanks",
    "GET /f/x",
    "POST /f/x",
    "GET /f/x/thanks",
    "GET /stop/x",
    "POST /stop/x",
    "POST /stop/x/undo",
    "POST /stop/x/erasure",
    "GET /call/x",
    "POST /call/x",
    "GET /call/x/details",
    "POST /call/x/details",
    "GET /call/x/times",
    "POST /call/x/times",
    "GET /call/x/wishes",
    "POST /call/x/wishes",
    "GET /call/x/thanks",
    "GET /booking/x",
    "POST /booking/x/cancellation",
    "GET /place/x",
    "POST /place/x/acceptance",
    "POST /place/x/refusal",
    "GET /calendar/x.ics",
    "GET /api/v1",
    "GET /api/v1/openapi.json",
    "POST /api/v1/inquiries",
    "POST /hooks",
    "POST /hooks/x",
    "POST /mail-in",
    "POST /mail-in/x",
    "POST /mail-in/x/mime",
}
"""What strangers may ask for. Whoever adds to it says in the review why."""

DEVELOPMENT_ONLY = "mailbox."


def test_strangers_may_ask_for_exactly_these_addresses(app: Flask) -> None:
    assert {str(route) for route in routes(app) if route.endpoint in PUBLIC} == PUBLIC_ADDRESSES


def test_the_public_list_names_nothing_that_is_not_there(app: Flask) -> None:
    known = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert {name for name in PUBLIC - known if not name.startswith(DEVELOPMENT_ONLY)} == set()


def test_the_mailbox_is_not_there_outside_development(app: Flask) -> None:
    assert not any(route.endpoint.startswith(DEVELOPMENT_ONLY) for route in routes(app))


def test_everything_else_leads_strangers_to_sign_in(practice: Practice, visitor: FlaskClient) -> None:
    practice.app.config["WTF_CSRF_ENABLED"] = False

    led_elsewhere = {
        str(route): answer.status
        for route in routes(practice.app)
        if route.endpoint not in PUBLIC
        and not (answer := visitor.open(route.address, method=route.method))
        .headers.get("Location", "")
        .startswith("/sign-in")
    }

    assert led_elsewhere == {}


def test_asking_what_is_allowed_tells_strangers_nothing(practice: Practice, visitor: FlaskClient) -> None:
    told = {
        str(route): visitor.open(route.address, method=method).status_code
        for route in routes(practice.app)
        for method in ("OPTIONS", "HEAD")
        if route.endpoint not in PUBLIC and route.method == "GET"
    }

    assert {route: status for route, status in told.items() if status != 303} == {}


def test_a_made_up_cookie_opens_nothing(practice: Practice) -> None:
    thief = practice.app.test_client()
    for made_up in ("x", "1", "' OR 1=1", "\u00ff", "a" * 4000):
        thief.set_cookie("crm_sign_in", made_up)
        assert thief.get("/today").status_code == 303


def test_an_address_that_is_nothing_is_not_found_for_anybody(
    visitor: FlaskClient, client: FlaskClient
) -> None:
    assert visitor.get("/nothing-here").status_code == 404
    assert client.get("/nothing-here").status_code == 404


def test_numbers_too_big_for_any_database_are_not_found(practice: Practice, client: FlaskClient) -> None:
    huge = str(2**80)
    faults = {
        str(route): status
        for route in routes(practice.app)
        if "/1" in route.address
        and (status := client.open(route.address.replace("/1", f"/{huge}"), method=route.method).status_code)
        not in (404, 405)
    }

    assert faults == {}
