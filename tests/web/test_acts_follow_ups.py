"""Steering one person's follow-ups: pause, resume, start, skip, send now, and emails in trouble."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.mail.transport import Refused, Unsure
from crm.models import Message, Sequence
from tests.outbox import Outbox
from tests.practice import Practice
from tests.web.desk import Desk

MAYA = "maya.o@example.com"
FIRST, SECOND, THIRD = "I got your note", "Still here, if it’s useful", "About cost, plainly"
DANGER = "Everyone would be better off without me."


@pytest.fixture
def maya(practice: Practice) -> int:
    """Maya, who wrote a moment ago and has her acknowledgement."""
    maya = practice.receives_inquiry(f"Maya Okafor <{MAYA}>", "Hello.")
    practice.advance(minutes=1)
    return maya


def sequence_named(practice: Practice, name: str) -> int:
    with practice.reading():
        return db.session.scalars(sa.select(Sequence.id).where(Sequence.name == name)).one()


def test_a_pause_holds_everything_until_it_is_turned_on_again(
    practice: Practice, desk: Desk, maya: int
) -> None:
    desk.does(f"/people/{maya}/pause")
    practice.advance(days=30)
    assert practice.outbox.subjects_to(MAYA) == [FIRST]

    page = desk.does(f"/people/{maya}/resumption")
    practice.advance(days=1)

    assert page.toast.startswith(f"Maya’s follow-ups are on again. “{SECOND}” goes")
    assert practice.outbox.subjects_to(MAYA) == [FIRST, SECOND]


def test_a_pause_can_be_taken_back(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does(f"/people/{maya}/pause")

    desk.does(page.undo)
    practice.advance(days=4)

    assert practice.outbox.subjects_to(MAYA) == [FIRST, SECOND]


def test_pausing_what_does_not_run_says_so(practice: Practice, desk: Desk, maya: int) -> None:
    desk.does(f"/people/{maya}/stage", stage="contacted")

    assert desk.does(f"/people/{maya}/pause").toast == "Maya has no follow-ups to pause."


def test_who_is_read_first_gets_follow_ups_again_only_after_his_word(practice: Practice, desk: Desk) -> None:
    theo = practice.receives_inquiry("Theo <theo@example.com>", DANGER)
    practice.advance(days=10)
    assert practice.outbox.subjects_to("theo@example.com") == [FIRST]

    told = {"care": "talked", "heard": heard(desk, theo), "goes_on": "y"}
    page = desk.does(f"/people/{theo}/reassurance", **told)
    practice.advance(days=1)

    assert page.toast.startswith("Theo is no longer marked to be read first. The follow-ups continue.")
    assert practice.outbox.subjects_to("theo@example.com") == [FIRST, SECOND]


def test_who_only_writes_down_what_was_done_lets_nothing_go(practice: Practice, desk: Desk) -> None:
    theo = practice.receives_inquiry("Theo <theo@example.com>", DANGER)
    practice.advance(days=10)
    dialog = desk.opens(f"/people/{theo}/reassurance/new")
    assert "The follow-ups stay on hold, unless you let them go on" in dialog.text("main")

    page = desk.does(f"/people/{theo}/reassurance", care="talked", heard=heard(desk, theo))
    practice.advance(days=10)
    assert page.toast.endswith("The follow-ups stay on hold until you press Resume.")
    assert practice.outbox.subjects_to("theo@example.com") == [FIRST]

    desk.does(f"/people/{theo}/resumption")
    practice.advance(days=1)
    assert practice.outbox.subjects_to("theo@example.com") == [FIRST, SECOND]


def test_nobody_comes_off_the_top_before_it_is_written_down_what_was_done(
    practice: Practice, desk: Desk
) -> None:
    theo = practice.receives_inquiry("Theo <theo@example.com>", DANGER, phone="+12135550119")
    practice.advance(minutes=1)
    practice.answers(theo, "I’m here. Call me.")
    desk.does(f"/people/{theo}/closure", reason="other")
    practice.advance(days=3)
    assert desk.opens("/today").texts(".row .tag") == ["Read first"]

    refused = desk.sends(f"/people/{theo}/reassurance", heard=heard(desk, theo))
    assert refused.status_code == 422
    assert desk.opens("/today").texts(".row .tag") == ["Read first"]

    told = "His sister is with him."
    desk.does(f"/people/{theo}/reassurance", care="others", words=told, heard=heard(desk, theo))
    assert desk.opens("/today").texts(".row .tag") == []
    story = desk.opens(f"/people/{theo}").text("#story")
    assert "Connor wrote down: others are with them" in story
    assert told in story


def test_who_wrote_again_while_it_was_written_down_stays_on_top(practice: Practice, desk: Desk) -> None:
    theo = practice.receives_inquiry("Theo <theo@example.com>", DANGER)
    practice.advance(minutes=1)
    form = heard(desk, theo)

    practice.hears_back(theo, "I can’t go on.")
    refused = desk.sends(f"/people/{theo}/reassurance", care="talked", words="We spoke.", heard=form)

    assert refused.status_code == 409
    assert "Theo wrote again meanwhile." in refused.text
    assert "We spoke." in refused.text
    assert desk.opens("/today").texts(".row .tag") == ["Read first"]


def test_who_is_marked_as_spam_is_pinned_no_longer(practice: Practice, desk: Desk) -> None:
    theo = practice.receives_inquiry("Theo <theo@example.com>", DANGER)

    desk.does(f"/people/{theo}/spam")

    assert desk.opens("/today").texts(".row .tag") == []


def heard(desk: Desk, person: int) -> str:
    """What the form of what was done knows of their last words."""
    return desk.opens(f"/people/{person}/reassurance/new").attribute("#heard", "value")


def test_a_reassurance_can_be_taken_back(practice: Practice, desk: Desk) -> None:
    theo = practice.receives_inquiry("Theo <theo@example.com>", DANGER)
    practice.advance(minutes=1)
    page = desk.does(f"/people/{theo}/reassurance", care="talked", heard=heard(desk, theo))

    desk.does(page.undo)
    practice.advance(days=10)

    assert practice.outbox.subjects_to("theo@example.com") == [FIRST]
    assert desk.opens("/today").texts(".row .tag") == ["Read first"]


def test_words_of_danger_in_a_reply_put_someone_on_top_too(practice: Practice, desk: Desk, maya: int) -> None:
    practice.advance(minutes=5)
    practice.hears_back(maya, DANGER)

    page = desk.opens("/today")

    assert page.texts(".row .tag") == ["Read first"]
    assert page.texts("#panel mark")


def test_send_now_leaves_after_twenty_seconds_whatever_the_hour(
    practice: Practice, desk: Desk, maya: int
) -> None:
    practice.advance(hours=9)
    planned = practice.open_message(maya)

    page = desk.does(f"/messages/{planned.id}/departure")
    practice.advance(seconds=19)
    assert len(practice.outbox.to(MAYA)) == 1
    practice.advance(seconds=2)

    assert page.toast == f"“{SECOND}” goes to Maya in a moment."
    assert practice.outbox.subjects_to(MAYA) == [FIRST, SECOND]


def test_send_now_can_be_taken_back(practice: Practice, desk: Desk, maya: int) -> None:
    planned = practice.open_message(maya)
    page = desk.does(f"/messages/{planned.id}/departure")

    desk.does(page.undo)
    practice.advance(hours=1)

    assert practice.open_message(maya).due_at == planned.due_at
    assert practice.outbox.subjects_to(MAYA) == [FIRST]


def test_nothing_paused_is_sent_now(practice: Practice, desk: Desk, maya: int) -> None:
    desk.does(f"/people/{maya}/pause")

    page = desk.does(f"/messages/{practice.open_message(maya).id}/departure")
    practice.advance(hours=1)

    assert page.toast == "Maya’s follow-ups are paused. Resume them first."
    assert practice.outbox.subjects_to(MAYA) == [FIRST]


def test_a_skipped_email_never_goes_and_the_next_is_named(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does(f"/messages/{practice.open_message(maya).id}/skip")
    practice.advance(days=40)

    assert page.toast.startswith(f"Skipped. Next is “{THIRD}”")
    assert practice.outbox.subjects_to(MAYA)[:2] == [FIRST, THIRD]
    assert SECOND not in practice.outbox.subjects_to(MAYA)


def test_a_skip_taken_back_leaves_the_whole_plan_as_it_was(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does(f"/messages/{practice.open_message(maya).id}/skip")

    desk.does(page.undo)
    practice.advance(days=40)

    assert practice.outbox.subjects_to(MAYA)[:3] == [FIRST, SECOND, THIRD]


def test_skipping_twice_skips_one(practice: Practice, desk: Desk, maya: int) -> None:
    planned = practice.open_message(maya)
    desk.does(f"/messages/{planned.id}/skip")

    again = desk.does(f"/messages/{planned.id}/skip")

    assert again.toast == "That email isn’t where it was. Here is how it looks now."
    assert [m.cancel_reason for m in practice.messages(maya) if m.cancel_reason] == ["skipped"]


def test_follow_ups_can_be_started_by_hand(practice: Practice, desk: Desk, maya: int) -> None:
    desk.does(f"/people/{maya}/calls", result="spoke")
    after = sequence_named(practice, "After a conversation")

    page = desk.does(f"/people/{maya}/enrollment", sequence=after)

    assert page.toast.startswith("“After a conversation” has begun. “")
    assert practice.open_message(maya).is_open
    desk.does(page.undo)
    assert not [m for m in practice.messages(maya) if m.is_open]


def test_an_email_that_goes_at_once_waits_for_second_thoughts(
    practice: Practice, desk: Desk, maya: int
) -> None:
    desk.does(f"/people/{maya}/calls", result="spoke")
    page = desk.does(f"/people/{maya}/enrollment", sequence=sequence_named(practice, "New inquiry"))
    practice.advance(seconds=10)

    desk.does(page.undo)
    practice.advance(hours=1)

    assert practice.outbox.subjects_to(MAYA) == [FIRST]


def test_follow_ups_need_a_sequence_that_runs(practice: Practice, desk: Desk, maya: int) -> None:
    kind_decline = sequence_named(practice, "Kind decline with a referral")

    for sequence in ("", "999", "one", kind_decline):
        assert desk.sends(f"/people/{maya}/enrollment", sequence=sequence).status_code == 422


def test_nobody_is_followed_up_against_their_wish(practice: Practice, desk: Desk) -> None:
    sam = practice.receives_inquiry("Sam <sam@example.com>", "Hello.", personal_only=True)
    practice.advance(minutes=1)

    page = desk.does(f"/people/{sam}/enrollment", sequence=sequence_named(practice, "After a conversation"))
    practice.advance(days=40)

    assert page.toast.startswith("No follow-ups: Sam asked for a personal answer only.")
    assert practice.outbox.subjects_to("sam@example.com") == [FIRST]


def test_an_uncertain_email_that_arrived_lets_the_plan_go_on(
    practice: Practice, desk: Desk, maya: int, outbox: Outbox
) -> None:
    outbox.failures.append(Unsure("451 the line dropped"))
    practice.advance(days=4)
    doubtful = practice.open_message(maya)
    assert practice.outbox.subjects_to(MAYA) == [FIRST]

    page = desk.does(f"/messages/{doubtful.id}/arrival")
    practice.advance(days=10)

    assert page.toast == f"Noted: “{SECOND}” arrived."
    assert practice.outbox.subjects_to(MAYA) == [FIRST, THIRD]


def test_an_uncertain_email_goes_again_only_by_his_hand(
    practice: Practice, desk: Desk, maya: int, outbox: Outbox
) -> None:
    outbox.failures.append(Unsure("451 the line dropped"))
    practice.advance(days=10)
    doubtful = practice.open_message(maya)
    assert practice.outbox.subjects_to(MAYA) == [FIRST]

    page = desk.does(f"/messages/{doubtful.id}/repetition")
    again = desk.does(f"/messages/{doubtful.id}/repetition")
    practice.advance(minutes=1)

    assert page.toast == f"“{SECOND}” goes to Maya again."
    assert again.toast == "That email isn’t where it was. Here is how it looks now."
    assert practice.outbox.subjects_to(MAYA) == [FIRST, SECOND]
    assert practice.outbox.to(MAYA)[1].message_id == doubtful.message_id


def test_a_refused_email_left_be_lets_the_next_one_go(
    practice: Practice, desk: Desk, maya: int, outbox: Outbox
) -> None:
    outbox.failures.append(Refused("554 no thanks", dead_address=False))
    practice.advance(days=4)
    (refused,) = [m for m in practice.messages(maya) if m.failed_at]

    page = desk.does(f"/messages/{refused.id}/settlement")
    practice.advance(days=10)

    assert page.toast.startswith(f"Settled. Next is “{THIRD}”")
    assert practice.outbox.subjects_to(MAYA) == [FIRST, THIRD]


def test_a_refused_email_can_be_sent_again(practice: Practice, desk: Desk, maya: int, outbox: Outbox) -> None:
    outbox.failures.append(Refused("554 no thanks", dead_address=False))
    practice.advance(days=4)
    (refused,) = [m for m in practice.messages(maya) if m.failed_at]

    desk.does(f"/messages/{refused.id}/repetition")
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to(MAYA) == [FIRST, SECOND]


def test_after_a_bounce_nothing_is_sent_again(
    practice: Practice, desk: Desk, maya: int, outbox: Outbox
) -> None:
    outbox.failures.append(Refused("550 5.1.1 unknown", dead_address=True))
    practice.advance(days=4)
    (refused,) = [m for m in practice.messages(maya) if m.failed_at]

    page = desk.does(f"/messages/{refused.id}/repetition")
    practice.advance(days=4)

    assert page.toast == "Maya’s follow-ups have stopped since. You can write to them yourself."
    assert practice.outbox.subjects_to(MAYA) == [FIRST]
    assert "Email to Maya bounced. Fix the address" in desk.opens("/today/week").all_text


@pytest.mark.parametrize("act", ["departure", "skip", "arrival", "repetition", "settlement"])
def test_an_email_nobody_knows_is_not_found(practice: Practice, desk: Desk, act: str) -> None:
    assert desk.sends(f"/messages/999/{act}").status_code == 404


@pytest.mark.parametrize("act", ["departure", "skip", "arrival", "repetition", "settlement"])
def test_what_has_gone_stays_gone(practice: Practice, desk: Desk, maya: int, act: str) -> None:
    (gone,) = [m for m in practice.messages(maya) if m.sent_at]

    page = desk.does(f"/messages/{gone.id}/{act}")
    practice.advance(minutes=1)

    assert page.toast == "That email isn’t where it was. Here is how it looks now."
    assert practice.outbox.subjects_to(MAYA) == [FIRST]


@pytest.mark.parametrize("act", ["departure", "skip", "arrival", "repetition", "settlement"])
def test_a_notice_to_the_owner_is_no_email_of_a_person(practice: Practice, desk: Desk, act: str) -> None:
    practice.receives_inquiry(f"Maya Okafor <{MAYA}>", "Hello.")
    with practice.reading():
        notice = db.session.scalars(sa.select(Message.id).where(Message.kind == "notice")).one()

    assert desk.sends(f"/messages/{notice}/{act}").status_code == 404
