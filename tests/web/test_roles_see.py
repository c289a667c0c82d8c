"""What each role is shown: a clinician nobody else's person, an assistant nobody's words, anywhere."""

from __future__ import annotations

import pytest

from crm.rules.permissions import may
from crm.rules.roles import Role
from crm.web.access import PUBLIC
from crm.web.belongings import NAMED, OF_THE_PRACTICE
from crm.web.permits import asked_of
from tests.web.planted import (
    FOREIGN,
    MISSING,
    OWN,
    Asked,
    Planted,
    asked,
    belonging_to,
    ids_in,
    marks_of,
    plant,
    rows,
    told,
    words_of,
)
from tests.web.routes import ENDS_IT, SAFE
from tests.web.staff import Staff

FRAGMENT = {"HX-Request": "true"}
ANYBODY = ("sign-in", "/setup")


@pytest.fixture
def planted(staff: Staff) -> Planted:
    return plant(staff)


def private(planted: Planted, *, safe: bool, values: dict[str, list[int]] | None = None) -> list[Asked]:
    ids = values or ids_in(planted.practice)
    return [
        each
        for each in asked(planted.practice.app, ids)
        if each.route.endpoint not in PUBLIC | ENDS_IT and (each.route.method in SAFE) is safe
    ]


def listed(theirs: dict[str, set[int]]) -> dict[str, list[int]]:
    return {part: sorted(numbers) for part, numbers in theirs.items()}


def searches(planted: Planted) -> list[str]:
    """What a list can be asked for beside itself."""
    sought = [FOREIGN, OWN, *sorted(words_of(FOREIGN)), "zebulon@example.org", "kill"]
    lists = ("/people?view=list&q={}", "/people/find?q={}", "/follow-ups/sent?q={}", "/follow-ups/why?q={}")
    more = [f"/today?person={who}" for who in (planted.foreign, planted.own)]
    more += [f"/people?view=list&{query}" for query in ("tag=1", "tag=2", "with=nobody", "show=waiting",
             f"source={FOREIGN}found", "stage=new", "stage=contacted", "stage=consult_booked")]  # fmt: skip
    more += ["/follow-ups?day=all", f"/today/mail?q={FOREIGN}", "/today/news?after=2026-01-01T00:00:00Z"]
    more += [f"/people/{planted.own}?compose={kind}" for kind in ("reply", "note", "call")]
    more += [f"/people/{planted.own}?compose=reply&template=1", f"/people/{planted.own}/merge?q={FOREIGN}"]
    return [each.format(word) for each in lists for word in sought] + more


def pages(planted: Planted, role: Role) -> dict[str, str]:
    """Everything this role can get, as pages and as fragments."""
    browser, found = planted.staff.browser(role), {}
    addresses = [each.address for each in private(planted, safe=True)] + searches(planted)
    for address in addresses:
        for headers in ({}, FRAGMENT):
            answer = browser.get(address, headers=headers)
            assert answer.status_code < 500, (address, answer.text)
            if answer.status_code == 200:
                found[f"{address} {headers or ''}"] = answer.text + str(answer.headers)
    return found


def leaks(planted: Planted, role: Role, marks: set[str]) -> dict[str, set[str]]:
    """The pages that tell any of these, but for a search's own field, which tells what was typed."""
    found = {}
    for address, text in pages(planted, role).items():
        typed = {mark for mark in marks if mark in address}
        if shown := told(text, marks - typed):
            found[address] = shown
    return found


def test_a_clinician_is_told_nothing_of_somebody_elses_person(planted: Planted) -> None:
    assert leaks(planted, Role.CLINICIAN, marks_of(FOREIGN)) == {}


def test_an_assistant_is_told_nobodys_words(planted: Planted) -> None:
    assert leaks(planted, Role.ASSISTANT, words_of(FOREIGN) | words_of(OWN)) == {}


@pytest.mark.parametrize("role", [Role.OWNER, Role.COORDINATOR, Role.READ_ONLY])
def test_those_who_see_everyone_are_told_of_everyone(planted: Planted, role: Role) -> None:
    shown = set().union(*(told(text, marks_of(FOREIGN)) for text in pages(planted, role).values()))

    assert shown >= marks_of(FOREIGN) - {"zebulondraft"}


