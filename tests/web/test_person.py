"""A person's page: the story so far, now, what is planned, and who they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from crm.flows import consent, steering, triage
from crm.flows.correspondence import add_note
from crm.mail.transport import Refused, Unsure
from crm.models import Account, CallResult, EventKind, Medium
from crm.models.note import Draft, DraftKind
from crm.rules.stages import CloseReason, Stage
from crm.web.story_lines import LINES
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page, read

GRACE = "Grace Kim <grace.kim@example.com>"
GRACES_ADDRESS = "grace.kim@example.com"
WORDS = "My mother died in the fall.\n\nI don’t need advice."


@pytest.fixture
def grace(practice: Practice) -> int:
    """Grace wrote a moment ago."""
    lead_id = practice.receives_inquiry(GRACE, WORDS, phone="+12135550172")
    practice.advance(minutes=1)
    return lead_id


def story(page: Page) -> list[str]:
    """The lines of the story up to Now, without their times."""
    lines = [item for item in page.root.find("#story .line") if item.text]
    told = [line.text for line in lines]
    return told[: next(at for at, words in enumerate(told) if words.startswith("Now "))]


def planned(page: Page) -> list[str]:
    return page.texts(".planned-item .line")


def by_hand(practice: Practice, act: Callable[..., object], lead_id: int, *more: object) -> None:
    """Connor does this to the person."""
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        act(practice.lead(lead_id), *more, owner.id, practice.now)


def test_the_story_begins_with_the_whole_message_and_what_went_out_by_itself(grace: int, desk: Desk) -> None:
    page = desk.opens(f"/people/{grace}")

    assert page.heading == "Grace Kim"
    assert page.text("#person .lead") == "Wrote 1 min ago from your website."
    assert story(page) == [
        "Grace wrote to you Tue, March 10, 1:52 pm",
        "I got your note went out by itself 1:52 pm Read it",
    ]
    assert page.texts(".letter.inquiry p") == ["My mother died in the fall.", "I don’t need advice."]
    assert "Thank you for writing." in page.text("details.sent .letter")


def test_the_story_reads_like_a_correspondence(practice: Practice, grace: int, desk: Desk) -> None:
    practice.advance(hours=19)
    practice.logs_call(grace, CallResult.VOICEMAIL, "Kept it short.")
    practice.advance(hours=4)
    practice.hears_back(grace, "Thank you for calling.")
    practice.advance(hours=2)
    practice.answers(grace, "Would Thursday suit you?")
    practice.advance(minutes=5)

    page = desk.opens(f"/people/{grace}")

    assert story(page)[2:] == [
        "You called, left a voicemail. Follow-ups stopped Wed, March 11, 8:53 am",
        "Grace wrote back 12:53 pm",
        "You answered and started “After a conversation” 2:53 pm",
    ]
    assert page.text("li.note .letter") == "Kept it short."
    assert page.text("li.yours .letter").endswith("Would Thursday suit you?")
    assert "Last heard from today." in page.text("#person .lead")


def test_now_is_followed_by_what_is_planned_and_the_quiet_closing(
    practice: Practice, grace: int, desk: Desk
) -> None:
    practice.answers(grace)
    practice.advance(minutes=5)

    page = desk.opens(f"/people/{grace}")

    assert planned(page) == [
        "Fri 1:53 pm if they haven’t written or booked",
        "March 20, 1:53 pm The door stays open for you",
        "Fri, April 3 moves to Closed, quietly, with no email",
    ]
    assert page.text(".planned-item .about") == "Step 1 of 2 of “After a conversation”"
    assert page.text(".planned-item .subject") == "Whenever you’re ready"
    assert page.text(".planned-item .letter").endswith("…")


def test_someone_who_waits_for_an_answer_is_not_said_to_be_closed(grace: int, desk: Desk) -> None:
    page = desk.opens(f"/people/{grace}")

    assert len(planned(page)) == 3
    assert not any("Closed" in line for line in planned(page))


def test_a_letter_about_to_leave_stands_among_what_is_planned(
    practice: Practice, grace: int, desk: Desk
) -> None:
    practice.answers(grace, "Would Thursday suit you?", keep=False)

    page = desk.opens(f"/people/{grace}")

    assert planned(page) == ["In a moment your letter goes"]
    assert "Would Thursday suit you?" in page.text(".planned-item .letter")


def test_what_is_taken_back_leaves_one_line_and_a_draft(practice: Practice, grace: int, desk: Desk) -> None:
    undo = practice.answers(grace, "Would Thursday suit you?")
    desk.sends(f"/undo/{undo}")

    page = desk.opens(f"/people/{grace}")

    assert story(page)[2:] == ["You took that back 1:53 pm"]
    assert page.text("#words") == "Would Thursday suit you?"


def test_paused_follow_ups_wait_without_a_time(practice: Practice, grace: int, desk: Desk) -> None:
    by_hand(practice, steering.pause, grace)

    page = desk.opens(f"/people/{grace}")

    assert planned(page)[0] == "Paused until you turn it back on"
    assert page.text("#next h2") == "Paused"
    assert "Resume" in page.buttons("#next")


def test_after_reading_first_the_words_are_underlined_and_follow_ups_wait(
    practice: Practice, desk: Desk
) -> None:
    theo = practice.receives_inquiry("Theo L <theo@example.com>", "I don’t want to be alive some nights.")
    practice.advance(minutes=1)

    page = desk.opens(f"/people/{theo}")

    assert page.text("mark.flagged") in "I don’t want to be alive some nights."
    assert page.text(".notice.read-first").startswith("Please read this one first.")
    assert planned(page)[0] == "Waiting until you say so"
    assert page.texts("#next a") == ["Let follow-ups continue"]


def test_a_bounced_email_says_so_and_offers_the_address_that_was_meant(
    practice: Practice, desk: Desk
) -> None:
    practice.outbox.failures = [Refused("550 5.1.2 no such domain", dead_address=True)]
    owen = practice.receives_inquiry("Owen <owen@gmial.com>")
    practice.advance(minutes=1)

    page = desk.opens(f"/people/{owen}")

    assert story(page)[1].startswith(
        "I got your note bounced: owen@gmial.com takes no mail. Follow-ups stopped"
    )
    assert "There is no “gmial.com”." in page.text("#contact")
    assert page.attribute("#contact p a", "href").endswith("email=owen%40gmail.com")


def test_an_email_nobody_knows_about_is_told_honestly(practice: Practice, desk: Desk) -> None:
    practice.outbox.failures = [Unsure("timed out after the text")]
    lena = practice.receives_inquiry("Lena <lena@example.com>")
    practice.advance(minutes=1)

    page = desk.opens(f"/people/{lena}")

    assert story(page)[1].startswith("We can’t tell if I got your note reached Lena")
    assert page.buttons("#next") == ["It arrived", "Send again"]


def test_a_letter_held_back_at_the_last_look_is_not_silently_lost(
    practice: Practice, grace: int, desk: Desk
) -> None:
    practice.answers(grace, "Would Thursday suit you?")
    practice.outbox.failures = [Refused("550 5.1.1 nobody here", dead_address=True)]
    practice.advance(minutes=1)
    practice.answers(grace, "Did that reach you?")
    practice.advance(minutes=1)

    assert story(desk.opens(f"/people/{grace}"))[-1].startswith("Your letter did not go")


def test_a_long_story_folds_but_never_an_inquiry(practice: Practice, grace: int, desk: Desk) -> None:
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        for minute in range(20):
            add_note(practice.lead(grace), f"Note {minute}", owner, practice.now + timedelta(minutes=minute))

    page = desk.opens(f"/people/{grace}")

    assert page.text(".story-fold summary") == "Show 7 earlier"
    assert page.texts(".story-fold .letter")[-1] == "Note 5"
    assert page.text("#story .inquiry").startswith("My mother died")
    assert not page.texts(".story-fold .inquiry")


def test_every_kind_of_event_has_its_line() -> None:
    assert set(LINES) == set(EventKind)


def test_moves_calls_and_goodbyes_are_told_in_plain_words(practice: Practice, grace: int, desk: Desk) -> None:
    by_hand(practice, triage.book, grace, practice.now + timedelta(days=1), Medium.VIDEO)
    practice.advance(minutes=1)
    by_hand(practice, triage.move, grace, Stage.CONSULT_DONE)
    practice.advance(minutes=1)
    with practice.at_work():
        consent.unsubscribe(practice.lead(grace), practice.now)
    practice.advance(minutes=1)
    by_hand(practice, triage.close, grace, CloseReason.FOUND_SOMEONE_ELSE)

    page = desk.opens(f"/people/{grace}")

    assert [line.rpartition(" 1:5")[0] for line in story(page)[2:]] == [
        "You agreed on a call for Wed, March 11, 1:53 pm, by video. Follow-ups stopped",
        "Our call: Wed, March 11, 1:53 pm went out by itself",
        "Moved from Consult booked to Consult done",
        "Grace stopped the emails",
        "You called off the call of Wed, March 11, 1:53 pm, by video",
        "Moved to Closed, found someone else",
    ]
    assert page.text(".stages .tag") == "Closed, found someone else"
    assert page.text("#privacy p") == "Stopped the follow-up emails today."


def test_the_path_shows_where_someone_is_and_how_to_move_them(grace: int, desk: Desk) -> None:
    page = desk.opens(f"/people/{grace}")

    assert page.texts(".path [aria-current]") == ["New"]
    assert page.texts(".path button") == ["Contacted", "Consult done", "Client"]
    assert page.attribute(".path a", "href") == f"/people/{grace}/booking/new"


def test_moving_along_the_path_says_what_stopped(grace: int, desk: Desk) -> None:
    page = desk.does(f"/people/{grace}/stage", f"/people/{grace}", stage="consult_done")

    assert page.toast == "Grace is in Consult done. Their follow-ups stopped."
    assert page.texts(".path [aria-current]") == ["Consult done"]


def test_the_composer_offers_a_subject_that_keeps_the_thread(grace: int, desk: Desk) -> None:
    page = desk.opens(f"/people/{grace}", compose="reply")

    assert page.attribute("#subject", "value") == "Re: I got your note"
    assert page.texts(".composer-head [aria-current]") == ["Reply"]
    assert page.texts("#after option") == ["keep following up", "do nothing"]


def test_a_reply_starts_from_a_template_filled_for_this_person(grace: int, desk: Desk) -> None:
    link = desk.opens(f"/people/{grace}").root.find(".composer-head .menu-list a")[1]
    assert link.text == "Still here, if it’s useful"

    page = desk.opens(link.attributes["href"].partition("#")[0])

    assert page.attribute("#subject", "value") == "Still here, if it’s useful"
    assert page.text("#words").startswith("Hi Grace,")
    assert "{" not in page.text("#words")


def test_offering_times_writes_their_own_page_into_the_letter(
    practice: Practice, grace: int, desk: Desk
) -> None:
    page = desk.opens(f"/people/{grace}", compose="reply", offer="times")

    with practice.reading():
        link = practice.links.person_page(practice.lead(grace).page_token)
    assert link in page.text("#words")


def test_what_was_typed_is_there_again(practice: Practice, grace: int, desk: Desk) -> None:
    desk.sends(f"/people/{grace}/draft", kind="note", subject="", words="Prefers evenings.")

    assert desk.opens(f"/people/{grace}", compose="note").text("#words") == "Prefers evenings."
    assert desk.opens(f"/people/{grace}", compose="reply").text("#words") == ""
    with practice.reading():
        assert Draft.of(1, grace, DraftKind.NOTE) is not None


def test_a_refused_reply_keeps_what_was_typed(grace: int, desk: Desk) -> None:
    answer = desk.sends(
        f"/people/{grace}/replies",
        subject="Thursday",
        words="Dear {nickname},",
        after="nothing",
        key="k" * 24,
    )
    page = read(answer)

    assert answer.status_code == 422
    assert page.attribute("#subject", "value") == "Thursday"
    assert page.text("#words") == "Dear {nickname},"
    assert page.text("#words-error") != ""


def test_after_a_reply_from_a_template_the_composer_is_empty(grace: int, desk: Desk) -> None:
    page = desk.does(
        f"/people/{grace}/replies",
        f"/people/{grace}?compose=reply&template=2",
        subject="Hello",
        words="Would Thursday suit you?",
        after="keep",
        key="k" * 24,
        next=f"/people/{grace}",
    )

    assert page.toast.startswith("Sent to Grace.")
    assert page.text("#words") == ""


def test_without_an_address_the_composer_says_so_and_offers_to_call(practice: Practice, desk: Desk) -> None:
    joan = practice.receives_inquiry("Joan <>", "", phone="+12135550111")

    page = desk.opens(f"/people/{joan}")

    assert page.texts(".composer-head [aria-current]") == ["Call"]
    assert page.text("#contact dd a") == "(213) 555-0111"
    assert "There is no address" in desk.opens(f"/people/{joan}", compose="reply").text(".composer")


def test_privacy_says_what_they_were_told_and_what_they_asked_for(practice: Practice, desk: Desk) -> None:
    told = practice.receives_inquiry("Ann <ann@example.com>", consent_wording="I may write three times.")
    alone = practice.receives_inquiry("Sam <sam@example.com>", personal_only=True)

    page = desk.opens(f"/people/{told}")
    assert page.text("#privacy p") == "Agreed to a few follow-up emails today."
    assert "“I may write three times.”" in page.text("#privacy details")
    assert "Asked for a personal answer only today." in desk.opens(f"/people/{alone}").text("#privacy")


def test_hostile_words_stay_words(practice: Practice, desk: Desk) -> None:
    name = "<script>alert(1)</script> {{ 7*7 }}"
    mallory = practice.receives_inquiry(
        f'"{name}" <m@example.com>', "<img src=x onerror=alert(1)> {first name}"
    )

    html = desk.gets(f"/people/{mallory}").text

    assert "<script>alert(1)" not in html
    assert "<img src=x" not in html
    assert "&lt;img src=x onerror=alert(1)&gt; {first name}" in html


def test_nobody_has_a_page_without_a_person(desk: Desk) -> None:
    assert desk.gets("/people/4711").status_code == 404


def test_a_stranger_sees_nobody(practice: Practice, grace: int, visitor: FlaskClient) -> None:
    answer = visitor.get(f"/people/{grace}")

    assert answer.status_code in (302, 303)
    assert "Grace" not in answer.text


def test_a_long_story_costs_no_more_queries_than_a_short_one(
    practice: Practice,
    client: FlaskClient,
    grace: int,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    practice.logs_call(grace, CallResult.SPOKE, "Call")
    practice.hears_back(grace, "Words")
    practice.answers(grace)
    practice.advance(minutes=5)
    client.get(f"/people/{grace}")
    short = count_queries(lambda: client.get(f"/people/{grace}"))

    for hour in range(10):
        practice.logs_call(grace, CallResult.SPOKE, f"Call {hour}")
        practice.hears_back(grace, f"Words {hour}")
        practice.answers(grace, f"Answer {hour}")
        practice.advance(minutes=2)
    client.get(f"/people/{grace}")
    long = count_queries(lambda: client.get(f"/people/{grace}"))

    assert long == short
    assert short <= 40
