"""Two records of one person on screen: proposed with reasons, seen side by side, merged, taken apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.db import db
from crm.flows import marking
from crm.models import Account, Draft, DraftKind, Lead
from crm.models import Practice as PracticeRow
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page, read

OLD, NEW = "sam@example.org", "sam.rivers@example.net"


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    return Desk(practice, client)


@pytest.fixture
def sam(practice: Practice, desk: Desk) -> int:
    lead_id = practice.receives_inquiry(f"Sam Rivers <{OLD}>", "I read your piece.", phone="+12135550148")
    practice.advance(days=7)
    return lead_id


@pytest.fixture
def samuel(practice: Practice, sam: int) -> int:
    lead_id = practice.receives_inquiry(f"Samuel Rivers <{NEW}>", "It is me again.", phone="+12135550148")
    practice.advance(minutes=1)
    return lead_id


def merges(desk: Desk, one: int, two: int, **chosen: str) -> Page:
    """Open both side by side, choose, and press the button."""
    page = desk.opens(f"/people/{one}/merge/new", {}, **{"with": two})
    fields = {
        each.attributes["name"]: each.attributes["value"]
        for each in page.root.find("#merge input")
        if each.attributes["type"] == "hidden" or "checked" in each.attributes
    }
    return desk.does(f"/people/{one}/merge", **(fields | chosen))


def test_a_look_alike_is_proposed_on_both_pages_with_its_reasons(sam: int, samuel: int, desk: Desk) -> None:
    words = "same phone number and nearly the same name"

    assert f"Probably the same person as Samuel Rivers: {words}." in desk.opens(f"/people/{sam}").text("main")
    assert f"Probably the same person as Sam Rivers: {words}." in desk.opens(f"/people/{samuel}").text("main")
    assert f"Probably the same person as Sam Rivers: {words}." in desk.opens(
        "/today", {}, person=samuel
    ).text("#panel")


@pytest.mark.parametrize(
    "who",
    [
        "Samuel Rivers <samm@example.org>",  # a letter too many
        "Sam Riverss <sm@example.org>",  # one missing
        "S. Rivers <asm@example.org>",  # two swapped
        "Sam J. Rivers <sam@exmple.org>",  # a slip behind the @
    ],
)
def test_nearly_the_same_address_and_name_are_proposed_though_neither_is_the_same(
    practice: Practice, sam: int, desk: Desk, who: str
) -> None:
    other = practice.receives_inquiry(who)
    words = "Probably the same person as Sam Rivers: nearly the same address and nearly the same name."

    assert words in desk.opens(f"/people/{other}").text("main")


@pytest.mark.parametrize("who", ["Ada Moss <samm@example.org>", "Samuel Rivers <samantha@example.org>"])
def test_a_near_address_alone_or_a_near_name_alone_is_nothing(
    practice: Practice, sam: int, desk: Desk, who: str
) -> None:
    other = practice.receives_inquiry(who)

    assert "same person" not in desk.opens(f"/people/{other}").text("main")


def test_with_whom_they_are_is_chosen_and_put_back(
    practice: Practice, sam: int, samuel: int, desk: Desk
) -> None:
    with practice.at_work():
        june = Account.create("june@springstreet.example", "June", "a long enough password", practice.now)
        db.session.flush()
        marking.assign(sam, june.id, 1, practice.now)
        marking.assign(samuel, 1, 1, practice.now)
    shown = desk.opens(f"/people/{sam}/merge/new", {}, **{"with": samuel})

    merges(desk, sam, samuel, care="other")

    assert "June" in shown.text("#merge")
    with practice.reading():
        assert marking.whose([sam]) == {sam: "Connor"}
    desk.does("/merges/1/parting")
    with practice.reading():
        assert marking.whose([sam, samuel]) == {sam: "June", samuel: "Connor"}


def test_two_who_share_a_number_but_no_name_are_only_asked_about(
    practice: Practice, sam: int, desk: Desk
) -> None:
    anna = practice.receives_inquiry("Anna Rivers <anna@example.com>", phone="+12135550148")

    said = desk.opens(f"/people/{anna}").text("main")

    assert "Maybe the same person as Sam Rivers: same phone number, but a different name." in said


def test_a_first_name_in_common_is_nothing(practice: Practice, sam: int, desk: Desk) -> None:
    other = practice.receives_inquiry("Sam <s.other@example.com>")

    assert "same person" not in desk.opens(f"/people/{other}").text("main")


def test_who_was_told_apart_is_never_proposed_again(sam: int, samuel: int, desk: Desk) -> None:
    page = desk.does(f"/people/{sam}/distinctions", "", **{"with": samuel})

    assert page.toast == "Sam Rivers and Samuel Rivers stay two people."
    for lead_id in (sam, samuel):
        assert "same person" not in desk.opens(f"/people/{lead_id}").text("main")
    desk.sends(page.undo)
    assert "same person" in desk.opens(f"/people/{sam}").text("main")


def test_both_stand_side_by_side_with_a_choice_where_they_differ(sam: int, samuel: int, desk: Desk) -> None:
    page = desk.opens(f"/people/{samuel}/merge/new", {}, **{"with": sam})

    assert page.heading == "Is this one person?"
    assert page.texts(".pair-head b") == ["Sam Rivers", "Samuel Rivers"]
    rows = {row.find(".pair-what")[0].text: row for row in page.root.find(".pair-row")[1:]}
    assert [each.text for each in rows["Email"].find("label")] == [OLD, NEW]
    assert rows["Phone"].find("input") == []
    told = page.texts("#preview li")
    assert any(line.startswith(f"“New inquiry” goes on, to {OLD}: next “") for line in told), told
    assert f"“New inquiry” to {NEW} ends, so that they get it once." in told


def test_the_result_is_shown_before_anything_is_done(
    practice: Practice, sam: int, samuel: int, desk: Desk
) -> None:
    answer = desk.sends(
        f"/people/{sam}/merge", {}, **{"with": samuel, "show": "preview", "name": "other", "email": "other"}
    )

    page = read(answer)
    assert page.text("#preview .merged-name") == "Samuel Rivers"
    assert NEW in page.text("#preview .facts")
    with practice.reading():
        assert db.session.get(Lead, samuel) is not None


def test_merged_people_are_one_everywhere(practice: Practice, sam: int, samuel: int, desk: Desk) -> None:
    page = merges(desk, samuel, sam, email="other")

    assert page.toast == "Sam and Samuel Rivers are one person now."
    assert page.heading == "Sam Rivers"
    assert page.text("#contact dd a") == NEW
    assert "You merged this with Samuel Rivers" in page.text("#story")
    everyone = desk.opens("/people", {}, view="list")
    assert "Samuel Rivers" not in everyone.text("main")
    assert "Samuel Rivers" not in desk.opens("/people").text("main")
    assert "Samuel Rivers" not in desk.opens("/today").text("#waiting")


def test_the_old_address_of_a_merged_record_leads_to_the_one_that_stays(
    sam: int, samuel: int, desk: Desk
) -> None:
    merges(desk, sam, samuel)

    answer = desk.gets(f"/people/{samuel}")
    assert (answer.status_code, answer.location) == (303, f"/people/{sam}")
    assert desk.gets(f"/people/{samuel}/contact").location == f"/people/{sam}/contact"
    assert desk.sends(f"/people/{samuel}/spam").status_code == 409


def test_links_in_emails_sent_before_still_stop_the_emails(
    practice: Practice, sam: int, samuel: int, desk: Desk, visitor: FlaskClient
) -> None:
    with practice.reading():
        token, page_token = practice.lead(samuel).unsubscribe_token, practice.lead(samuel).page_token
    merges(desk, sam, samuel)
    sent = len(practice.outbox.received)

    assert visitor.get(f"/call/{page_token}").status_code == 200
    assert visitor.get(f"/stop/{token}").status_code == 200
    assert visitor.post(f"/stop/{token}").status_code == 200
    practice.advance(days=40)

    assert len(practice.outbox.received) == sent
    assert practice.story(sam)[-2:] == ["unsubscribed", "follow_ups_stopped: unsubscribed"]


def test_a_merge_is_undone_from_the_toast_and_from_the_story_days_later(
    practice: Practice, sam: int, samuel: int, desk: Desk
) -> None:
    undo = merges(desk, sam, samuel).undo
    page = desk.does(undo)
    assert page.toast == "Two people again: this one and Samuel Rivers."
    assert desk.opens(f"/people/{samuel}").heading == "Samuel Rivers"

    merges(desk, sam, samuel)
    practice.advance(days=3)
    story = desk.opens(f"/people/{sam}").root.find("#story form")
    apart = next(each for each in story if each.attributes["action"].endswith("/parting"))
    desk.does(apart.attributes["action"])

    assert desk.opens(f"/people/{samuel}").heading == "Samuel Rivers"
    assert "Take apart" not in desk.opens(f"/people/{sam}").buttons("#story")


def test_two_whom_only_the_owner_knows_to_be_one_are_found_by_name(
    practice: Practice, sam: int, desk: Desk
) -> None:
    robin = practice.receives_inquiry("Robin Stone <robin@example.com>")

    page = desk.opens(f"/people/{sam}/merge", {}, q="robin")

    assert page.heading == "Who is the same person as Sam?"
    assert page.texts("#found a") == ["Robin Stone robin@example.com"]
    assert page.attribute("#found a", "href") == f"/people/{sam}/merge/new?with={robin}"
    assert desk.opens(f"/people/{sam}/merge", {}, q="sam").texts("#found a") == [], "not themselves"


def test_what_changed_since_the_page_was_opened_is_shown_before_it_is_merged(
    practice: Practice, sam: int, samuel: int, desk: Desk
) -> None:
    page = desk.opens(f"/people/{sam}/merge/new", {}, **{"with": samuel})
    hidden = page.root.find("#merge input")
    seen = next(each.attributes["value"] for each in hidden if each.attributes["name"] == "seen")
    with practice.at_work():
        practice.lead(samuel).name = "Samuel Rivers-Stone"

    answer = desk.sends(f"/people/{sam}/merge", {}, **{"with": samuel, "seen": seen})

    assert answer.status_code == 409
    assert "Something has changed since you opened this page." in answer.text
    with practice.reading():
        assert db.session.get(Lead, samuel) is not None


def test_a_contact_that_is_somebody_elses_offers_to_merge(sam: int, samuel: int, desk: Desk) -> None:
    page = read(desk.sends(f"/people/{sam}/contact", name="Sam Rivers", email=NEW))

    assert page.root.find("#contact .notice a")[-1].attributes["href"] == (
        f"/people/{sam}/merge/new?with={samuel}"
    )


@pytest.mark.parametrize("other", ["", "x", "0", "4711", "99999999999999"])
def test_nobody_is_merged_with_nobody(sam: int, desk: Desk, other: str) -> None:
    assert desk.gets(f"/people/{sam}/merge/new", {}, **{"with": other}).status_code == 404
    assert desk.sends(f"/people/{sam}/merge", {}, **{"with": other}).status_code == 404


def test_nobody_is_merged_with_themselves(sam: int, desk: Desk) -> None:
    assert desk.gets(f"/people/{sam}/merge/new", {}, **{"with": sam}).status_code == 404


def test_finding_look_alikes_costs_the_same_however_many_there_are(
    practice: Practice,
    sam: int,
    desk: Desk,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    desk.opens(f"/people/{sam}")
    one = count_queries(lambda: desk.opens(f"/people/{sam}"))
    for number in range(30):
        practice.receives_inquiry(f"Sam Rivers <sam{number}@example.com>", phone="+12135550148")

    assert count_queries(lambda: desk.opens(f"/people/{sam}")) == one


def test_a_draft_typed_to_the_other_record_is_there_afterwards(
    practice: Practice, sam: int, samuel: int, desk: Desk
) -> None:
    with practice.at_work():
        draft = {"account_id": 1, "lead_id": samuel, "kind": DraftKind.REPLY}
        Draft.keep(Draft(**draft, text="Dear Samuel", saved_at=practice.now))

    merges(desk, sam, samuel)

    assert "Dear Samuel" in desk.opens(f"/people/{sam}", {}, compose="reply").text("#now")
