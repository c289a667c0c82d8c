"""Why: every look at a due email, newest first, to be searched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest
from flask.testing import FlaskClient

from crm.models import Practice as PracticeRow
from crm.rules.sending import Reason, Verdict
from crm.web import decisions
from tests.practice import Practice
from tests.web.desk import Desk

OUTSIDE = "It waits until Monday at 8:30 am, because it was outside your hours."
NONSENSE = [{"before": "x"}, {"what": "eternity"}, {"days": "-1"}, {"before": "1e99-1"}]
MAYA = "Maya Okafor <maya.o@example.com>"


@pytest.fixture
def busy(practice: Practice) -> Practice:
    """Maya's email waits for Monday; Sam replied while a worker had his."""
    practice.receives_inquiry(MAYA)
    sam = practice.receives_inquiry("Sam 100% <sam@example.org>", client_key="another place")
    practice.advance(days=2)
    with practice.at_work():
        practice.lead(sam).enrollment.open_message.by_hand_at = practice.now  # type: ignore[union-attr]
        PracticeRow.current().closes = time(13)
    practice.outbox.before_hand_over = lambda: practice.hears_back(sam)
    practice.advance(days=1, hours=2)
    return practice


def test_before_anything_was_due_it_says_so(desk: Desk) -> None:
    assert desk.opens("/follow-ups/why").text(".empty") == "No email has been due yet."


def test_each_look_says_who_which_email_and_why(busy: Practice, desk: Desk) -> None:
    page = desk.opens("/follow-ups/why")

    assert page.heading == "Why"
    assert page.texts("tbody tr")[0] == (
        "Fri, March 13, 1:52 pm Sam 100% Still here, if it’s useful It wasn’t sent: Sam had replied today."
    )
    assert OUTSIDE in page.texts("tbody .small")
    assert page.attribute("tbody tr .subject", "href").startswith("/messages/")


def test_a_notice_went_to_the_owner_himself(busy: Practice, desk: Desk) -> None:
    assert "you" in desk.opens("/follow-ups/why").texts("tbody .who")


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("wait", [OUTSIDE]),
        ("outside_hours", [OUTSIDE]),
        ("end", ["It wasn’t sent: Sam had replied today."]),
        ("replied", ["It wasn’t sent: Sam had replied today."]),
        ("bounced", []),
    ],
)
def test_it_can_be_searched_for_what_was_decided(
    busy: Practice, desk: Desk, what: str, words: list[str]
) -> None:
    assert desk.opens("/follow-ups/why", what=what).texts("tbody .small") == words


def test_what_went_can_be_searched_for_too(busy: Practice, desk: Desk) -> None:
    words = desk.opens("/follow-ups/why", what="send").texts("tbody .small")

    assert len(words) >= 3
    assert all(each.startswith("It was let go") for each in words)


def test_nothing_that_fits_says_so(busy: Practice, desk: Desk) -> None:
    assert desk.opens("/follow-ups/why", what="bounced").text(".empty") == "Nothing fits this."


def test_every_verdict_and_every_reason_can_be_chosen(desk: Desk) -> None:
    options = desk.opens("/follow-ups/why").root.find("#what option")

    values = [option.attributes["value"] for option in options]
    assert set(values) == {"", *Verdict, *Reason}
    assert len(values) == len(set(values))


def test_a_name_finds_what_one_person_got(busy: Practice, desk: Desk) -> None:
    assert set(desk.opens("/follow-ups/why", q="okaf").texts("tbody .who")) == {"Maya Okafor"}
    assert set(desk.opens("/follow-ups/why", q="100%").texts("tbody .who")) == {"Sam 100%"}
    assert desk.opens("/follow-ups/why", q="Zoe").texts("tbody .who") == []


def test_a_name_that_many_have_finds_them_all_the_same(
    busy: Practice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "FEW", 0)

    assert set(desk.opens("/follow-ups/why", q="sam").texts("tbody .who")) == {"Sam 100%"}


def test_a_period_leaves_out_what_is_older(busy: Practice, desk: Desk) -> None:
    lately = desk.opens("/follow-ups/why", days="1").texts("tbody .time")

    assert lately
    assert all(when.startswith("Fri, March 13") for when in lately)
    assert len(lately) < len(desk.opens("/follow-ups/why").texts("tbody .time"))


def test_older_pages_neither_skip_nor_repeat_and_keep_the_search(
    practice: Practice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "PAGE", 3)
    for n in range(8):
        practice.receives_inquiry(f"Person {n} <person{n}@example.com>", client_key=f"place {n}")
    practice.advance(minutes=1)

    seen: list[str] = []
    address = "/follow-ups/why?q=person&what=send"
    while address:
        page = desk.opens(address)
        seen += page.texts("tbody .who")
        older = [a for a in page.root.find(".pages a") if a.text == "Older"]
        address = older[0].attributes["href"] if older else ""

    assert sorted(seen) == [f"Person {n}" for n in range(8)]


@pytest.mark.parametrize("query", NONSENSE)
def test_an_address_that_makes_no_sense_leaves_nothing_out(
    busy: Practice, desk: Desk, query: dict[str, str]
) -> None:
    everything = desk.opens("/follow-ups/why").texts("tbody tr")

    assert desk.opens("/follow-ups/why", **query).texts("tbody tr") == everything


def test_the_page_costs_the_same_for_three_people_and_for_twenty(
    practice: Practice, client: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def fill(first: int, last: int) -> None:
        for n in range(first, last):
            practice.receives_inquiry(f"Person {n} <person{n}@example.com>", client_key=f"place {n}")
        practice.advance(minutes=1)
        client.get("/follow-ups/why?q=person")

    fill(0, 3)
    few = count_queries(lambda: client.get("/follow-ups/why?q=person"))
    fill(3, 20)
    many = count_queries(lambda: client.get("/follow-ups/why?q=person"))

    assert many == few
