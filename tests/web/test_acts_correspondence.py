"""The owner writes, notes and logs a call; nothing typed is lost, and nothing goes twice."""

from __future__ import annotations

from functools import partial

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.db import db
from crm.models import Account, Draft, Message, Note, Suppression
from crm.rules.intake import Submission
from crm.rules.sending import SuppressionReason
from tests.at_once import at_once
from tests.practice import Practice, sign_in
from tests.web.desk import DIALOG, Desk

MAYA = "maya.o@example.com"
KEY = "a-form-of-its-own"


@pytest.fixture
def maya(practice: Practice) -> int:
    """Maya, who wrote a moment ago and has her acknowledgement."""
    maya = practice.receives_inquiry(f"Maya Okafor <{MAYA}>", "Hello.")
    practice.advance(minutes=1)
    return maya


def draft_of(practice: Practice) -> tuple[str, str] | None:
    with practice.reading():
        draft = db.session.scalar(sa.select(Draft))
        return (draft.subject, draft.text) if draft else None


def test_an_answer_leaves_after_twenty_seconds_and_stops_the_follow_ups(
    practice: Practice, desk: Desk, maya: int
) -> None:
    page = desk.does(f"/people/{maya}/replies", words="Would Thursday suit you?", after="nothing", key=KEY)

    assert page.toast == "Sent to Maya. No follow-ups go out."
    practice.advance(seconds=19)
    assert practice.outbox.subjects_to(MAYA) == ["I got your note"]
    practice.advance(days=60)
    answer = practice.outbox.to(MAYA)[-1]
    assert answer.subject == "Re: I got your note"
    assert "Would Thursday suit you?" in answer.text
    assert len(practice.outbox.to(MAYA)) == 2
    assert "follow_ups_stopped: answered" in practice.story(maya)
    assert "Nobody is waiting" in desk.opens("/today").all_text


def test_an_answer_keeps_the_thread(practice: Practice, desk: Desk, maya: int) -> None:
    desk.does(f"/people/{maya}/replies", words="One.", after="nothing")
    practice.advance(minutes=1)
    desk.does(f"/people/{maya}/replies", words="Two.", after="nothing")
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to(MAYA)[1:] == ["Re: I got your note", "Re: I got your note"]
    first, _, second = practice.outbox.to(MAYA)
    assert second.mail["References"].split()[0] == first.message_id


