"""Finding someone: the field, who fits, why, and what helps where nobody does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from flask.testing import FlaskClient

from crm.flows import finding, indexing, triage
from crm.models import Lead, Note, NoteKind
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page


@pytest.fixture
def grace(practice: Practice) -> int:
    practice.receives_inquiry("Maya Okafor <maya.o@example.org>", "Grace told me about you.")
    return practice.receives_inquiry(
        "Grace Kim <grace.kim@example.com>", "I cannot sleep before Wednesdays.", phone="+12135550172"
    )


def who(page: Page) -> list[str]:
    return page.texts("#found .row-name")


def test_the_page_begins_with_one_field(desk: Desk) -> None:
    page = desk.opens("/people/find")

    assert page.heading == "Find someone"
    assert page.attribute("main form", "action") == "/people/find"
    assert who(page) == []
    assert "Nobody fits" not in page.all_text


def test_the_field_in_the_bar_leads_there(desk: Desk) -> None:
    page = desk.opens("/today")

    assert page.attribute("form.find", "action") == "/people/find"
    assert page.attribute("form.find input", "name") == "q"


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("grace", ["Grace Kim", "Maya Okafor"]),
        ("grace k", ["Grace Kim", "Maya Okafor"]),
        ("grace kim", ["Grace Kim"]),
        ("grace.kim@", ["Grace Kim"]),
        ("(213) 555-0172", ["Grace Kim"]),
        ("wednesdays", ["Grace Kim"]),
        ("nobody", []),
    ],
)
def test_people_are_shown_the_best_first(desk: Desk, grace: int, q: str, found: list[str]) -> None:
    page = desk.opens("/people/find", q=q)

    assert who(page) == found
    assert page.attribute("#q", "value") == q


def test_a_row_leads_to_the_person_and_says_how_to_reach_them(desk: Desk, grace: int) -> None:
    page = desk.opens("/people/find", q="kim")

    assert page.attribute("#found a.row", "href") == f"/people/{grace}"
    assert page.texts("#found .row-why") == ["grace.kim@example.com · (213) 555-0172"]
    assert page.texts("#found .row-wait") == ["New"]
    assert page.text("#found p") == "One person."


def test_it_is_said_why_somebody_is_found(practice: Practice, desk: Desk, grace: int) -> None:
    practice.answers(grace, "The office is behind the courthouse.")

    message = desk.opens("/people/find", q="wednes")
    letter = desk.opens("/people/find", q="courthouse")

    assert message.texts("#found .row-words") == ["In their message: I cannot sleep before Wednesdays."]
    assert message.texts("#found mark") == ["Wednesdays"]
    assert letter.text("#found .row-words").startswith("In a letter to them: ")


def test_what_they_wrote_is_shown_as_text(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(
        "<b>Bo</b> Hill <bo@example.net>", "I like <script>alert(1)</script> sandwiches"
    )

    page = desk.gets("/people/find?q=sandwiches").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_suspected_spam_is_found_and_said_to_be_it(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry("Best SEO <seo@example.net>", "Buy", honeypot="yes")

    page = desk.opens("/people/find", q="seo")

    assert who(page) == ["Best SEO Suspected spam"]


def test_somebody_marked_as_spam_is_found_too(practice: Practice, desk: Desk, grace: int) -> None:
    with practice.at_work():
        triage.mark_spam(practice.lead(grace), 1, practice.now)

    assert desk.opens("/people/find", q="grace kim").texts("#found .row-wait") == ["Spam"]


@pytest.mark.parametrize(
    ("q", "field"),
    [("Zoë Novak", "name"), ("zoe@example.com", "email"), ("(310) 555-0188", "phone")],
)
def test_where_nobody_fits_they_can_be_added(desk: Desk, grace: int, q: str, field: str) -> None:
    page = desk.opens("/people/find", q=q)

    form = desk.opens(page.attribute("#found a.btn", "href"))

    assert f"Nobody fits “{q}”." in page.text("#found .empty-note")
    assert page.texts("#found a.btn") == ["Add someone"]
    assert form.heading == "Add someone"
    assert {name: form.attribute(f"#{name}", "value") for name in ("name", "email", "phone")} == {
        "name": "", "email": "", "phone": "",
    } | {field: q}  # fmt: skip


def test_pages_go_on_until_everybody_was_shown(
    practice: Practice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(finding.PAGE + 3):
        practice.receives_inquiry(f"Robin {number} <p{number}@example.com>")

    first = desk.opens("/people/find", q="robin")
    second = desk.opens(first.attribute("nav.pages a", "href"))

    assert len(who(first)) == finding.PAGE
    assert who(second) == ["Robin 2", "Robin 1", "Robin 0"]
    assert second.texts("nav.pages a") == ["The best"]


@pytest.mark.parametrize(
    "after", ["", "x", "1.2", "1.2.3.4", "-1.2.3", "9.9.99999999999", "7.3.1", "0.99999.1", "1.1.999999999"]
)
def test_a_strange_place_in_the_address_is_harmless(desk: Desk, grace: int, after: str) -> None:
    assert desk.gets("/people/find", q="grace kim", after=after).status_code == 200


def test_an_absurdly_long_search_is_cut_short(desk: Desk, grace: int) -> None:
    assert who(desk.opens("/people/find", q="x " * 5000)) == []


def test_it_is_said_while_not_everybody_can_be_found(practice: Practice, desk: Desk, grace: int) -> None:
    before = desk.opens("/people/find", q="kim").all_text
    with practice.at_work():
        assert indexing.go_on(practice.now).is_whole
    after = desk.opens("/people/find", q="kim").all_text

    assert "Not everybody can be found yet" in before
    assert "Not everybody can be found yet" not in after


def test_a_thousand_people_cost_no_more_queries_than_ten(
    practice: Practice, client: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    asked = ("/people/find?q=robin", "/people/find?q=robin+rivers", "/people/find?q=evening", "/people/find")

    def costs() -> list[int]:
        return [count_queries(partial(client.get, address)) for address in asked]

    many_people(practice, 0, 10)
    client.get("/people/find?q=robin")
    ten = costs()
    many_people(practice, 10, 1000)

    assert costs() == ten


def many_people(practice: Practice, first: int, last: int) -> None:
    """Each with a message, as in a practice of years."""
    with practice.at_work() as session:
        leads = [
            Lead(
                contact_key=f"mailto:p{number}@example.com",
                name=f"Robin {number} Rivers",
                email=f"p{number}@example.com",
                created_at=practice.now,
                stage_changed_at=practice.now,
            )
            for number in range(first, last)
        ]
        session.add_all(leads)
        session.flush()
        session.add_all(
            Note(lead_id=lead.id, kind=NoteKind.NOTE, text="An evening", created_at=practice.now)
            for lead in leads
        )


def test_a_stranger_finds_nobody(visitor: FlaskClient, grace: int) -> None:
    answer = visitor.get("/people/find?q=grace")

    assert answer.status_code in (302, 303)
    assert "Grace" not in answer.text