def test_a_clinician_sees_their_own_person_whole(planted: Planted) -> None:
    shown = set().union(*(told(text, marks_of(OWN)) for text in pages(planted, Role.CLINICIAN).values()))

    assert shown >= marks_of(OWN) - {"philippadraft", "philippamail"}


def test_an_assistant_sees_everyones_name_and_who_sees_their_words(planted: Planted) -> None:
    page = planted.staff.browser(Role.ASSISTANT).get(f"/people/{planted.foreign}").text

    assert "Zebulon Quill" in page
    assert "zebulon@example.org" in page
    assert "Only Connor sees this" in page


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.ASSISTANT])
def test_a_word_finds_nobody_for_those_who_may_not_read_it(planted: Planted, role: Role) -> None:
    browser = planted.staff.browser(role)
    for word in sorted(words_of(FOREIGN)):
        assert "Quill" not in browser.get(f"/people/find?q={word}").text, word
        assert "Quill" not in browser.get(f"/people?view=list&q={word}").text, word


def test_somebody_elses_person_is_not_there_for_a_clinician_by_any_address(planted: Planted) -> None:
    theirs = belonging_to(planted.practice, planted.foreign)
    browser, found = planted.staff.browser(Role.CLINICIAN), {}
    for safe in (True, False):
        for each in private(planted, safe=safe, values=listed(theirs)):
            if any(number in theirs.get(part, ()) for part, number in each.names.items()):
                answer = browser.open(each.address, method=each.route.method)
                missing = 404 if may(Role.CLINICIAN, asked_of(each.route.endpoint)) else 403
                if answer.status_code != missing:
                    found[str(each.route)] = answer.status

    assert found == {}


def test_what_is_somebody_elses_looks_exactly_like_what_does_not_exist(planted: Planted) -> None:
    browser = planted.staff.browser(Role.CLINICIAN)
    theirs, missing = (browser.get(f"/people/{each}") for each in (planted.foreign, MISSING))

    assert theirs.status_code == missing.status_code == 404
    assert theirs.text == missing.text


def test_nothing_a_clinician_sends_touches_somebody_elses_person(planted: Planted) -> None:
    before = rows(planted.practice)
    browser = planted.staff.browser(Role.CLINICIAN)
    theirs = belonging_to(planted.practice, planted.foreign)
    emails = sorted(theirs["message_id"])
    fields = {"stage": "closed", "words": "x", "result": "spoke", "reason": "other", "until": "tomorrow",
              "draft": emails, "shown": emails, "which": "all", "lead_id": planted.foreign,
              "person": planted.foreign, "with": planted.foreign}  # fmt: skip
    for each in private(planted, safe=False, values=listed(theirs)):
        if any(number in theirs.get(part, ()) for part, number in each.names.items()):
            browser.post(each.address, data=fields)
    browser.post("/follow-ups/approvals", data=fields)
    browser.post("/people/sweeps", data=fields)

    assert rows(planted.practice) == before


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.ASSISTANT])
def test_no_answer_to_a_form_tells_more(planted: Planted, role: Role) -> None:
    marks = marks_of(FOREIGN) if role is Role.CLINICIAN else words_of(FOREIGN) | words_of(OWN)
    browser, found = planted.staff.browser(role), {}
    fields = {"stage": "contacted", "words": "x", "result": "spoke", "reason": "other", "until": "tomorrow"}
    for each in private(planted, safe=False):
        for headers in ({}, FRAGMENT):
            answer = browser.post(each.address, data=fields, headers=headers)
            assert answer.status_code < 500, (each.address, answer.text)
            text = answer.text + str(answer.headers)
            if answer.status_code == 303:
                text += browser.get(answer.location).text
            if shown := told(text, marks):
                found[str(each.route)] = shown

    assert found == {}


def test_every_part_of_an_address_is_known_to_be_somebodys_or_the_practices(planted: Planted) -> None:
    parts = {
        part
        for rule in planted.practice.app.url_map.iter_rules()
        if rule.endpoint not in PUBLIC
        for part in rule.arguments
    }

    assert parts - NAMED.keys() == OF_THE_PRACTICE
