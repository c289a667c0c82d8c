"""The calendar beside a sequence: when someone invented would get its emails, and what then."""

from __future__ import annotations

import pytest

from tests.web.desk import Desk
from tests.web.test_sequences import FIRST, FOURTH, SECOND, THIRD, changes


def test_the_month_shows_when_the_emails_would_go(desk: Desk, plan_at: str) -> None:
    page = desk.opens(plan_at)

    assert page.texts(".month-list time") == [
        "Tue 10, 1:52 pm", "Fri 13, 1:52 pm", "Wed 18, 1:52 pm", "Mon 30, 8:30 am",
    ]  # fmt: skip
    assert page.texts(".month-list small") == ["Saturday 28 is outside your hours"]
    assert page.texts(".month .goes") == ["101", "132", "183", "304"]
    assert page.texts(".month .missed") == ["28"]


@pytest.mark.parametrize(
    ("asks", "marked"),
    [
        ({}, []),
        ({"asks_first": "y"}, [SECOND, THIRD, FOURTH]),  # the first answers at once
        ({"emails__2__asks_first": "y"}, [THIRD]),
        ({"emails__2__asks_first": "y", "then": "reply"}, []),  # what doesn't go needs no yes
    ],
)
def test_the_list_marks_the_emails_that_go_only_with_the_owners_yes(
    desk: Desk, plan_at: str, asks: dict[str, str], marked: list[str]
) -> None:
    page = changes(desk, plan_at, **asks)

    lines = page.root.find(".month-list li")
    assert [each.find("span")[0].text for each in lines if "with your yes" in each.text] == marked


def test_the_month_can_begin_on_friday_evening(desk: Desk, plan_at: str) -> None:
    page = changes(desk, plan_at, wrote="friday")

    assert page.texts(".month-list time")[:2] == ["Fri 13, 7:20 pm", "Tue 17, 8:30 am"]
    assert page.texts(".month-list small")[0] == "Monday 16, 7:20 pm, is outside your hours"


def test_the_calendar_can_suppose_that_they_reply(desk: Desk, plan_at: str) -> None:
    page = changes(desk, plan_at, then="reply")

    assert page.texts(".month-list span") == [FIRST]
    assert page.texts(".month-list s") == [SECOND, THIRD, FOURTH]
    assert page.texts(".month .goes") == ["101"]
    assert page.texts(".month .happens") == ["12"]
    assert page.text(".ending") == "They wrote back on Thursday 12: the rest stops, and it is your turn."


@pytest.mark.parametrize(
    ("then", "ending"),
    [
        ("silent", "They stay silent: they move to Closed on April 13, with no email."),
        ("book", "They booked a call on Thursday 12: the rest stops."),
        (
            "bounce",
            "The first email comes back on Tuesday 10: nothing more goes to that address, and you see it.",
        ),
        ("stop", "They pressed Stop on Thursday 12: nothing more goes to them."),
        ("call", "You called on Thursday 12: the rest stops."),
        ("nonsense", "They stay silent: they move to Closed on April 13, with no email."),
    ],
)
def test_the_calendar_says_how_it_ends(desk: Desk, plan_at: str, then: str, ending: str) -> None:
    assert desk.opens(plan_at, then=then).text(".ending") == ending
