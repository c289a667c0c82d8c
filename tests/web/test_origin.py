"""Where a form was sent from: another site's is refused, our own passes also when the browser is shy."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.practice import OWNER_EMAIL, PASSWORD, Practice


def sign_in_from(practice: Practice, **headers: str) -> int:
    """The status of signing in by the real form, sent with these headers."""
    practice.app.config["WTF_CSRF_ENABLED"] = True
    browser: FlaskClient = practice.app.test_client()
    page = browser.get("/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    fields = {"csrf_token": token[1], "email": OWNER_EMAIL, "password": PASSWORD}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.post("/sign-in", data=fields, headers=named).status_code


def test_a_browser_that_keeps_the_origin_to_itself_can_sign_in(practice: Practice) -> None:
    """Browsers say "null" on a page whose referrer policy is no-referrer (Fetch, "Origin header")."""
    assert sign_in_from(practice, Origin="null", Sec_Fetch_Site="same-origin") == 303
    assert sign_in_from(practice, Origin="null") == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "null", "Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_a_form_on_another_site_cannot_sign_anybody_in(practice: Practice, headers: dict[str, str]) -> None:
    assert sign_in_from(practice, **headers) == 403
