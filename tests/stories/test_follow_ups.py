"""Whole journeys: someone writes, time passes, and mail goes out exactly as long as it is wanted."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm.db import db
from crm.flows import approvals, consent, follow_up, steering, triage
from crm.models import Account, CallResult, Medium, Message, Outcome
from crm.models import Practice as PracticeRow
from crm.rules.care import Care, CareTaken
from crm.rules.sending import MessageKind
from crm.rules.stages import CloseReason, Stage
from tests.practice import Practice

LA = ZoneInfo("America/Los_Angeles")
MAYA = "Maya Okafor <maya.o@example.com>"
MAYAS_ADDRESS = "maya.o@example.com"


def local(practice: Practice, lead_id: int) -> list[str]:
    """When this person's emails left, as the practice's clock on the wall showed it."""
    sent = [m.sent_at for m in practice.messages(lead_id) if m.sent_at]
    return [f"{at.astimezone(LA):%a %b %d %H:%M}" for at in sent]


def test_a_silent_person_gets_four_emails_and_is_quietly_closed(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA, "I read your piece.")
    practice.advance(days=1)
    with practice.at_work():
        practice.lead(maya).answered(practice.now)
    practice.advance(days=45)

    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == [
        "I got your note",
        "Still here, if it’s useful",
        "About cost, plainly",
        "The door stays open",
    ]
    assert local(practice, maya) == [
        "Tue Mar 10 13:52",
        "Fri Mar 13 13:52",
        "Wed Mar 18 13:52",
        "Mon Mar 30 08:30",
    ]
    assert practice.story(maya)[-2:] == ["follow_ups_finished", "stage_moved: unreachable"]


def test_nobody_is_closed_while_waiting_for_the_owner(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)

    practice.advance(days=90)

    with practice.reading():
        assert practice.lead(maya).stage is Stage.NEW
        assert practice.lead(maya).waiting_for is not None


def test_a_reply_stops_the_follow_ups(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(days=1)
    first = practice.outbox.only_to(MAYAS_ADDRESS)

    practice.hears_back(maya)
    practice.advance(days=30)

    assert practice.outbox.to(MAYAS_ADDRESS) == [first]
    assert practice.story(maya)[-2:] == ["reply_received", "follow_ups_stopped: replied"]


def test_an_answer_stops_the_inquiry_and_starts_after_a_conversation(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)

    practice.answers(maya, "Would Thursday suit you?")
    practice.advance(days=4)

    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == [
        "I got your note",
        "Your note",
        "Whenever you’re ready",
    ]


def test_an_answer_can_leave_it_at_that(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)

    practice.answers(maya, keep=False)
    practice.advance(days=40)

    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == ["I got your note", "Your note"]


def test_an_answer_can_be_taken_back_for_twenty_seconds(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)

    undo = practice.answers(maya)
    practice.advance(seconds=19)
    assert practice.undo(undo)
    practice.advance(days=4)

    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == ["I got your note", "Still here, if it’s useful"]
    with practice.reading():
        assert practice.lead(maya).stage is Stage.NEW


def test_an_answer_that_has_left_cannot_be_taken_back(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    undo = practice.answers(maya)

    practice.advance(seconds=21)

    assert not practice.undo(undo)


def test_unsubscribing_stops_everything_and_a_new_form_does_not_lift_it(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)
    with practice.at_work():
        consent.unsubscribe(practice.lead(maya), practice.now)

    practice.advance(days=10)
    practice.receives_inquiry(MAYA, "I thought about it again.")
    practice.advance(days=40)

    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == ["I got your note"]
    with practice.reading():
        assert practice.lead(maya).waiting_for is not None


def test_only_a_personal_answer_was_asked_for(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA, personal_only=True)

    practice.advance(days=40)

    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == ["I got your note"]
    assert "follow_ups_stopped: no_consent" in practice.story(maya)


def test_moving_someone_stops_their_follow_ups_and_undo_starts_them_again(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)

    with practice.at_work():
        undo = triage.close(practice.lead(maya), CloseReason.NOT_A_FIT, 1, practice.now)
        undo_id = undo.id
    practice.advance(minutes=5)
    assert practice.undo(undo_id)
    practice.advance(days=4)

    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == ["I got your note", "Still here, if it’s useful"]


def test_the_same_person_again_comes_back_to_today(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA, "First.")
    practice.advance(minutes=1)
    with practice.at_work():
        triage.close(practice.lead(maya), CloseReason.OTHER, 1, practice.now)
    practice.advance(days=100)

    again = practice.receives_inquiry("Maya <maya.o@EXAMPLE.com>", "Second.")
    practice.advance(minutes=1)

    assert again == maya
    with practice.reading():
        assert practice.lead(maya).stage is Stage.NEW
        assert [i.message for i in practice.lead(maya).inquiries] == ["First.", "Second."]
    assert [mail.subject for mail in practice.outbox.received if "maya" in mail.recipient] == [
        "I got your note",
        "I got your note",
    ]


def test_a_second_note_the_same_day_is_kept_and_answered_once(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA, "First.")
    practice.advance(hours=2)

    practice.receives_inquiry(MAYA, "I forgot to say.")
    practice.advance(days=4)

    with practice.reading():
        assert len(practice.lead(maya).inquiries) == 2
    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == ["I got your note", "Still here, if it’s useful"]


def test_read_first_people_get_the_first_email_and_then_nothing_until_the_owner_says_so(
    practice: Practice,
) -> None:
    theo = practice.receives_inquiry("Theo <theo@example.com>", "I don't want to be here anymore.")
    practice.advance(days=20)
    assert practice.outbox.subjects_to("theo@example.com") == ["I got your note"]
    assert practice.outbox.only_to("theo@example.com").text.index("988") < 400

    with practice.at_work():
        steering.let_continue(practice.lead(theo), CareTaken(Care.TALKED), 1, practice.now)
    practice.advance(days=4)

    assert practice.outbox.subjects_to("theo@example.com")[1:] == ["Still here, if it’s useful"]


def test_a_pause_holds_and_what_fell_due_meanwhile_goes_at_the_next_opening(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(days=1)
    with practice.at_work():
        enrollment = practice.lead(maya).enrollment
        assert enrollment
        enrollment.pause(practice.now)
    practice.advance(days=10)
    assert len(practice.outbox.to(MAYAS_ADDRESS)) == 1

    practice.at(datetime(2026, 3, 21, 22, 0, tzinfo=LA))
    with practice.at_work():
        enrollment = practice.lead(maya).enrollment
        assert enrollment
        follow_up.resume(enrollment, practice.now)
    practice.advance(days=3)

    assert local(practice, maya)[1] == "Mon Mar 23 08:30"


def test_skipping_an_email_plans_the_next_from_where_it_would_have_gone(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)

    with practice.at_work():
        following = follow_up.skip(practice.lead(maya).messages[-1], practice.now, 1)
        assert following
        assert following.due_at == datetime(2026, 3, 18, 13, 52, tzinfo=LA)
    practice.advance(days=9)

    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == ["I got your note", "About cost, plainly"]


def test_send_now_goes_at_night_and_the_next_is_counted_from_it(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=10)

    with practice.at_work():
        follow_up.send_now(practice.lead(maya).messages[-1], practice.now)
    practice.advance(minutes=1)

    assert local(practice, maya) == ["Tue Mar 10 13:52", "Tue Mar 10 23:52"]
    assert practice.open_message(maya).due_at == datetime(2026, 3, 16, 8, 30, tzinfo=LA)


def test_holding_everything_holds_all_but_what_people_write_themselves(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    practice.advance(minutes=1)
    with practice.at_work():
        PracticeRow.current().hold_everything(practice.now)
    practice.answers(sam)
    practice.advance(days=10)
    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == ["I got your note"]
    assert practice.outbox.subjects_to("sam@example.org") == ["I got your note", "Your note"]

    with practice.at_work():
        assert follow_up.resume_everything(practice.now) == 2
    practice.advance(days=1)

    assert len(practice.outbox.to(MAYAS_ADDRESS)) == 2
    assert practice.messages(maya)[1].sent_at != practice.messages(sam)[-1].sent_at


def not_about_the_call(practice: Practice) -> list[str]:
    """The subjects of what Maya got besides the notes about her call."""
    with practice.reading() as session:
        notes = session.scalars(sa.select(Message).where(Message.kind == MessageKind.CALL))
        about_it = {note.subject for note in notes}
    return [each for each in practice.outbox.subjects_to(MAYAS_ADDRESS) if each not in about_it]


def test_a_call_agreed_stops_the_follow_ups_and_a_no_show_gets_one_gentle_note(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)
    with practice.at_work():
        triage.book(practice.lead(maya), practice.now + timedelta(days=2), Medium.PHONE, 1, practice.now)
    practice.advance(days=3)
    assert not_about_the_call(practice) == ["I got your note"]

    with practice.at_work():
        booking = practice.lead(maya).booking
        assert booking
        triage.settle_call(booking, Outcome.NO_SHOW, 1, practice.now)
    practice.advance(days=5)

    assert len(not_about_the_call(practice)) == 2
    assert practice.story(maya)[1:4] == [
        "follow_ups_started: New inquiry",
        "message_sent",
        "follow_ups_stopped: booked",
    ]


def test_a_logged_call_is_an_answer(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)

    practice.logs_call(maya, CallResult.VOICEMAIL, "Kept it short.")
    practice.advance(days=30)

    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == ["I got your note"]
    with practice.reading():
        assert practice.lead(maya).stage is Stage.CONTACTED


def test_spring_forward_and_fall_back_keep_the_hour_on_the_wall(practice: Practice) -> None:
    practice.at(datetime(2026, 10, 29, 10, 0, tzinfo=LA))
    autumn = practice.receives_inquiry("Ana <ana@example.com>")
    practice.advance(days=12)

    assert local(practice, autumn)[1:3] == ["Mon Nov 02 08:30", "Mon Nov 09 08:30"]


def test_follow_ups_never_leave_at_night_on_weekends_or_holidays(practice: Practice) -> None:
    practice.at(datetime(2026, 7, 1, 23, 30, tzinfo=LA))

    ida = practice.receives_inquiry("Ida <ida@example.com>")
    practice.advance(days=40)

    assert local(practice, ida)[0] == "Wed Jul 01 23:30"
    for instant in (m.sent_at.astimezone(LA) for m in practice.messages(ida)[1:] if m.sent_at):
        assert instant.weekday() < 5
        assert (8, 30) <= (instant.hour, instant.minute) < (18, 0)
        assert instant.date() != datetime(2026, 7, 3, tzinfo=LA).date()


def test_the_owner_reads_each_email_before_it_goes(practice: Practice) -> None:
    """One he approves in time, one he forgets, and then she writes while the last one waits."""
    practice.asks_first()
    maya = practice.receives_inquiry(MAYA)
    practice.advance(days=1)
    with practice.at_work():
        draft = db.session.get_one(Message, practice.open_message(maya).id)
        owner = Account.owner()
        assert owner is not None
        approvals.approve(draft, owner.id, practice.now)
    practice.advance(days=14)
    practice.hears_back(maya)
    practice.advance(days=60)

    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == ["I got your note", "Still here, if it’s useful"]
    assert local(practice, maya) == ["Tue Mar 10 13:52", "Fri Mar 13 13:52"]
    assert practice.story(maya)[3:] == [
        "message_approved",
        "message_sent",
        "message_skipped: not_approved",
        "reply_received",
        "follow_ups_stopped: replied",
    ]
