"""Settings: what the owner decides for himself. Each card saves itself and says what that did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from crm.mail.transport import Refused, TryLater, Unsure
from crm.models import Practice as PracticeRow
from crm.rules.promises import Promise
from tests.practice import OWNER_EMAIL, Practice
from tests.web.desk import Desk
from tests.web.door import FORM
from tests.web.reading import Page, read

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
SECTIONS = [
    "Practice",
    "Sending account",
    "Mailbox",
    "Sending hours",
    "Calls",
    "Colleagues",
    "Your forms",
    "Ways in",
    "Tell other programs",
    "Spam",
    "Words of danger",
    "People who sign in",
    "Privacy",
    "Your account",
]
PRACTICE = {
    "name": "Elm Street",
    "signer": "C.",
    "office_address": "2 Elm St",
    "locality": "by the sea",
    "zone_name": "America/Los_Angeles",
    "promise": "two_business_days",
}
HOURS: dict[str, object] = {
    "weekdays": ["0", "1", "2", "3", "4"],
    "opens": "08:30",
    "closes": "18:00",
    "rests_on_holidays": "y",
}


def row(practice: Practice) -> PracticeRow:
    with practice.reading():
        return PracticeRow.current()


def refused(desk: Desk, address: str, **fields: object) -> Page:
    answer = desk.sends(address, **fields)
    assert answer.status_code == 422
    return Page(answer.text)


def saves_hours(desk: Desk, **changed: object) -> Page:
    return desk.does("/settings/hours", "", **HOURS | changed)


def test_the_sections_are_listed_and_lead_to_each_other(desk: Desk) -> None:
    for section in (
        "practice",
        "sending",
        "hours",
        "calls",
        "form",
        "ways-in",
        "other-programs",
        "spam",
        "danger",
        "accounts",
        "account",
        "shortcuts",
    ):
        page = desk.opens(f"/settings/{section}")
        assert page.texts("#sections a") == SECTIONS
        assert page.heading == "Settings"


def test_the_first_page_is_a_list_on_a_phone_and_the_practice_where_there_is_room(desk: Desk) -> None:
    page = desk.opens("/settings")

    assert page.texts(".list-page a") == SECTIONS
    assert page.text("#sections [aria-current]") == "Practice"
    assert page.attribute("#name", "value") == "Spring Street Therapy"


def test_saving_the_practice_changes_what_people_see(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    page = desk.does("/settings/practice", **PRACTICE)

    assert page.toast == "Saved."
    assert page.text(".brand") == "Elm Street"
    form = visitor.get(FORM).text
    assert "within two business days" in form
    assert "Elm Street, by the sea" in form
    assert "Send to C." in form
    assert row(practice).promise is Promise.TWO_BUSINESS_DAYS


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", "", "What stands on your door?"),
        ("signer", "  ", "How do your letters end?"),
        ("name", "x" * 101, "A hundred characters are the most."),
        ("zone_name", "Mars/Olympus", "Not a valid choice"),
        ("promise", "never", "Not a valid choice"),
    ],
)
def test_a_practice_that_cannot_be_is_told_and_kept_on_the_page(
    practice: Practice, desk: Desk, field: str, typed: str, told: str
) -> None:
    page = refused(desk, "/settings/practice", **PRACTICE | {field: typed})

    assert told in page.text(".error")
    assert page.attribute("#office_address", "value") == "2 Elm St"
    assert row(practice).name == "Spring Street Therapy"


def test_a_missing_office_address_is_marked_and_says_why(desk: Desk) -> None:
    assert "needs attention" not in str(desk.gets("/settings/hours").text)

    page = desk.does("/settings/practice", **PRACTICE | {"office_address": ""})

    assert "The law for emails like these (CAN-SPAM)" in page.text(".notice")
    assert "needs attention" in desk.gets("/settings/hours").text


def test_the_name_goes_no_further_than_one_line(practice: Practice, desk: Desk) -> None:
    desk.does("/settings/practice", **PRACTICE | {"name": "Elm\r\nBcc: x@example.org\x00 Street"})

    assert row(practice).name == "Elm Bcc: x@example.org Street"


@pytest.fixture
def sam(practice: Practice) -> Callable[[], datetime]:
    """Someone whose next email is planned for Friday, March 13, 1:52 pm: when it goes, as told here."""
    lead_id = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(minutes=1)
    return lambda: practice.open_message(lead_id).due_at.astimezone(LOS_ANGELES)


def test_new_hours_move_what_is_planned_and_say_how_much(desk: Desk, sam: Callable[[], datetime]) -> None:
    assert sam() == datetime(2026, 3, 13, 13, 52, tzinfo=LOS_ANGELES)

    page = saves_hours(desk, opens="15:00")

    assert page.toast == "Saved. One planned email moved to fit."
    assert sam() == datetime(2026, 3, 13, 15, 0, tzinfo=LOS_ANGELES)


def test_days_off_move_what_is_planned(desk: Desk, sam: Callable[[], datetime]) -> None:
    saves_hours(desk, weekdays=["1", "2"])

    assert sam() == datetime(2026, 3, 17, 8, 30, tzinfo=LOS_ANGELES)


def test_hours_that_fit_move_nothing(desk: Desk, sam: Callable[[], datetime]) -> None:
    before = sam()

    page = saves_hours(desk, closes="19:00")

    assert page.toast == "Saved."
    assert sam() == before


def test_longer_hours_bring_back_what_they_had_moved(desk: Desk, sam: Callable[[], datetime]) -> None:
    before = sam()
    saves_hours(desk, opens="15:00")

    saves_hours(desk)

    assert sam() == before


def test_new_hours_send_nothing_at_this_moment(
    practice: Practice, desk: Desk, sam: Callable[[], datetime]
) -> None:
    saves_hours(desk, closes="13:30")
    assert sam() == datetime(2026, 3, 16, 8, 30, tzinfo=LOS_ANGELES)
    practice.at(datetime(2026, 3, 13, 16, 0, tzinfo=LOS_ANGELES))

    saves_hours(desk)
    practice.advance(hours=3)

    assert sam() == datetime(2026, 3, 16, 8, 30, tzinfo=LOS_ANGELES)
    assert len(practice.outbox.to("sam@example.org")) == 1


def test_another_zone_moves_what_is_planned(desk: Desk, sam: Callable[[], datetime]) -> None:
    page = desk.does("/settings/practice", **PRACTICE | {"zone_name": "Europe/Berlin"})

    assert page.toast == "Saved. One planned email moved to fit."
    assert sam() == datetime(2026, 3, 16, 8, 30, tzinfo=ZoneInfo("Europe/Berlin"))


def test_moving_many_costs_as_many_queries_as_moving_few(
    practice: Practice, desk: Desk, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def moves(opens: str) -> int:
        return count_queries(lambda: desk.sends("/settings/hours", **HOURS | {"opens": opens}))

    practice.limits = type(practice.limits)(min_seconds=0, acks_per_client_hour=100)
    for number in range(3):
        practice.receives_inquiry(f"Sam <sam{number}@example.org>", client_key=str(number))
    practice.advance(minutes=1)
    moves("14:00")
    few = moves("15:00")
    for number in range(3, 25):
        practice.receives_inquiry(f"Sam <sam{number}@example.org>", client_key=str(number))
    practice.advance(minutes=1)

    assert moves("16:00") <= few + 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"weekdays": []}, "Choose at least one day."),
        ({"weekdays": ["9"]}, "not"),
        ({"opens": "18:00"}, "It should be later than the first time."),
        ({"opens": "soon"}, "That is no time of day. One looks like 8:30 or 14:00."),
        ({"closes": ""}, "Until when?"),
    ],
)
def test_hours_that_cannot_be_are_told(
    practice: Practice, desk: Desk, changed: dict[str, object], told: str
) -> None:
    page = refused(desk, "/settings/hours", **HOURS | changed)

    assert told in " ".join(page.texts(".error"))
    assert row(practice).opens == time(8, 30)


def test_the_next_holiday_is_named(desk: Desk) -> None:
    assert "(next: Memorial Day, May 25)" in desk.opens("/settings/hours").all_text


def test_a_test_goes_to_who_is_signed_in_and_its_outcome_is_told(practice: Practice, desk: Desk) -> None:
    pressed = desk.does("/settings/sending/tests")
    practice.advance(seconds=5)
    page = desk.opens("/settings/sending")

    assert pressed.toast == f"A test goes to {OWNER_EMAIL} now."
    assert pressed.text("#outcome") == f"The test is on its way to {OWNER_EMAIL}."
    assert pressed.attribute("#sending", "hx-get") == "/settings/sending"
    assert practice.outbox.subjects_to(OWNER_EMAIL) == ["[Test] It works"]
    assert (
        page.text("#outcome") == f"The server took the test today at 1:52 pm. Look for it at {OWNER_EMAIL}."
    )
    assert "Last test today at 1:52 pm." in page.text("#sending .card-row")
    assert "hx-get" not in page.root.find("#sending")[0].attributes


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (Refused("550 5.7.1 not from here", dead_address=False), "refused the test. It said: 550 5.7.1 not"),
        (Unsure("connection lost"), "Look whether it arrived."),
        (TryLater("421 busy", account_level=False), "What came back: 421 busy"),
        (TryLater("535 5.7.8 bad credentials", account_level=True), "What came back: 535 5.7.8 bad"),
    ],
)
def test_a_test_that_fails_tells_what_the_server_said(
    practice: Practice, desk: Desk, failure: Refused | Unsure | TryLater, told: str
) -> None:
    practice.outbox.failures.append(failure)

    desk.does("/settings/sending/tests")
    practice.work()

    assert told in desk.opens("/settings/sending").text("#outcome")


def test_a_test_nobody_sends_says_so(practice: Practice, desk: Desk) -> None:
    desk.does("/settings/sending/tests")
    practice.at(practice.now + timedelta(minutes=2))

    assert "Is the worker running?" in desk.opens("/settings/sending").text("#outcome")


def test_an_account_that_fails_is_marked_with_the_servers_words(practice: Practice, desk: Desk) -> None:
    practice.outbox.failures.append(TryLater("535 5.7.8 <b>bad</b> credentials", account_level=True))
    practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.work()

    page = desk.opens("/settings/sending")

    assert "hasn’t taken an email since today at 1:52 pm" in page.text("#sending .notice")
    assert "535 5.7.8 <b>bad</b> credentials" in page.text("#sending q")
    assert "needs attention" in desk.gets("/settings/hours").text


def test_the_server_is_named_and_its_password_never(practice: Practice, desk: Desk) -> None:
    assert "Emails leave through 127.0.0.1." in desk.opens("/settings/sending").all_text


def test_the_sender_can_be_changed(practice: Practice, desk: Desk) -> None:
    opened = desk.opens("/settings/sending", change=1)
    page = desk.does(
        "/settings/sending", sender_name="Connor, Elm Street", sender_address="hello@elm.example"
    )
    desk.does("/settings/sending/tests")
    practice.work()

    assert opened.attribute("#sender_address", "value") == OWNER_EMAIL
    assert page.toast == "Saved. Send a test to be sure."
    sender = str(practice.outbox.only_to(OWNER_EMAIL).mail["From"])
    assert "hello@elm.example" in sender
    assert "Connor, Elm Street" in sender


def test_a_sender_that_tells_too_much_is_pointed_out(desk: Desk) -> None:
    page = desk.does("/settings/sending", sender_name="Anxiety Therapy", sender_address=OWNER_EMAIL)

    assert page.toast == "Saved. People see “Anxiety” and “Therapy” on their lock screens now."


def test_a_sender_that_cannot_be_is_told_and_kept(practice: Practice, desk: Desk) -> None:
    page = refused(desk, "/settings/sending", sender_name="Connor", sender_address="connor@elm")

    assert "Is something missing after “elm”?" in page.text(".error")
    assert page.attribute("#sender_address", "value") == "connor@elm"
    assert row(practice).sender_address == OWNER_EMAIL


def test_notices_are_switched_off_and_on(practice: Practice, desk: Desk) -> None:
    off = desk.does("/settings/practice/notices")
    practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.work()
    assert practice.outbox.to(OWNER_EMAIL) == []

    on = desk.does("/settings/practice/notices", notify_owner="1")
    practice.receives_inquiry("Ana <ana@example.org>")
    practice.work()

    assert [off.toast, on.toast] == [
        "No more notices by email.",
        "You get an email when someone writes.",
    ]
    assert len(practice.outbox.to(OWNER_EMAIL)) == 1


def test_warnings_before_a_promise_ends_are_switched_off_and_on(practice: Practice, desk: Desk) -> None:
    off = desk.does("/settings/practice/warnings")
    assert row(practice).warns_of_promises is False

    on = desk.does("/settings/practice/warnings", warns_of_promises="1")

    assert [off.toast, on.toast] == [
        "No more notes before a promise ends.",
        "You get a note before a promise to answer ends.",
    ]
    assert row(practice).warns_of_promises is True


def test_his_list_for_a_bad_moment_stands_beside_a_note_to_read_first(practice: Practice, desk: Desk) -> None:
    desk.does("/settings/practice/checklist", crisis_checklist="1. Breathe\r\n2. Call the line\x00")

    assert row(practice).crisis_checklist == "1. Breathe\n2. Call the line"
    assert desk.opens("/settings/practice").text("#crisis_checklist") == "1. Breathe 2. Call the line"


def test_a_list_too_long_to_read_is_told(desk: Desk) -> None:
    page = refused(desk, "/settings/practice/checklist", crisis_checklist="x" * 5001)

    assert "5,000 characters" in page.text(".error")
    assert page.attribute("#name", "value") == "Spring Street Therapy"


def test_the_note_of_the_day_has_a_time_or_none(practice: Practice, desk: Desk) -> None:
    wanted = desk.does("/settings/practice/daily-note", daily_note_at="08:00")
    shown = desk.opens("/settings/practice").attribute("#daily_note_at", "value")
    not_wanted = desk.does("/settings/practice/daily-note", daily_note_at="")

    assert wanted.toast == "Your day comes by email at 8:00 am, when somebody waits."
    assert shown == "08:00"
    assert not_wanted.toast == "No note of the day any more."


def test_a_time_that_is_none_is_said_at_its_field(desk: Desk) -> None:
    page = read(desk.sends("/settings/practice/daily-note", daily_note_at="25:99"), 422)

    assert page.text(".error") == "That is no time of day. One looks like 8:30 or 14:00."
