"""Settings, Calls: hours written in words, days that differ, and a private address for a calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from icalendar import Calendar

from crm.db import db
from crm.flows import calls
from crm.flows.calendars import calendar_of
from crm.flows.calls import Wish
from crm.models import CallSettings, Confirms, Medium, Opening, OwnCalendar, SpecialDay
from crm.rules.hour_words import hours_words
from crm.rules.roles import Role
from crm.rules.slots import Place
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.staff import Staff

HERE = "/settings/calls"
MANNER = {
    "length_minutes": "20",
    "pause_before": "5",
    "pause_after": "10",
    "notice_hours": "24",
    "horizon_days": "60",
    "most_per_day": "3",
    "confirms": "asked",
    "zone_name": "Europe/Berlin",
}


def week_of(practice: Practice, clinician_id: int = 1) -> list[str]:
    with practice.reading():
        return [hours_words(day) for day in Opening.week_of(clinician_id).days]


def settings_of(practice: Practice) -> CallSettings:
    with practice.reading():
        return CallSettings.of(1)


def test_hours_are_written_in_words_and_shown_again(practice: Practice, desk: Desk) -> None:
    page = desk.does(f"{HERE}/hours", day0="9-12, 2 to 5:30 pm", day3="17:15–17:45")

    assert page.toast == "Saved. What is booked already stays."
    assert week_of(practice) == ["9 am to 12 pm, 2 pm to 5:30 pm", "", "", "5:15 pm to 5:45 pm", "", "", ""]
    assert 'value="9 am to 12 pm, 2 pm to 5:30 pm"' in desk.gets(HERE).text


def test_a_line_that_cannot_be_read_says_what_could_and_nothing_is_lost(
    practice: Practice, desk: Desk
) -> None:
    desk.does(f"{HERE}/hours", day0="9-12")

    answer = desk.sends(f"{HERE}/hours", day0="9-12", day1="2-5", day2="10-11, 10:30-12")

    assert answer.status_code == 422
    assert "in the morning or in the afternoon?" in answer.text
    assert "10 am to 11 am and 10:30 am to 12 pm overlap." in answer.text
    assert 'value="2-5"' in answer.text
    assert week_of(practice)[1] == ""


def test_the_week_is_a_picture_that_is_told_in_words(practice: Practice, desk: Desk) -> None:
    desk.does(f"{HERE}/hours", day3="9-12")

    page = desk.gets(HERE).text

    assert '<svg class="call-week"' in page
    assert "Thursday: 9:00 to 12:00." in page
    assert "Wednesday: no calls." in page


def test_days_that_differ_are_listed_until_they_are_over_or_removed(practice: Practice, desk: Desk) -> None:
    desk.does(f"{HERE}/hours", day3="9-12")
    desk.does(f"{HERE}/days", first="2026-03-12", hours="15:00-16:00, 8-9")
    page = desk.does(f"{HERE}/days", first="2026-03-19", last="2026-03-26")

    assert "March 12: 8 am to 9 am" in page.all_text
    assert "March 12: 3 pm to 4 pm" in page.all_text
    assert "March 19 to March 26: no calls" in page.all_text
    with practice.reading():
        days = [f"{each.astimezone(UTC):%d %H:%M}" for each in calendar_of(1, practice.now).free()]
        assert days[:1] + days[4:5] == ["12 15:00", "12 22:00"]
        assert not [day for day in days if day[:2] in ("19", "26")]
        number = db.session.scalar(sa.select(SpecialDay.id).where(SpecialDay.opens.is_(None)))
    page = desk.does(f"{HERE}/days/{number}/removal")
    assert "March 19" not in page.all_text


def test_days_in_the_wrong_order_are_refused(desk: Desk) -> None:
    answer = desk.sends(f"{HERE}/days", first="2026-03-26", last="2026-03-19")

    assert answer.status_code == 422
    assert "That is before the first day." in answer.text


def test_how_calls_are_taken_is_kept(practice: Practice, desk: Desk) -> None:
    desk.does(f"{HERE}/manner", **MANNER)

    kept = settings_of(practice)
    assert (kept.length_minutes, kept.pause_before, kept.pause_after) == (20, 5, 10)
    assert (kept.notice_hours, kept.horizon_days, kept.most_per_day) == (24, 60, 3)
    assert (kept.confirms, kept.zone_name) == (Confirms.ASKED, "Europe/Berlin")
    desk.does(f"{HERE}/manner", **MANNER | {"most_per_day": ""})
    assert settings_of(practice).most_per_day is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("length_minutes", "0", "It should be from 5 to 240 minutes."),
        ("notice_hours", "-1", "It should be from 0 to 720 hours."),
        ("horizon_days", "0", "It should be from 1 to 365 days."),
        ("most_per_day", "0", "It should be from 1 to 40, or empty for no limit."),
        ("confirms", "maybe", "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_said(practice: Practice, desk: Desk, field: str, value: str, words: str) -> None:
    answer = desk.sends(f"{HERE}/manner", **MANNER | {field: value})

    assert answer.status_code == 422
    assert words in answer.text
    assert settings_of(practice).length_minutes == 15


def test_ways_to_talk_need_what_they_need(practice: Practice, desk: Desk) -> None:
    for fields, words in (
        ({}, "Choose one way to talk at least."),
        ({"by_video": "y"}, "Paste the link people open to meet you."),
        ({"by_video": "y", "video_link": "javascript:alert(1)"}, "That isn’t a web address."),
        ({"in_person": "y"}, "Where do people find you?"),
        ({"by_phone": "y", "phone_number": "12"}, "That number looks unfinished."),
    ):
        answer = desk.sends(f"{HERE}/ways", **fields)
        assert answer.status_code == 422
        assert words in answer.text

    desk.does(
        f"{HERE}/ways", by_video="y", video_link="https://meet.example.org/c", phone_number="213 555 0100"
    )

    kept = settings_of(practice)
    assert kept.media == (Medium.VIDEO,)
    assert kept.phone_number == "+12135550100"


def test_only_the_owner_changes_the_calls_of_others(practice: Practice, desk: Desk, staff: Staff) -> None:
    paul = staff.ids[Role.CLINICIAN]
    owners = str(staff.ids[Role.OWNER])

    desk.does(f"{HERE}/hours", of=str(paul), day0="9-12")
    assert week_of(practice, paul)[0] == "9 am to 12 pm"
    assert week_of(practice)[0] == ""

    as_paul = staff.browser(Role.CLINICIAN)
    assert as_paul.post(f"{HERE}/hours", data={"day1": "9-12"}).status_code == 303
    assert as_paul.post(f"{HERE}/hours", data={"of": owners, "day0": "9-12"}).status_code == 403
    assert as_paul.get(f"{HERE}?of={owners}").status_code == 403
    assert week_of(practice)[0] == ""
    assert week_of(practice, paul)[:2] == ["", "9 am to 12 pm"]


def test_a_calendar_elsewhere_is_connected_and_forgotten(practice: Practice, desk: Desk) -> None:
    page = desk.does(f"{HERE}/calendar", url="webcal://calendar.example.org/secret/basic.ics")

    assert "It is read within a minute" in page.all_text
    assert "secret" not in page.all_text
    with practice.reading():
        assert db.session.get_one(OwnCalendar, 1).url == "https://calendar.example.org/secret/basic.ics"
    with practice.at_work():
        db.session.get_one(OwnCalendar, 1).could_not_be_read("The server there answered 404.", practice.now)
    assert (
        "It can’t be read since today at 1:52 pm: The server there answered 404." in desk.opens(HERE).all_text
    )
    desk.does(f"{HERE}/calendar/removal")
    with practice.reading():
        assert db.session.get(OwnCalendar, 1) is None
    assert desk.sends(f"{HERE}/calendar", url="my calendar").status_code == 422


def test_a_calendar_that_asks_for_a_password_is_connected_and_shows_it_to_nobody(
    practice: Practice, desk: Desk
) -> None:
    login = {"server": "https://caldav.example.org", "username": "connor@me", "password": " a pass word "}
    page = desk.does(f"{HERE}/calendar/login", **login)

    assert "It is read within a minute" in page.all_text
    shown = desk.gets(HERE).text
    assert not any(each in shown for each in ("connor@me", "pass word", 'caldav.example.org"'))
    with practice.reading():
        kept = db.session.get_one(OwnCalendar, 1)
        assert (kept.url, kept.username, kept.password) == tuple(login.values())
    desk.does(f"{HERE}/calendar", url="https://calendar.example.org/basic.ics")
    with practice.reading():
        assert db.session.get_one(OwnCalendar, 1).username == ""


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("server", "my server", "That isn’t the address of a server."),
        ("server", "", "Where is it?"),
        ("username", "", "As whom is it read?"),
        ("password", "", "Without a password nothing can be read."),
    ],
)
def test_what_a_calendar_with_a_password_needs_is_said(
    practice: Practice, desk: Desk, field: str, value: str, says: str
) -> None:
    login = {"server": "https://caldav.example.org", "username": "connor", "password": "secret"}

    answer = desk.sends(f"{HERE}/calendar/login", **login | {field: value})

    assert answer.status_code == 422
    assert says in answer.text
    assert ("That isn’t the address" in answer.text) is (value == "my server")
    assert 'value="secret"' not in answer.text
    with practice.reading():
        assert db.session.get(OwnCalendar, 1) is None


def feed_address(desk: Desk) -> str:
    found = re.search(r"/calendar/[^<]+\.ics", desk.gets(HERE).text)
    assert found
    return found[0]


def test_the_feed_shows_calls_as_busy_and_names_only_if_wanted(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "Hello.")
    with practice.at_work():
        starts_at = datetime(2026, 3, 12, 17, 0, tzinfo=UTC)
        calls.book(practice.lead(maya), Wish(Place(starts_at, Medium.PHONE), 1), practice.now)
    desk.does(f"{HERE}/feed")

    answer = visitor.get(feed_address(desk))
    assert answer.content_type == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.data).events
    assert (str(event["SUMMARY"]), event.start) == ("Busy", starts_at)
    assert event.end - event.start == timedelta(minutes=15)
    assert b"Maya" not in answer.data

    desk.does(f"{HERE}/feed/names", names="1")
    assert b"Call with Maya Okafor" in visitor.get(feed_address(desk)).data
    with practice.at_work():
        calls.cancel(practice.lead(maya).bookings[0], practice.now)
    assert b"VEVENT" not in visitor.get(feed_address(desk)).data


def test_an_address_that_was_closed_or_replaced_shows_nothing(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    desk.does(f"{HERE}/feed")
    first = feed_address(desk)
    desk.does(f"{HERE}/feed")
    second = feed_address(desk)

    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200
    desk.does(f"{HERE}/feed/removal")
    assert visitor.get(second).status_code == 404
    assert visitor.get("/calendar/none.ics").status_code == 404