def test_follow_ups_may_go_on_if_no_answer_comes(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does(f"/people/{maya}/replies", words="Would Thursday suit you?", after="keep")

    assert "If no answer comes, “" in page.toast
    assert "goes Friday at 1:53 pm." in page.toast


def test_a_double_click_sends_one_letter(practice: Practice, desk: Desk, maya: int) -> None:
    first = desk.does(f"/people/{maya}/replies", words="Would Thursday suit you?", key=KEY)
    second = desk.does(f"/people/{maya}/replies", words="Would Thursday suit you?", key=KEY)
    practice.advance(minutes=1)

    assert len(practice.outbox.to(MAYA)) == 2
    assert first.undo == second.undo


def test_two_clicks_at_the_very_same_moment_send_one_letter(practice: Practice, maya: int) -> None:
    def click(browser: FlaskClient) -> TestResponse:
        return browser.post(f"/people/{maya}/replies", data={"words": "Thursday?", "key": KEY})

    browsers = [practice.app.test_client() for _ in range(2)]
    for browser in browsers:
        sign_in(practice, browser)
    answers = at_once(*(partial(click, browser) for browser in browsers))
    practice.advance(minutes=1)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(practice.outbox.to(MAYA)) == 2


def test_the_same_form_with_other_words_is_another_letter(practice: Practice, desk: Desk, maya: int) -> None:
    desk.does(f"/people/{maya}/replies", words="Would Thursday suit you?", key=KEY)
    desk.does(f"/people/{maya}/replies", words="I meant Friday.", key=KEY)
    practice.advance(minutes=1)

    assert len(practice.outbox.to(MAYA)) == 3


def test_what_was_taken_back_can_be_sent_from_the_same_form(
    practice: Practice, desk: Desk, maya: int
) -> None:
    page = desk.does(f"/people/{maya}/replies", words="Would Thursday suit you?", key=KEY)
    desk.does(page.undo)
    desk.does(f"/people/{maya}/replies", words="Would Thursday suit you?", key=KEY)
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to(MAYA) == ["I got your note", "Re: I got your note"]


def test_undo_keeps_the_letter_as_a_draft_and_puts_everything_back(
    practice: Practice, desk: Desk, maya: int
) -> None:
    before = practice.open_message(maya).due_at
    page = desk.does(f"/people/{maya}/replies", words="Would Thursday suit you?", subject="Thursday?")
    assert draft_of(practice) is None

    undone = desk.does(page.undo, came_from=f"/people/{maya}")

    assert undone.toast == "Undone. Maya is back as before."
    assert draft_of(practice) == ("Thursday?", "Would Thursday suit you?")
    assert practice.open_message(maya).due_at == before
    practice.advance(minutes=1)
    assert practice.outbox.subjects_to(MAYA) == ["I got your note"]
    assert desk.opens("/today").text(".row-name") == "Maya Okafor"


def test_a_letter_that_has_left_cannot_be_taken_back(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does(f"/people/{maya}/replies", words="Would Thursday suit you?")
    practice.advance(minutes=1)

    assert desk.does(page.undo).toast.startswith("That can’t be taken back any more.")


def test_a_letter_sent_from_today_leads_back_to_the_next_person_there(
    practice: Practice, desk: Desk, maya: int
) -> None:
    daniel = practice.receives_inquiry("Daniel Reyes <daniel@example.com>", "Hello.")
    onward = f"/today?person={daniel}"
    assert f'name="next" value="{onward}"' in desk.gets(f"/people/{maya}", next=onward).text
    swapping = {"HX-Request": "true", "HX-Current-URL": f"http://localhost/people/{maya}"}

    plain = desk.does(f"/people/{maya}/replies", words="Thursday?", next=onward)
    swapped = desk.sends(f"/people/{maya}/replies", swapping, words="Friday?", next=onward)

    assert plain.text("#panel h2") == "Daniel Reyes"
    assert (swapped.status_code, swapped.headers["HX-Redirect"]) == (204, onward)
    assert desk.opens(onward).toast.startswith("Sent to Maya.")


def test_an_empty_letter_is_refused_with_its_subject_kept(desk: Desk, maya: int) -> None:
    answer = desk.sends(f"/people/{maya}/replies", words="  ", subject="Thursday?")

    assert answer.status_code == 422
    assert "Write something first." in answer.text
    assert "Thursday?" in answer.text


def test_a_letter_with_a_blank_nobody_knows_is_refused_by_its_name(
    practice: Practice, desk: Desk, maya: int
) -> None:
    answer = desk.sends(f"/people/{maya}/replies", words="Hello {frist name}, how are you?")
    practice.advance(minutes=1)

    assert answer.status_code == 422
    assert "frist name" in answer.text
    assert len(practice.outbox.to(MAYA)) == 1


def test_nobody_writes_to_an_address_that_bounced(practice: Practice, desk: Desk, maya: int) -> None:
    with practice.at_work():
        Suppression.suppress(MAYA, SuppressionReason.BOUNCED, practice.now)

    answer = desk.sends(f"/people/{maya}/replies", words="Hello.")

    assert answer.status_code == 422
    assert "Correct the address first." in answer.text


def test_someone_who_unsubscribed_can_still_be_answered(practice: Practice, desk: Desk, maya: int) -> None:
    with practice.at_work():
        Suppression.suppress(MAYA, SuppressionReason.UNSUBSCRIBED, practice.now)

    desk.does(f"/people/{maya}/replies", words="Hello.", after="nothing")
    practice.advance(minutes=1)

    assert len(practice.outbox.to(MAYA)) == 2


def test_someone_without_an_address_cannot_be_written_to(practice: Practice, desk: Desk) -> None:
    rosa = practice.submits(Submission(name="Rosa", phone="+12135550148", nonce="n"))

    answer = desk.sends(f"/people/{rosa}/replies", words="Hello.")

    assert answer.status_code == 422
    assert practice.messages(rosa) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"words": "x" * 20_001},
        {"words": "Hello.", "subject": "s" * 151},
        {"words": "Hello.", "key": "<evil>@example.com\r\nBcc: x"},
        {"words": "Hello.", "after": "send money"},
    ],
)
def test_a_letter_that_no_form_of_ours_made_is_refused(
    practice: Practice, desk: Desk, maya: int, fields: dict[str, str]
) -> None:
    assert desk.sends(f"/people/{maya}/replies", **fields).status_code == 422

    with practice.reading():
        assert db.session.scalar(sa.select(sa.func.count(Message.id)).where(Message.kind == "reply")) == 0


