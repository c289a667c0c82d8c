"""Going out: what leaves in the next seven days, what needs help, holding everything."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.flows import calls
from crm.mail.transport import NotSent, Refused, TryLater, Unsure
from crm.models import turns
from tests.flows.test_calls import books, wish
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page

MAYA, SAM = "Maya Okafor <maya.o@example.com>", "Sam Whitaker <sam@example.org>"
OWEN = "Owen Fitzgerald <owen.fitz@gmial.com>"
SECOND = "Still here, if it’s useful"


def rows(page: Page) -> list[list[str]]:
    """Time, person, email: a line of the page each."""
    return [[cell.text for cell in row.find("td")[:3]] for row in page.root.find("tbody tr")]


def with_trouble(practice: Practice, who: str, trouble: NotSent) -> int:
    """Someone whose second email met with this."""
    person = practice.receives_inquiry(who)
    practice.advance(days=2)
    practice.outbox.failures = [trouble]
    practice.advance(days=1, minutes=1)
    return person


def test_an_empty_week_says_so_and_leads_to_the_sequences(desk: Desk) -> None:
    page = desk.opens("/follow-ups")

    assert page.text(".lead").startswith("Nothing is planned for the next 7 days.")
    assert page.attribute(".empty a", "href") == "/follow-ups/sequences"


def test_every_email_of_the_week_has_its_time_person_and_place(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)

    page = desk.opens("/follow-ups")

    assert page.text(".lead") == (
        "One email goes to one person in the next 7 days. "
        "Nothing goes out at night, on weekends, or on holidays."
    )
    assert page.texts(".day-title") == ["Friday, March 13"]
    assert rows(page) == [
        ["1:52 pm", "Maya Okafor", f"{SECOND} 2 of 4, only if you haven’t answered"],
    ]


@pytest.mark.parametrize(
    ("zone", "time"),
    [
        ("America/New_York", "1:52 pm 4:52 pm for Maya"),
        ("Asia/Tokyo", "4:30 pm Monday, 8:30 am for Maya"),
        ("America/Los_Angeles", "1:52 pm"),
        ("America/Vancouver", "1:52 pm"),
        (None, "1:52 pm"),
    ],
)
def test_someone_elsewhere_has_their_own_time_beside_ours(
    practice: Practice, desk: Desk, zone: str | None, time: str
) -> None:
    practice.receives_inquiry(MAYA, zone_name=zone)
    practice.advance(minutes=1)

    page = desk.opens("/follow-ups")

    assert rows(page)[0][0] == time


def test_an_email_that_waits_for_a_yes_has_their_time_too(practice: Practice, desk: Desk) -> None:
    practice.asks_first()
    practice.receives_inquiry(MAYA, zone_name="America/New_York")
    practice.advance(minutes=1)

    page = desk.opens("/follow-ups")

    assert "Goes Friday at 1:52 pm, 4:52 pm for Maya, with your yes." in page.text("#drafts p")


def test_a_later_email_of_the_same_week_is_shown_before_it_exists(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(days=2)

    page = desk.opens("/follow-ups")

    assert [row[2].partition(" 3 of")[0] for row in rows(page)][1:] == ["About cost, plainly"]
    assert page.texts(".do")[1] == "after the one before"


def test_an_email_that_fell_on_a_weekend_says_that_it_waited(practice: Practice, desk: Desk) -> None:
    practice.advance(days=1)
    practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)

    page = desk.opens("/follow-ups")

    assert page.texts(".day-title") == ["Monday, March 16"]
    assert page.texts(".tag") == ["waited for Monday"]


def test_a_day_of_the_strip_shows_that_day_alone(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(days=1)
    practice.receives_inquiry(SAM)
    practice.advance(minutes=1)

    page = desk.opens("/follow-ups?day=2026-03-16")

    strip = ["Today ·", "Thu ·", "Fri 1", "Sat ·", "Sun ·", "Mon 1", "Tue ·"]
    assert [day.text for day in page.root.find(".day")] == strip
    assert [row[1] for row in rows(page)] == ["Sam Whitaker"]


@pytest.mark.parametrize("day", ["2026-13-45", "yesterday", "1999-01-01", "all"])
def test_a_day_that_makes_no_sense_shows_the_week(practice: Practice, desk: Desk, day: str) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)

    assert [row[1] for row in rows(desk.opens("/follow-ups", day=day))] == ["Maya Okafor"]


def test_reminders_of_a_call_are_among_what_goes_out_and_go_with_it(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.work()
    books(practice, maya, wish())

    page = desk.opens("/follow-ups")
    told = rows(page)
    with practice.at_work():
        turns.take(maya)
        calls.cancel(practice.lead(maya).bookings[0], practice.now)

    assert [(at, who) for at, who, _ in told] == [("10:00 am", "Maya Okafor"), ("9:00 am", "Maya Okafor")]
    assert all("reminds of the call" in email for _, _, email in told)
    assert page.text(".lead").startswith("Two emails go to one person in the next 7 days.")
    assert rows(desk.opens("/follow-ups")) == []


def test_paused_people_are_not_among_what_goes_out(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    desk.does(f"/people/{maya}/pause")

    page = desk.opens("/follow-ups")

    assert rows(page) == []
    assert "One more is paused, or waits until you have read someone’s note." in page.all_text


def test_a_person_to_be_read_first_gets_nothing_more(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA, "Everyone would be better off without me.")
    practice.advance(minutes=1)

    assert rows(desk.opens("/follow-ups")) == []


def test_a_skip_from_here_comes_back_here(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)

    message = practice.open_message(maya).id
    page = desk.does(f"/messages/{message}/skip", came_from="/follow-ups?day=2026-03-13")

    assert page.heading == "Going out"
    assert page.toast.startswith("Skipped. Next is “About cost, plainly”")


def test_hold_everything_stops_all_until_it_is_resumed(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA)
    practice.receives_inquiry(SAM)
    practice.advance(minutes=1)

    page = desk.does("/follow-ups/hold")
    practice.advance(days=4)

    assert page.text(".lead").startswith("Everything is on hold: two emails to two people")
    assert "Hold everything" not in page.buttons()
    assert practice.outbox.subjects_to("sam@example.org") == ["I got your note"]
    assert "Two emails are waiting." in desk.opens("/people").text("#banner")


def test_after_a_hold_overdue_emails_leave_one_by_one(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA)
    practice.receives_inquiry(SAM)
    practice.advance(minutes=1)
    desk.does("/follow-ups/hold")
    practice.advance(days=6)

    page = desk.does("/follow-ups/resumption")
    practice.advance(minutes=5)

    assert page.toast == "Emails go out again. Two waiting emails leave one by one, within your hours."
    sent = [practice.messages(person)[1].sent_at for person in (1, 2)]
    assert None not in sent
    assert sent[0] != sent[1]


def test_the_toast_of_a_hold_takes_it_back(desk: Desk) -> None:
    page = desk.does("/follow-ups/hold")

    assert page.undo == "/follow-ups/resumption"
    assert desk.does(page.undo).toast == "Emails go out again. None was waiting."


def test_a_bounced_slip_is_guessed_and_put_right_in_one_press(practice: Practice, desk: Desk) -> None:
    dead = Refused("550 5.1.2 <owen.fitz@gmial.com> no such domain", dead_address=True)
    owen = with_trouble(practice, OWEN, dead)
    page = desk.opens("/follow-ups")

    assert page.text("#problems h2") == "One needs your help"
    assert page.text("#problems h3") == "Owen Fitzgerald’s email bounced"
    assert "There is no “gmial.com”. Did they mean owen.fitz@gmail.com?" in page.text("#problems p")
    assert "no such domain" in page.text("#problems details")

    failed = practice.messages(owen)[1].id
    page = desk.does(f"/messages/{failed}/address")
    practice.advance(days=6)

    assert page.toast == "Owen’s email goes to owen.fitz@gmail.com now."
    assert practice.outbox.subjects_to("owen.fitz@gmail.com") == [SECOND, "About cost, plainly"]


def test_a_meant_address_that_is_someone_else_s_is_not_taken(practice: Practice, desk: Desk) -> None:
    owen = with_trouble(practice, OWEN, Refused("550 5.1.2 no such domain", dead_address=True))
    practice.receives_inquiry("Owen the Other <owen.fitz@gmail.com>")

    page = desk.does(f"/messages/{practice.messages(owen)[1].id}/address")

    assert page.toast == "owen.fitz@gmail.com belongs to Owen the Other already."


def test_an_uncertain_email_offers_both_ways_out(practice: Practice, desk: Desk) -> None:
    with_trouble(practice, MAYA, Unsure("the line dropped"))

    page = desk.opens("/follow-ups")

    assert page.text("#problems h3") == f"We can’t tell if Maya Okafor got “{SECOND}”"
    assert page.buttons("#problems") == ["It arrived", "Send again"]


def test_the_title_counts_what_is_late_apart_from_what_needs_help(practice: Practice, desk: Desk) -> None:
    with_trouble(practice, MAYA, Unsure("the line dropped"))
    with_trouble(
        practice, "Sam Rivers <sam@example.org>", TryLater("451 4.7.1 try later", account_level=False)
    )

    page = desk.opens("/follow-ups")

    assert page.text("#problems h2") == "One needs your help, one is late"
    assert len(page.root.find("#problems .problem")) == 2


def test_a_delayed_email_needs_nothing_and_shows_no_red_count(practice: Practice, desk: Desk) -> None:
    with_trouble(practice, MAYA, TryLater("451 4.7.1 try later", account_level=False))

    page = desk.opens("/follow-ups")

    assert page.text("#problems h2") == "One is late"
    assert "It said “try later”. We tried once and try again at" in page.text("#problems p")
    assert page.texts(".slot-problems .count") == []


def test_an_account_that_is_down_is_told_once_and_not_for_every_email(practice: Practice, desk: Desk) -> None:
    with_trouble(practice, MAYA, TryLater("535 5.7.8 sign in again", account_level=True))

    page = desk.opens("/follow-ups")

    assert page.text("#problems") == ""
    assert "the sending account isn’t answering" in page.text("#banner")


def test_a_refused_email_can_be_left_be(practice: Practice, desk: Desk) -> None:
    maya = with_trouble(practice, MAYA, Refused("554 5.7.1 policy", dead_address=False))
    page = desk.opens("/follow-ups")
    assert page.text("#problems h3") == "Maya Okafor’s email was refused"

    page = desk.does(f"/messages/{practice.messages(maya)[1].id}/settlement", came_from="/follow-ups")

    assert page.text("#problems") == ""


def test_a_test_email_that_failed_can_be_put_aside(practice: Practice, desk: Desk) -> None:
    practice.outbox.failures = [Refused("550 5.7.1 no", dead_address=False)]
    desk.sends("/follow-ups/emails/1/test", subject="Hello", body="Hi.")
    practice.advance(minutes=1)
    page = desk.opens("/follow-ups")
    assert page.text("#problems h3") == "Your test email was refused"

    page = desk.does(page.attribute("#problems form", "action"))

    assert page.text("#problems") == ""


def test_the_page_costs_the_same_for_three_people_and_for_thirty(
    practice: Practice, client: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def fill(first: int, last: int) -> None:
        for n in range(first, last):
            practice.receives_inquiry(f"Person {n} <person{n}@example.com>", client_key=f"place {n}")
        practice.advance(minutes=1)
        client.get("/follow-ups")  # notes that the browser is in use

    fill(0, 3)
    few = count_queries(lambda: client.get("/follow-ups"))
    fill(3, 30)
    many = count_queries(lambda: client.get("/follow-ups"))

    assert many == few


def test_the_page_is_not_for_strangers(visitor: FlaskClient) -> None:
    assert visitor.get("/follow-ups").status_code == 303
