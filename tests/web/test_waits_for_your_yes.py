"""Wait for your yes: emails that go only if the owner says so, one by one or together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page

MAYA, SAM = "Maya Okafor <maya.o@example.com>", "Sam Whitaker <sam@example.org>"
FIRST, SECOND, THIRD = "I got your note", "Still here, if it’s useful", "About cost, plainly"
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    practice.asks_first()
    return Desk(practice, client)


@pytest.fixture
def maya(practice: Practice, desk: Desk) -> int:
    """Maya wrote on Tuesday; her second email is due on Friday at 1:52 pm and waits for a yes."""
    maya = practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    return maya


@pytest.fixture
def sam(practice: Practice, maya: int) -> int:
    """Sam wrote a moment after Maya."""
    sam = practice.receives_inquiry(SAM)
    practice.advance(minutes=1)
    return sam


def draft(practice: Practice, person: int) -> int:
    return practice.open_message(person).id


def asked(page: Page) -> list[str]:
    """The sentences of the section, one for each email."""
    return page.texts("#drafts .problem p")


def test_what_waits_stands_above_the_days_with_until_when(desk: Desk, maya: int) -> None:
    page = desk.opens("/follow-ups")

    assert page.text("#drafts-title") == "One waits for your yes"
    assert page.texts("#drafts h3") == [f"Maya Okafor {SECOND} 2 of 4, only if you haven’t answered"]
    assert asked(page) == [
        "Goes Friday at 1:52 pm with your yes. Without one by Monday at 1:52 pm it is left out."
    ]
    assert page.text(".lead").startswith("In the next 7 days nothing goes without you.")
    assert page.texts(".slot-problems .count") == ["1", "1"]


def test_without_drafts_there_is_no_such_place(desk: Desk) -> None:
    page = desk.opens("/follow-ups")

    assert page.root.find("#drafts") == []
    assert page.texts(".slot-problems .count") == []


def test_approved_in_time_it_goes_when_it_was_to_go(practice: Practice, desk: Desk, maya: int) -> None:
    due_at = practice.open_message(maya).due_at

    page = desk.does(f"/messages/{draft(practice, maya)}/approval", came_from="/follow-ups")

    assert page.toast == f"Approved. “{SECOND}” goes to Maya Friday at 1:52 pm."
    assert page.root.find("#drafts") == []
    assert practice.story(maya)[-1] == "message_approved"
    practice.advance(days=3)
    assert practice.outbox.subjects_to("maya.o@example.com") == [FIRST, SECOND]
    assert practice.messages(maya)[1].sent_at == due_at


def test_approved_late_it_goes_at_the_next_opening(practice: Practice, desk: Desk, maya: int) -> None:
    practice.advance(days=4)

    seen = desk.opens("/follow-ups")
    page = desk.does(f"/messages/{draft(practice, maya)}/approval")

    (sentence,) = asked(seen)
    assert sentence == (
        "Was due yesterday at 1:52 pm, and goes within your hours once you say yes. "
        "Without one by Monday at 1:52 pm it is left out."
    )
    assert page.toast == f"Approved. “{SECOND}” goes to Maya Monday at 8:30 am."


def test_approved_late_within_hours_there_is_time_for_second_thoughts(
    practice: Practice, desk: Desk, maya: int
) -> None:
    practice.advance(days=3, minutes=5)

    desk.does(f"/messages/{draft(practice, maya)}/approval")

    practice.work()
    assert practice.outbox.subjects_to("maya.o@example.com") == [FIRST]
    practice.advance(seconds=20)
    assert practice.outbox.subjects_to("maya.o@example.com") == [FIRST, SECOND]


def test_a_yes_can_be_taken_back(practice: Practice, desk: Desk, maya: int) -> None:
    approved = desk.does(f"/messages/{draft(practice, maya)}/approval")

    page = desk.does(approved.undo, came_from="/follow-ups")

    assert page.toast == "Undone. Maya is back as before."
    assert page.text("#drafts-title") == "One waits for your yes"
    practice.advance(days=4)
    assert practice.outbox.subjects_to("maya.o@example.com") == [FIRST]


def test_a_second_click_changes_nothing_and_says_so(practice: Practice, desk: Desk, maya: int) -> None:
    one = draft(practice, maya)
    desk.does(f"/messages/{one}/approval")

    page = desk.does(f"/messages/{one}/approval")

    assert page.toast == f"“{SECOND}” to Maya needs no yes any more: it goes by itself."
    assert practice.story(maya).count("message_approved") == 1


def test_some_can_be_chosen_and_approved_together(
    practice: Practice, desk: Desk, maya: int, sam: int
) -> None:
    page = desk.opens("/follow-ups")
    chosen = [draft(practice, sam)]

    after = desk.does("/follow-ups/approvals", came_from="/follow-ups", draft=chosen, which="chosen")

    assert page.buttons("#drafts-form")[:2] == ["Approve the chosen", "Approve all"]
    assert after.toast == "One email is approved."
    assert after.texts("#drafts h3 a")[0] == "Maya Okafor"


def test_all_that_were_shown_are_approved_and_not_what_came_since(
    practice: Practice, desk: Desk, maya: int, sam: int
) -> None:
    shown = [each.attributes["value"] for each in desk.opens("/follow-ups").root.find("#drafts-form input")
             if each.attributes["name"] == "shown"]  # fmt: skip
    practice.receives_inquiry("Grace Kim <grace@example.com>", client_key="another place")
    practice.advance(minutes=1)

    page = desk.does("/follow-ups/approvals", came_from="/follow-ups", shown=shown, which="all")

    assert page.toast == "Two emails are approved."
    assert page.texts("#drafts h3 a")[0] == "Grace Kim"


def test_a_yes_to_several_can_be_taken_back_with_one_click(
    practice: Practice, desk: Desk, maya: int, sam: int
) -> None:
    shown = [draft(practice, maya), draft(practice, sam)]
    approved = desk.does("/follow-ups/approvals", shown=shown, which="all")

    page = desk.does(approved.undo, came_from="/follow-ups")

    assert page.toast == "Undone for two people."
    assert page.text("#drafts-title") == "Two wait for your yes"


def test_late_ones_approved_together_leave_one_by_one(
    practice: Practice, desk: Desk, maya: int, sam: int
) -> None:
    practice.advance(days=4)
    shown = [draft(practice, maya), draft(practice, sam)]

    desk.does("/follow-ups/approvals", shown=shown, which="all")

    due = [practice.open_message(each).due_at.astimezone(LOS_ANGELES) for each in (maya, sam)]
    assert [f"{each:%a %H:%M}" for each in due] == ["Mon 08:30", "Mon 08:31"]


def test_approving_nothing_says_what_to_do(desk: Desk, maya: int) -> None:
    page = desk.does("/follow-ups/approvals", which="chosen")

    assert page.toast == "Choose the emails first. Nothing was changed."


def test_someone_who_wrote_back_gets_nothing_whatever_is_clicked(
    practice: Practice, desk: Desk, maya: int, sam: int
) -> None:
    shown = [draft(practice, maya), draft(practice, sam)]
    practice.hears_back(maya)

    one = desk.does(f"/messages/{shown[0]}/approval")
    together = desk.does("/follow-ups/approvals", shown=shown, which="all")

    assert one.toast == f"Maya wrote back, so “{SECOND}” doesn’t go."
    assert together.toast == "One email is approved. One other had gone another way meanwhile."
    practice.advance(days=5)
    assert practice.outbox.subjects_to("maya.o@example.com") == [FIRST]


def test_a_draft_can_be_skipped_and_the_next_one_asks_too(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does(f"/messages/{draft(practice, maya)}/skip", came_from="/follow-ups")

    assert page.toast.startswith(f"Skipped. Next is “{THIRD}”,")
    assert page.toast.endswith("It waits for your yes.")
    assert page.texts("#drafts h3 .subject") == [THIRD]


def test_an_undone_skip_brings_the_draft_back(practice: Practice, desk: Desk, maya: int) -> None:
    skipped = desk.does(f"/messages/{draft(practice, maya)}/skip")

    page = desk.does(skipped.undo, came_from="/follow-ups")

    assert page.texts("#drafts h3 .subject") == [SECOND]


def test_send_now_is_a_yes(practice: Practice, desk: Desk, maya: int) -> None:
    desk.does(f"/messages/{draft(practice, maya)}/departure")

    practice.advance(minutes=1)

    assert practice.outbox.subjects_to("maya.o@example.com") == [FIRST, SECOND]


def test_a_draft_is_read_edited_and_approved_on_its_page(practice: Practice, desk: Desk, maya: int) -> None:
    address = f"/messages/{draft(practice, maya)}/wording"
    words = {"subject": "For you, Maya", "preview": "", "body": "Hi {first name},\n\nOne line."}

    seen = desk.opens(address, next="/follow-ups")
    page = desk.does(address, **words, do="approve", next="/follow-ups")

    assert "It waits for your yes until Monday at 1:52 pm, and is due Friday at 1:52 pm." in seen.all_text
    assert page.toast == "Approved. “For you, Maya” goes to Maya Friday at 1:52 pm."
    practice.advance(days=3)
    assert practice.outbox.subjects_to("maya.o@example.com") == [FIRST, "For you, Maya"]


def test_a_draft_approved_as_it_reads_stays_the_template_s(practice: Practice, desk: Desk, maya: int) -> None:
    address = f"/messages/{draft(practice, maya)}/wording"
    page = desk.opens(address)
    fields = {"subject": "#subject", "preview": "#preview-line"}
    words = {name: page.attribute(place, "value") for name, place in fields.items()}
    body = page.root.find("#body")[0].inside[0]

    desk.does(address, **words, body=body, do="approve")

    approved = practice.open_message(maya)
    assert approved.approved_at is not None
    assert approved.body is None


def test_an_edited_draft_still_waits(practice: Practice, desk: Desk, maya: int) -> None:
    address = f"/messages/{draft(practice, maya)}/wording"

    desk.does(address, subject="For you", preview="", body="Hi {first name},\n\nOne line.")
    practice.advance(days=3, hours=1)

    assert practice.open_message(maya).is_draft
    assert practice.open_message(maya).wording.subject == "For you"


def test_nobody_said_yes_in_time_and_the_story_says_so(practice: Practice, desk: Desk, maya: int) -> None:
    one = draft(practice, maya)

    practice.advance(days=6, minutes=1)

    assert "message_skipped: not_approved" in practice.story(maya)
    assert practice.outbox.subjects_to("maya.o@example.com") == [FIRST]
    story = desk.opens(f"/people/{maya}").all_text
    because = "because you didn’t say yes to it in time"
    assert f"{SECOND} was left out, {because}" in story
    assert f"Maya didn’t get “{SECOND}”, {because}." in desk.opens("/today").all_text
    assert f"It was left out, {because}." in desk.opens(f"/messages/{one}").all_text
    assert desk.opens("/follow-ups").texts("#drafts h3 .subject") == [THIRD]
    late = desk.does(f"/messages/{one}/approval")
    assert late.toast == (
        f"“{SECOND}” waited too long for your yes, so Maya doesn’t get it. The next one is planned."
    )


def test_a_draft_whose_time_is_up_can_no_longer_be_approved_or_edited(
    practice: Practice, desk: Desk, maya: int
) -> None:
    one = practice.open_message(maya)
    assert one.expires_at is not None
    practice.at(one.expires_at)

    page = desk.does(f"/messages/{one.id}/approval")
    edited = desk.gets(f"/messages/{one.id}/wording")

    assert page.toast.startswith(f"“{SECOND}” waited too long for your yes, so Maya doesn’t get it.")
    assert edited.status_code == 409
    assert "waited too long for your yes" in edited.text
    assert desk.opens("/follow-ups").root.find("#drafts") == []


def test_a_paused_person_is_not_asked_about_and_nothing_expires(
    practice: Practice, desk: Desk, maya: int
) -> None:
    one = draft(practice, maya)
    desk.does(f"/people/{maya}/pause")

    page = desk.opens("/follow-ups")
    practice.advance(days=20)
    back = desk.does(f"/people/{maya}/resumption", came_from="/follow-ups")

    assert page.root.find("#drafts") == []
    assert "One more is paused" in page.all_text
    assert draft(practice, maya) == one
    assert back.texts("#drafts h3 .subject") == [SECOND]
    assert practice.open_message(maya).expires_at == practice.open_message(maya).due_at + timedelta(days=3)


def test_someone_to_be_read_first_is_not_asked_about(practice: Practice, desk: Desk, maya: int) -> None:
    practice.receives_inquiry(MAYA, "Everyone would be better off without me.")
    practice.advance(minutes=1)

    assert desk.opens("/follow-ups").root.find("#drafts") == []


def test_what_is_held_for_one_person_is_not_approved_behind_his_back(
    practice: Practice, desk: Desk, maya: int
) -> None:
    desk.does(f"/people/{maya}/pause")

    page = desk.does(f"/messages/{draft(practice, maya)}/approval")

    assert page.toast == "Maya’s follow-ups wait for you. Let them go on first."
    assert practice.open_message(maya).is_draft


def test_a_yes_while_everything_is_held_says_when_it_goes(practice: Practice, desk: Desk, maya: int) -> None:
    desk.does("/follow-ups/hold")

    page = desk.does(f"/messages/{draft(practice, maya)}/approval")

    assert page.toast == f"Approved. “{SECOND}” goes to Maya after you resume."


def test_while_everything_is_held_no_draft_is_too_late(practice: Practice, desk: Desk, maya: int) -> None:
    one = draft(practice, maya)
    desk.does("/follow-ups/hold")
    practice.advance(days=10)

    page = desk.does("/follow-ups/resumption", came_from="/follow-ups")

    assert draft(practice, maya) == one
    assert page.texts("#drafts h3 .subject") == [SECOND]
    assert practice.open_message(maya).expires_at == practice.now + timedelta(days=1)


def test_the_page_costs_the_same_for_three_drafts_and_for_thirty(
    practice: Practice,
    desk: Desk,
    client: FlaskClient,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    def fill(first: int, last: int) -> None:
        for n in range(first, last):
            practice.receives_inquiry(f"Person {n} <person{n}@example.com>", client_key=f"place {n}")
        practice.advance(minutes=1)
        desk.opens("/follow-ups")

    fill(0, 3)
    few = count_queries(lambda: client.get("/follow-ups"))
    fill(3, 30)
    many = count_queries(lambda: client.get("/follow-ups"))

    assert desk.opens("/follow-ups").text("#drafts-title") == "30 wait for your yes"
    assert many == few