def test_a_subject_never_holds_a_second_line(practice: Practice, desk: Desk, maya: int) -> None:
    desk.does(f"/people/{maya}/replies", words="Hello.", subject="One\r\nBcc: x@example.com", after="nothing")
    practice.advance(minutes=1)

    assert practice.outbox.to(MAYA)[-1].subject == "One Bcc: x@example.com"
    assert practice.outbox.to("x@example.com") == []


def test_a_note_is_kept_and_tells_nobody(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does(f"/people/{maya}/notes", words="Asked about Thursdays.")

    assert page.toast == "The note is kept. They never see it."
    assert practice.open_message(maya).is_open
    with practice.reading():
        assert db.session.scalars(sa.select(Note.text)).all() == ["Asked about Thursdays."]
    assert desk.sends(f"/people/{maya}/notes", words=" ").status_code == 422


def test_a_logged_call_answers_them_and_can_be_taken_back(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does(f"/people/{maya}/calls", result="voicemail", words="Kept it short.")
    assert page.toast == "Your call to Maya is noted. Their follow-ups stopped."
    assert practice.story(maya)[-2:] == ["call_logged: voicemail", "follow_ups_stopped: called"]

    desk.does(page.undo)

    assert practice.open_message(maya).is_open
    assert desk.opens("/today").text(".row-name") == "Maya Okafor"


def test_a_call_needs_to_say_what_came_of_it(desk: Desk, maya: int) -> None:
    answer = desk.sends(f"/people/{maya}/calls", words="Kept it short.", result="")
    in_dialog = desk.sends(f"/people/{maya}/calls", DIALOG, words="Kept it short.")

    assert (answer.status_code, in_dialog.status_code) == (422, 422)
    assert "Kept it short." in answer.text
    assert "<html" not in in_dialog.text
    assert "Say what came of it." in in_dialog.text
    assert "Kept it short." in in_dialog.text


def test_a_draft_is_kept_as_he_types_until_it_is_sent(practice: Practice, desk: Desk, maya: int) -> None:
    for words in ("Would", "Would Thursday", "Would Thursday suit you?"):
        assert (
            desk.sends(f"/people/{maya}/draft", kind="reply", subject="Yes", words=words).status_code == 204
        )
    assert draft_of(practice) == ("Yes", "Would Thursday suit you?")
    assert "Would Thursday suit you?" in desk.opens(f"/people/{maya}").all_text

    desk.does(f"/people/{maya}/replies", words="Would Thursday suit you?")

    assert draft_of(practice) is None


def test_an_emptied_draft_is_forgotten_and_each_side_has_its_own(
    practice: Practice, desk: Desk, maya: int
) -> None:
    desk.sends(f"/people/{maya}/draft", kind="note", words="A note.")
    desk.sends(f"/people/{maya}/draft", kind="reply", words="A reply.")
    desk.sends(f"/people/{maya}/draft", kind="note", words="")

    assert draft_of(practice) == ("", "A reply.")
    assert desk.sends(f"/people/{maya}/draft", kind="poem", words="x").status_code == 422


def test_a_draft_is_his_own(practice: Practice, desk: Desk, maya: int) -> None:
    desk.sends(f"/people/{maya}/draft", kind="reply", words="Mine.")

    with practice.at_work():
        june = Account.create("june@springstreet.example", "June", "a long enough password", practice.now)
        db.session.flush()
        assert Draft.of(june.id, maya, "reply") is None  # type: ignore[arg-type]


@pytest.mark.parametrize("place", ["replies", "notes", "calls", "draft"])
def test_nobody_is_not_found(desk: Desk, place: str) -> None:
    answer = desk.sends(f"/people/999/{place}", words="Hello.", result="spoke", kind="reply")

    assert answer.status_code == 404


@pytest.mark.parametrize("place", ["replies", "notes", "calls", "draft"])
def test_strangers_write_to_nobody(visitor: FlaskClient, practice: Practice, maya: int, place: str) -> None:
    answer = visitor.post(f"/people/{maya}/{place}", data={"words": "Hello.", "result": "spoke"})

    assert answer.status_code == 303
    assert "/sign-in" in answer.location
    with practice.reading():
        assert db.session.scalar(sa.select(sa.func.count(Note.id))) == 0
