"""The list of people: filters in the address, finding someone, and pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.flows import steering, triage
from crm.models import Account
from crm.rules.stages import CloseReason
from crm.web import roster
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page


@pytest.fixture
def three_people(practice: Practice) -> dict[str, int]:
    people = {
        "Grace": practice.receives_inquiry(
            "Grace Kim <grace.kim@example.com>",
            "Hello.",
            phone="+12135550172",
            found_us="A colleague’s referral",
        ),
        "Maya": practice.receives_inquiry("Maya Okafor <maya.o@example.org>", "Hello.", found_us="A search"),
        "Zoë": practice.receives_inquiry("Zoë 100% <zoe@example.net>", "Hello."),
    }
    practice.advance(minutes=1)
    return people


def by_hand(practice: Practice, act: Callable[..., object], lead_id: int, *more: object) -> None:
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        act(practice.lead(lead_id), *more, owner.id, practice.now)


def who(page: Page) -> list[str]:
    return page.texts("td.who")


def test_the_list_shows_everybody_newest_first(desk: Desk, three_people: dict[str, int]) -> None:
    page = desk.opens("/people", view="list")

    assert page.heading == "People"
    assert who(page) == ["Zoë 100%", "Maya Okafor", "Grace Kim"]
    assert page.texts("td .tense")[0] == "Reply by 1:52 pm tomorrow"
    assert page.attribute("td.who a", "href") == f"/people/{three_people['Zoë']}"


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("grace", ["Grace Kim"]),
        ("KIM", ["Grace Kim"]),
        ("grace.kim@", ["Grace Kim"]),
        ("example.org", ["Maya Okafor"]),
        ("@example.org", ["Maya Okafor"]),
        ("(213) 555-0172", ["Grace Kim"]),
        ("0172", ["Grace Kim"]),
        ("100%", ["Zoë 100%"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("nobody", []),
        ("'; DROP TABLE lead --", []),
    ],
)
def test_someone_is_found_by_name_address_or_number(
    desk: Desk, three_people: dict[str, int], q: str, found: list[str]
) -> None:
    page = desk.opens("/people", q=q)

    assert who(page) == found
    assert page.attribute("#q", "value") == q
    assert found or "Nobody fits this." in page.all_text


def test_an_absurdly_long_search_is_cut_short(desk: Desk, three_people: dict[str, int]) -> None:
    assert who(desk.opens("/people", q="x" * 5000)) == []


def test_the_list_is_filtered_by_stage_source_and_what_is_true_now(
    practice: Practice, desk: Desk, three_people: dict[str, int]
) -> None:
    practice.answers(three_people["Grace"])
    by_hand(practice, steering.pause, three_people["Grace"])
    by_hand(practice, triage.close, three_people["Maya"], CloseReason.NOT_A_FIT)

    assert who(desk.opens("/people", view="list", stage="closed")) == ["Maya Okafor"]
    assert who(desk.opens("/people", view="list", stage="contacted")) == ["Grace Kim"]
    assert who(desk.opens("/people", view="list", source="A search")) == ["Maya Okafor"]
    assert who(desk.opens("/people", view="list", show="waiting")) == ["Zoë 100%"]
    assert who(desk.opens("/people", view="list", show="paused")) == ["Grace Kim"]


def test_a_closed_person_is_shown_with_the_reason(
    practice: Practice, desk: Desk, three_people: dict[str, int]
) -> None:
    by_hand(practice, triage.close, three_people["Maya"], CloseReason.FOUND_SOMEONE_ELSE)

    page = desk.opens("/people", stage="closed")

    assert page.texts("td .tense") == ["Closed today, found someone else"]


def test_suspected_spam_stands_with_the_spam_only(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry("Best SEO <seo@example.net>", "Buy", honeypot="yes")

    assert who(desk.opens("/people", stage="spam")) == ["Best SEO"]
    assert who(desk.opens("/people", stage="new")) == []


def test_what_makes_no_sense_in_the_address_is_left_out(desk: Desk, three_people: dict[str, int]) -> None:
    answer = desk.opens("/people", view="list", stage="vip", show="all", before="-1")

    assert len(who(answer)) == 3
    assert desk.gets("/people?view=list&before=99999999999999999999").status_code == 200
    assert desk.gets("/people?column=vip").status_code == 200


def test_pages_skip_nobody_and_keep_the_filters(
    practice: Practice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "PAGE", 2)
    for number in range(5):
        practice.receives_inquiry(f"Person {number} <p{number}@example.com>", "Hello.")

    first = desk.opens("/people", q="person")
    older = first.attribute("nav.pages a", "href")
    second = desk.opens(older)
    third = desk.opens(second.root.find("nav.pages a")[1].attributes["href"])

    assert who(first) == ["Person 4", "Person 3"]
    assert "q=person" in older
    assert who(second) == ["Person 2", "Person 1"]
    assert who(third) == ["Person 0"]
    assert third.texts("nav.pages a") == ["Newest"]


def test_an_empty_practice_says_so(desk: Desk) -> None:
    assert "Nobody here yet." in desk.opens("/people", view="list").all_text


def test_fifty_people_cost_no_more_queries_than_three(
    practice: Practice, client: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    for number in range(3):
        practice.receives_inquiry(f"Person {number} <p{number}@example.com>", "Hello.")
    client.get("/people?view=list")
    three = count_queries(lambda: client.get("/people?view=list"))
    for number in range(3, 50):
        practice.receives_inquiry(f"Person {number} <p{number}@example.com>", "Hello.")
    client.get("/people?view=list")

    assert count_queries(lambda: client.get("/people?view=list")) == three


def test_a_stranger_finds_nobody(visitor: FlaskClient, three_people: dict[str, int]) -> None:
    for address in ("/people", "/people?q=grace", "/people/new", "/people/find"):
        answer = visitor.get(address)
        assert answer.status_code in (302, 303)
        assert "Grace" not in answer.text
