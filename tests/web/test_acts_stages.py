"""Moving, closing, spam, booking, how it went, later: what each does, and how it is taken back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.models import Booking, Undo
from crm.rules.stages import Stage
from tests.practice import Practice
from tests.web.desk import DIALOG, Desk

MAYA = "maya.o@example.com"


@pytest.fixture
def maya(practice: Practice) -> int:
    """Maya, who wrote a moment ago and has her acknowledgement."""
    maya = practice.receives_inquiry(f"Maya Okafor <{MAYA}>", "Hello.")
    practice.advance(minutes=1)
    return maya


def stage_of(practice: Practice, lead_id: int) -> str:
    with practice.reading():
        lead = practice.lead(lead_id)
        return f"{lead.stage}, {lead.close_reason}" if lead.close_reason else str(lead.stage)


def waits(practice: Practice, lead_id: int) -> bool:
    with practice.reading():
        return practice.lead(lead_id).waiting_for is not None


@pytest.mark.parametrize("stage", [Stage.CONTACTED, Stage.CONSULT_DONE, Stage.CLIENT, Stage.WAITLISTED])
def test_a_move_stops_the_follow_ups_and_says_so(
    practice: Practice, desk: Desk, maya: int, stage: Stage
) -> None:
    page = desk.does(f"/people/{maya}/stage", stage=stage)

    assert page.toast.endswith("Their follow-ups stopped.")
    assert stage_of(practice, maya) == stage
    assert not waits(practice, maya)
    practice.advance(days=60)
    assert len(practice.outbox.to(MAYA)) == 1


def test_a_move_taken_back_goes_on_as_if_nothing_had_been(practice: Practice, desk: Desk, maya: int) -> None:
    due_at = practice.open_message(maya).due_at
    page = desk.does(f"/people/{maya}/stage", stage="client")

    desk.does(page.undo)

    assert stage_of(practice, maya) == "new"
    assert waits(practice, maya)
    assert practice.open_message(maya).due_at == due_at


@pytest.mark.parametrize(
    ("stage", "asks"), [("consult_booked", "booking"), ("referred_out", "referral"), ("closed", "closure")]
)
def test_some_moves_ask_first(practice: Practice, desk: Desk, maya: int, stage: str, asks: str) -> None:
    answer = desk.sends(f"/people/{maya}/stage", {"Referer": "http://localhost/people"}, stage=stage)

    assert answer.status_code == 303
    assert answer.location == f"/people/{maya}/{asks}/new?next=/people"
    assert stage_of(practice, maya) == "new"
    assert 'name="next" value="/people"' in desk.gets(answer.location).text


def test_a_stage_nobody_knows_is_refused(practice: Practice, desk: Desk, maya: int) -> None:
    assert desk.sends(f"/people/{maya}/stage", stage="prospect").status_code == 400
    assert stage_of(practice, maya) == "new"


def test_closing_needs_a_reason(practice: Practice, desk: Desk, maya: int) -> None:
    assert desk.sends(f"/people/{maya}/closure").status_code == 422
    assert stage_of(practice, maya) == "new"

    page = desk.does(f"/people/{maya}/closure", reason="found_someone_else")

    assert page.toast == "Maya is in Closed, found someone else. Their follow-ups stopped."
    assert stage_of(practice, maya) == "closed, found_someone_else"


def test_whoever_is_closed_and_writes_again_is_back_on_today(
    practice: Practice, desk: Desk, maya: int
) -> None:
    desk.does(f"/people/{maya}/closure", reason="unreachable")
    practice.advance(days=40)
    practice.receives_inquiry(f"Maya Okafor <{MAYA}>", "I am ready now.")

    page = desk.opens("/today")

    assert page.text(".row-name") == "Maya Okafor"
    assert "Wrote again" in page.text(".row-why")


def test_spam_gets_nothing_and_waits_for_nobody(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does(f"/people/{maya}/spam")
    practice.advance(days=60)

    assert page.toast.startswith("Maya is in Spam. Nothing is sent to them")
    assert not waits(practice, maya)
    assert len(practice.outbox.to(MAYA)) == 1


def test_not_spam_twice_starts_one_fresh_inquiry(practice: Practice, desk: Desk) -> None:
    rosa = practice.receives_inquiry("Rosa <rosa@example.com>", "Please call.", honeypot="autofilled")

    first = desk.does(f"/people/{rosa}/freedom")
    desk.does(f"/people/{rosa}/freedom")
    practice.advance(minutes=1)

    assert first.toast == "Rosa is on Today, and gets “I got your note” right away."
    assert practice.outbox.subjects_to("rosa@example.com") == ["I got your note"]
    assert practice.story(rosa).count("freed") == 1


def test_a_call_is_agreed_in_the_practices_own_time(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does(f"/people/{maya}/booking", date="2026-03-12", time="10:15", medium="video")

    assert page.toast == "Maya has a call with you Thursday at 10:15 am. Their follow-ups stopped."
    assert stage_of(practice, maya) == "consult_booked"
    with practice.reading():
        booking = db.session.scalars(sa.select(Booking)).one()
        assert booking.starts_at.isoformat() == "2026-03-12T17:15:00+00:00"
        assert booking.medium == "video"


def test_a_call_taken_back_is_off_and_the_follow_ups_go_on(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does(f"/people/{maya}/booking", date="2026-03-12", time="10:15", medium="phone")

    desk.does(page.undo)
    practice.advance(days=4)

    assert stage_of(practice, maya) == "new"
    assert practice.outbox.subjects_to(MAYA) == ["I got your note", "Still here, if it’s useful"]
    assert "How did it go" not in desk.opens("/today").all_text


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"date": "", "time": "10:15"}, "Choose a day."),
        ({"date": "2026-03-12", "time": ""}, "Choose a time."),
        ({"date": "2026-03-10", "time": "13:00"}, "That time has passed."),
        ({"date": "2026-02-30", "time": "10:15"}, "That is no day of the calendar"),
        ({"date": "2026-03-12", "time": "10:15", "medium": "pigeon"}, "Not a valid choice"),
    ],
)
def test_a_call_at_no_time_is_refused_and_what_was_typed_stays(
    practice: Practice, desk: Desk, maya: int, fields: dict[str, str], error: str
) -> None:
    answer = desk.sends(f"/people/{maya}/booking", **{"medium": "phone", **fields})

    assert answer.status_code == 422
    assert error in answer.text
    assert stage_of(practice, maya) == "new"


@pytest.mark.parametrize(
    ("outcome", "toast", "stage"),
    [
        ("held", "You talked with Maya, who is in Consult done.", "consult_done"),
        ("client", "You talked with Maya, who is in Client.", "client"),
        ("waitlisted", "You talked with Maya, who is in Waitlisted.", "waitlisted"),
        ("no_show", "Maya didn’t come. “", "contacted"),
        ("cancelled", "The call with Maya is off.", "contacted"),
    ],
)
def test_how_it_went_leads_on_and_can_be_taken_back(
    practice: Practice, desk: Desk, maya: int, outcome: str, toast: str, stage: str
) -> None:
    desk.does(f"/people/{maya}/booking", date="2026-03-10", time="15:00", medium="phone")
    practice.advance(hours=24)

    page = desk.does("/bookings/1/outcome", outcome=outcome)

    assert page.toast.startswith(toast)
    assert stage_of(practice, maya) == stage
    assert "How did it go" not in desk.opens("/today").all_text
    desk.does(page.undo)
    assert stage_of(practice, maya) == "consult_booked"
    assert "How did it go" in desk.opens("/today").all_text


def test_a_call_is_settled_once(practice: Practice, desk: Desk, maya: int) -> None:
    desk.does(f"/people/{maya}/booking", date="2026-03-10", time="15:00", medium="phone")
    practice.advance(hours=3)

    desk.does("/bookings/1/outcome", outcome="held")
    again = desk.does("/bookings/1/outcome", outcome="no_show")

    assert again.toast == "You talked with Maya, who is in Consult done."
    assert practice.story(maya).count("call_outcome: held") == 1
    assert desk.sends("/bookings/1/outcome").status_code == 422
    assert desk.sends("/bookings/9/outcome", outcome="held").status_code == 404


def test_later_puts_off_until_a_day_and_can_be_taken_back(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does(f"/people/{maya}/snooze", until="2026-03-24")
    assert page.toast == "Maya is back March 24 at 8:30 am, or when they write."
    assert desk.opens("/today").texts(".row") == []

    desk.does(page.undo)

    assert desk.opens("/today").text(".row-name") == "Maya Okafor"


def test_whoever_is_put_off_and_writes_is_back_at_once(practice: Practice, desk: Desk, maya: int) -> None:
    desk.does(f"/people/{maya}/snooze", until="monday")

    practice.hears_back(maya)

    assert desk.opens("/today").text(".row-name") == "Maya Okafor"


@pytest.mark.parametrize("until", ["", "yesterday", "2026-03-09"])
def test_later_than_what_is_asked_for(practice: Practice, desk: Desk, maya: int, until: str) -> None:
    answer = desk.sends(f"/people/{maya}/snooze", until=until)

    assert answer.status_code == 422
    assert waits(practice, maya)
    assert desk.opens("/today").texts(".row")


def test_a_dialog_is_a_page_of_its_own_without_scripts(desk: Desk, maya: int) -> None:
    for act in ("stage", "closure", "referral", "booking", "snooze", "enrollment", "calls", "notes"):
        page = desk.opens(f"/people/{maya}/{act}/new", {"Referer": "http://localhost/today?person=1"})
        fragment = desk.gets(f"/people/{maya}/{act}/new", DIALOG).text
        assert page.heading
        assert page.root.find("main form button")
        assert ">Cancel" in fragment or act in ("stage", "snooze")
        assert fragment.lstrip().startswith('<h2 id="dialog-title">')
        assert "<html" not in fragment


def test_an_act_in_a_dialog_loads_the_page_under_it(desk: Desk, maya: int) -> None:
    here = DIALOG | {"HX-Current-URL": "http://localhost/people?stage=new#top"}
    answer = desk.sends(f"/people/{maya}/closure", here, reason="other")

    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/people?stage=new"


def test_after_an_act_the_next_person_is_selected(practice: Practice, desk: Desk, maya: int) -> None:
    practice.advance(minutes=5)
    practice.receives_inquiry("Daniel Reyes <daniel@example.com>", "Hello.")
    after = desk.opens("/today", person=maya).root.find("#panel form")
    onward = next(
        element.attributes["value"]
        for form in after
        if form.attributes["action"].endswith("/spam")
        for element in form.walk()
        if element.attributes.get("name") == "next"
    )

    page = desk.does(f"/people/{maya}/spam", next=onward)

    assert page.text("#panel h2") == "Daniel Reyes"


def test_the_page_to_go_to_is_always_ours(desk: Desk, maya: int) -> None:
    for next_one in ("https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "/nowhere"):
        answer = desk.sends(f"/people/{maya}/pause", next=next_one)
        assert answer.location == f"/people/{maya}"
    elsewhere = desk.sends(f"/people/{maya}/pause", {"Referer": "https://evil.test/today"})
    assert elsewhere.location == f"/people/{maya}"


def test_nobody_takes_back_what_somebody_else_did(
    practice: Practice, desk: Desk, visitor: FlaskClient, maya: int
) -> None:
    page = desk.does(f"/people/{maya}/spam")

    assert visitor.post(page.undo).status_code == 303
    assert stage_of(practice, maya) == "spam"
    with practice.at_work():
        undo = db.session.scalars(sa.select(Undo)).one()
        assert undo.used_at is None


@pytest.mark.parametrize(
    "act", ["stage", "closure", "referral", "spam", "freedom", "snooze", "booking", "pause", "resumption"]
)
def test_an_act_on_nobody_is_not_found(desk: Desk, act: str) -> None:
    fields = {"stage": "client", "reason": "other", "until": "tomorrow"}
    fields |= {"date": "2026-03-12", "time": "10:00", "medium": "phone"}

    assert desk.sends(f"/people/999/{act}", **fields).status_code == 404


def test_no_act_is_done_by_looking(practice: Practice, desk: Desk, maya: int) -> None:
    for act in ("stage", "closure", "referral", "spam", "freedom", "snooze", "booking", "pause"):
        assert desk.gets(f"/people/{maya}/{act}").status_code == 405

    assert stage_of(practice, maya) == "new"


def test_who_wrote_back_and_became_a_client_is_nobodys_turn(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "Hello.")
    practice.advance(minutes=1)
    practice.receives_mail(answering=practice.outbox.only_to("maya.o@example.com"), text="Thursday suits me.")
    assert "It’s your turn." in desk.opens(f"/people/{maya}").text("#next")

    page = desk.does(f"/people/{maya}/stage", stage="client")

    assert "wrote back" in page.text("#next")
    assert "your turn" not in page.text("#next")
