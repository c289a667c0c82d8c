"""Whatever a browser, a site or a program tells of where somebody came from, their note is stored."""

from __future__ import annotations

import secrets

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.rules.framing import is_same_site
from tests.practice import Practice
from tests.rules.specimens_of_builders import as_json
from tests.web.builder import Builder
from tests.web.door import FORM, MAYA, inquiries
from tests.web.program import Program

NO_SITES = (
    *("null", "about:client", "about:srcdoc", "http://[", "https://[::1", "//[", "https://user:pass@[::1%25e0]:9/"),
    *("http://\u2100.example", "http://x:port/", "android-app://com.example.gm/", "blob:null/1", "data:,x"),
    *("javascript:alert(1)", "", " ", "%zz", "https://", "://", "?", "#", "a" * 9000),
)  # fmt: skip
"""What browsers, apps and hostile programs send as an origin or a page before."""
ODD = st.sampled_from(NO_SITES) | st.text(max_size=60) | st.from_regex(r"(https?:)?//\[?[^\s/]{0,20}\]?/?")
SHORT = ODD.filter(lambda said: len(said) <= 80)
"""As long as our API lets it be; beyond that it tells the program so."""
ANY = st.recursive(
    ODD | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)
FUZZED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
BESIDE = (
    *("utm_source", "utm_term", "referrer", "landing", "page", "button", "article", "touch", "embed", "zone"),
    *("version", "token", "proof", "kept_email", "website2"),
)


def header(said: str) -> str:
    """As much of it as a header can carry."""
    return said.encode("utf-8", "replace").decode("latin-1").translate({10: None, 13: None})


def somebody() -> dict[str, str]:
    return MAYA | {"email": f"maya.{secrets.token_hex(5)}@example.org"}


@pytest.mark.parametrize("name", ["Origin", "Referer"])
def test_a_note_is_stored_where_the_browser_names_no_site(practice: Practice, name: str) -> None:
    browser = practice.app.test_client()

    for said in NO_SITES:
        told = {name: header(said)}
        assert browser.get(FORM, headers=told).status_code == 200
        assert browser.post(FORM, data=somebody(), headers=told).status_code == 303

    assert len(inquiries(practice)) == len(NO_SITES)


@FUZZED
@given(origin=ODD, referer=ODD, told=st.dictionaries(st.sampled_from(BESIDE), ODD))
def test_a_note_is_stored_whatever_is_told_beside_it(
    practice: Practice, origin: str, referer: str, told: dict[str, str]
) -> None:
    browser, before = practice.app.test_client(), len(inquiries(practice))
    headers = {"Origin": header(origin), "Referer": header(referer)}

    assert browser.get(FORM, query_string=told, headers=headers).status_code == 200
    assert browser.post(FORM, data=told | somebody(), headers=headers).status_code == 303

    assert len(inquiries(practice)) == before + 1


@FUZZED
@given(
    told=st.dictionaries(
        st.sampled_from(["utm_source", "UTM_Term", "referrer", "page_url", "remote_ip"]), ANY
    )
)
def test_a_builders_note_is_stored_whatever_stands_in_its_hidden_fields(
    practice: Practice, told: dict[str, object]
) -> None:
    before = len(inquiries(practice))

    answer = Builder(practice).sends(as_json({**told, "email": somebody()["email"]}))

    assert answer.status_code == 201
    assert len(inquiries(practice)) == before + 1


@FUZZED
@given(told=st.dictionaries(st.sampled_from(["utm_source", "referrer", "page", "button"]), SHORT))
def test_a_programs_note_is_stored_whatever_it_tells_of_the_way(
    practice: Practice, told: dict[str, str]
) -> None:
    assert Program(practice).sends({"email": somebody()["email"], **told}).status_code == 201


def test_a_page_that_is_no_address_is_read_like_any_other(practice: Practice, client: FlaskClient) -> None:
    practice.app.test_client().post(FORM, data=MAYA | {"page": "https://[::1"})

    assert client.get("/people/1").status_code == 200
    assert client.get("/today?person=1").status_code == 200


def test_who_names_no_site_is_refused_at_a_page_of_the_owners(client: FlaskClient) -> None:
    assert client.post("/people/1/closure", headers={"Origin": "http://["}).status_code == 403


def test_two_that_name_no_site_are_not_of_one(practice: Practice) -> None:
    assert not any(is_same_site(each, other) for each in ("null", "http://[", "") for other in ("", "x"))
    assert is_same_site("https://www.a.example/x", "https://a.example")
