"""What each role may do is stated for every private route; what is not stated is the owner's alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from crm.models import Account
from crm.rules.permissions import ALLOWED, May, is_the_owners_alone, may, may_change
from crm.rules.roles import Role
from crm.web.access import PUBLIC
from crm.web.permits import ASKED, LINES, asked_of
from tests.practice import Practice
from tests.web.routes import ENDS_IT, SAFE, routes
from tests.web.staff import Staff

FOR_ALL_TO_CHANGE = {
    "settings.account.update",
    "settings.account.update_keys",
    "settings.account.update_password",
    "settings.browsers.destroy",
    "settings.browsers.destroy_others",
    "settings.passkeys.create",
    "settings.passkeys.destroy",
    "settings.passkeys.options",
    "settings.passkeys.rename",
    "settings.second_step.confirm",
    "settings.second_step.create",
    "settings.second_step.create_codes",
    "settings.second_step.destroy",
    "again.create",
}


def private(app: Flask) -> set[str]:
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    return {endpoint for endpoint in known - PUBLIC if not endpoint.startswith("mailbox.")}


def test_every_private_route_states_what_it_asks_for(app: Flask) -> None:
    """A new route needs one line in crm/web/permits.py."""
    assert {endpoint for endpoint in private(app) if asked_of(endpoint) is None} == set()


def test_the_list_names_nothing_that_is_not_there_and_nothing_twice(app: Flask) -> None:
    known = private(app)
    blueprints = {f"{each.rpartition('.')[0]}.*" for each in known}
    named = [line for lines in ASKED.values() for line in lines.split()]

    assert set(named) - known - blueprints == set()
    assert len(named) == len(LINES)


def test_a_whole_blueprint_is_only_ever_the_owners() -> None:
    wide = {line: what for line, what in LINES.items() if line.endswith(".*")}

    assert {line for line, what in wide.items() if not is_the_owners_alone(what)} == set()


def test_what_is_stated_nowhere_is_the_owners_alone() -> None:
    assert [role for role in Role if may(role, asked_of("made.up"))] == [Role.OWNER]


@pytest.mark.parametrize("role", Role)
def test_a_role_is_refused_exactly_what_it_may_not_do(staff: Staff, role: Role) -> None:
    browser = staff.browser(role)
    staff.practice.app.config["WTF_CSRF_ENABLED"] = False
    refused, expected = set(), set()
    for route in routes(staff.practice.app):
        if route.endpoint in PUBLIC | ENDS_IT:
            continue
        what = asked_of(route.endpoint)
        if not (may(role, what) if route.method in SAFE else may_change(role, what)):
            expected.add(str(route))
        if browser.open(route.address, method=route.method).status_code == 403:
            refused.add(str(route))

    assert refused == expected
    assert (expected == set()) == (role is Role.OWNER)


def test_who_only_looks_changes_nothing_but_their_own_account(staff: Staff) -> None:
    browser = staff.browser(Role.READ_ONLY)
    staff.practice.app.config["WTF_CSRF_ENABLED"] = False
    let_in = {
        route.endpoint
        for route in routes(staff.practice.app)
        if route.method not in SAFE
        and route.endpoint not in PUBLIC | ENDS_IT
        and browser.open(route.address, method=route.method).status_code != 403
    }

    assert let_in == FOR_ALL_TO_CHANGE


def test_a_refusal_says_who_can(staff: Staff) -> None:
    alone = staff.browser(Role.CLINICIAN).get("/settings/sending")
    several = staff.browser(Role.ASSISTANT).get("/reports")
    looking = staff.browser(Role.READ_ONLY).get("/people/new")

    assert alone.status_code == several.status_code == looking.status_code == 403
    assert "Only Connor can change how the practice is set up." in alone.text
    assert "Only Connor and June can see reports." in several.text
    assert "Only Connor, June and Ada can add people." in looking.text


def test_a_route_that_states_nothing_is_refused_to_everybody_but_the_owner(
    staff: Staff, forgotten: str
) -> None:
    answers = {role: staff.browser(role).get(forgotten).status_code for role in Role}

    assert answers == {role: 200 if role is Role.OWNER else 403 for role in Role}


@pytest.fixture
def forgotten(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a page that somebody added without a line in the list: a known one, not listed now."""
    monkeypatch.delitem(LINES, "people.index")
    asked_of.cache_clear()
    return "/people"


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    yield
    asked_of.cache_clear()


def test_a_higher_role_may_do_whatever_a_lower_one_may() -> None:
    assert ALLOWED[Role.OWNER] == set(May)
    for role in (Role.CLINICIAN, Role.ASSISTANT, Role.READ_ONLY):
        assert ALLOWED[role] <= ALLOWED[Role.COORDINATOR]


def test_a_role_that_changes_counts_with_the_next_request(staff: Staff) -> None:
    browser = staff.browser(Role.COORDINATOR)
    assert browser.get("/reports").status_code == 200

    with staff.practice.at_work() as session:
        session.get_one(Account, staff.ids[Role.COORDINATOR]).role = Role.ASSISTANT

    assert browser.get("/reports").status_code == 403
