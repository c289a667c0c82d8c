"""Where a person's clock hangs: told by their browser, else by their number, else by the owner."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from tests.practice import Practice
from tests.web.desk import Desk

TOKYO = "Asia/Tokyo"
PLAIN = {"name": "Sam", "email": "sam@example.org"}


def zone_after(practice: Practice, visitor: FlaskClient, **typed: str) -> str | None:
    answer = visitor.post("/consultation", data={**PLAIN, **typed})
    assert answer.status_code == 303
    with practice.reading():
        return practice.lead(1).zone_name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"zone": TOKYO}, TOKYO),
        ({"zone": ""}, None),
        ({"zone": "Mars/Olympus"}, None),
        ({"zone": "../../etc/passwd"}, None),
        ({"zone": "UTC"}, None),
        ({"zone": "Atlantic/Reykjavik"}, None),
        ({"phone": "(212) 555-0148"}, "America/New_York"),
        ({"phone": "+1 800 555 0148"}, None),
        ({"phone": "(212) 555-0148", "zone": TOKYO}, TOKYO),
    ],
)
def test_a_zone_is_kept_where_it_can_be_believed(
    practice: Practice, visitor: FlaskClient, typed: dict[str, str], kept: str | None
) -> None:
    assert zone_after(practice, visitor, **typed) == kept


def test_a_later_form_without_a_zone_forgets_none(practice: Practice, visitor: FlaskClient) -> None:
    zone_after(practice, visitor, zone=TOKYO)

    assert zone_after(practice, visitor, message="Once more.", phone="(212) 555-0148") == TOKYO


def test_a_zone_told_by_a_second_form_moves_what_is_planned(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    practice.advance(minutes=1)

    practice.receives_inquiry("Sam <sam@example.org>", "From my own computer.", zone_name=TOKYO)

    due_at = practice.open_message(sam).due_at.astimezone(ZoneInfo(TOKYO))
    assert f"{due_at:%A %H:%M}" == "Monday 08:30"


def test_the_owner_corrects_it_and_what_is_planned_follows(practice: Practice, client: FlaskClient) -> None:
    desk = Desk(practice, client)
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    practice.advance(minutes=1)

    page = desk.does(f"/people/{sam}/contact", **PLAIN, zone_name=TOKYO)

    due_at = practice.open_message(sam).due_at.astimezone(ZoneInfo(TOKYO))
    assert f"{due_at:%A %H:%M}" == "Monday 08:30"
    assert "time zone changed" in page.toast
    assert "Tokyo" in page.all_text
    same = desk.does(f"/people/{sam}/contact", **PLAIN, zone_name="")
    assert "Tokyo" not in same.all_text


def test_a_zone_nobody_offered_is_refused(practice: Practice, client: FlaskClient) -> None:
    desk = Desk(practice, client)
    sam = practice.receives_inquiry("Sam <sam@example.org>")

    answer = desk.sends(f"/people/{sam}/contact", **PLAIN, zone_name="Mars/Olympus")

    assert answer.status_code == 422
