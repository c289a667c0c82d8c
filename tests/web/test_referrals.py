"""A kind decline: up to three colleagues are chosen, stand in the letter, and are told in the story."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import triage
from crm.flows.erasing import erase
from crm.flows.portrait import portrait
from crm.models import Booking, Colleague, Medium, Outcome
from crm.models import Sequence as SequenceRow
from crm.rules.intake import Submission
from crm.rules.referring import Card
from crm.rules.roles import Role
from crm.rules.stages import Stage
from tests.flows.merged import merge
from tests.practice import Practice
from tests.web.desk import DIALOG, Desk
from tests.web.reading import Page
from tests.web.staff import Staff
from tests.web.test_acts_stages import MAYA, maya

__all__ = ["maya"]
NOOR = Card("Noor Aziz", "children and teenagers", payers="Blue Shield", phone="(213) 555-0142")
ADE = Card("Dr. Ade Okoye", "grief", payers="Aetna", email="ade@okoye.example")
BEA = Card("Bea Lind", "couples", site="lind.example")
CY = Card("Cy Marsh", "sleep")


@pytest.fixture
def directory(practice: Practice) -> dict[str, int]:
    """Noor confirmed yesterday, Bea a week ago, Ade long ago, Cy never."""
    ages = {NOOR: 1, BEA: 7, ADE: 100, CY: None}
    with practice.at_work() as session:
        for card, days in ages.items():
            openings_at = practice.now - timedelta(days=days) if days else None
            session.add(Colleague(**asdict(card), made_at=practice.now, openings_at=openings_at))
        session.flush()
        return {each.name: each.id for each in session.scalars(sa.select(Colleague))}


def stage_of(practice: Practice, lead_id: int) -> Stage:
    with practice.reading():
        return practice.lead(lead_id).stage


def fields_of(page: Page) -> dict[str, str]:
    """What a browser without scripts would send, but for what is ticked."""
    form = page.root.find("#referral")[0]
    told = {
        each.attributes["name"]: each.attributes.get("value", "")
        for each in form.walk()
        if each.tag == "input" and each.attributes.get("name") in ("call", "key", "named", "subject", "next")
    }
    told["words"] = (
        "".join(str(each) for each in form.find("#letter-words")[0].inside)
        if form.find("#letter-words")
        else ""
    )
    return told | ({"send": "y"} if form.find("#letter-send") else {})


def with_names(desk: Desk, lead_id: int, *ids: int, call: int | None = None) -> dict[str, Any]:
    """The form, once these are ticked and put into the letter."""
    page = desk.opens(f"/people/{lead_id}/referral/new", **({"call": call} if call else {}))
    answer = desk.sends(f"/people/{lead_id}/referral/letter", **fields_of(page), to=list(ids))
    assert answer.status_code == 200
    return fields_of(Page(answer.text)) | {"to": list(ids)}


def test_the_freshest_openings_stand_first_and_stale_ones_are_marked(
    desk: Desk, maya: int, directory: dict[str, int]
) -> None:
    page = desk.opens(f"/people/{maya}/referral/new")

    assert page.texts(".colleague b") == ["Noor Aziz", "Bea Lind", "Dr. Ade Okoye", "Cy Marsh"]
    assert page.texts(".colleague .tag.now") == [
        "Last confirmed November 30, 2025",
        "Openings never confirmed",
    ]
    assert page.texts(".colleague .tag.good") == ["Openings confirmed March 9", "Openings confirmed March 3"]


@pytest.mark.parametrize(
    ("wanted", "found"), [("grief", ["Dr. Ade Okoye"]), ("blue", ["Noor Aziz"]), ("trains", [])]
)
def test_they_are_found_by_words_of_focus_and_payer(
    desk: Desk, maya: int, directory: dict[str, int], wanted: str, found: list[str]
) -> None:
    answer = desk.sends(f"/people/{maya}/referral/letter", wanted=wanted)

    assert Page(answer.text).texts(".colleague b") == found
    assert ("Nobody in your directory fits that." in answer.text) is (not found)


def test_who_is_ticked_stays_in_the_list_whatever_is_looked_for(
    desk: Desk, maya: int, directory: dict[str, int]
) -> None:
    answer = desk.sends(f"/people/{maya}/referral/letter", wanted="grief", to=directory["Bea Lind"])

    assert Page(answer.text).texts(".colleague b") == ["Bea Lind", "Dr. Ade Okoye"]


def test_the_letter_names_them_goes_after_twenty_seconds_and_the_story_tells_it(
    practice: Practice, desk: Desk, maya: int, directory: dict[str, int]
) -> None:
    form = with_names(desk, maya, directory["Noor Aziz"], directory["Dr. Ade Okoye"])

    page = desk.does(f"/people/{maya}/referral", **form)
    assert page.toast == "Maya is in Referred out. The letter is on its way."
    assert stage_of(practice, maya) is Stage.REFERRED_OUT
    practice.advance(seconds=19)
    assert len(practice.outbox.to(MAYA)) == 1
    practice.advance(days=60)

    (_, letter) = practice.outbox.to(MAYA)
    text = letter.text.replace("\r\n", "\n")
    assert letter.subject == "People I’d trust with this"
    assert "Noor Aziz, children and teenagers\n(213) 555-0142\n\nDr. Ade Okoye, grief" in text
    assert "ade@okoye.example" in text
    assert "Aetna" not in text
    assert "You referred them to Noor Aziz and Dr. Ade Okoye" in desk.opens(f"/people/{maya}").all_text


def test_what_he_changed_in_the_letter_stays_when_other_names_are_ticked(
    desk: Desk, maya: int, directory: dict[str, int]
) -> None:
    form = with_names(desk, maya, directory["Noor Aziz"])
    form["words"] = str(form["words"]).replace("Hi Maya", "Dear Maya")

    answer = desk.sends(f"/people/{maya}/referral/letter", **form | {"to": directory["Bea Lind"]})

    words = fields_of(Page(answer.text))["words"]
    assert words.strip().startswith("Dear Maya")
    assert "Bea Lind, couples\nlind.example" in words
    assert "Noor" not in words


def test_names_ticked_and_not_yet_in_the_letter_are_put_in_and_shown_before_it_goes(
    practice: Practice, desk: Desk, maya: int, directory: dict[str, int]
) -> None:
    form = fields_of(desk.opens(f"/people/{maya}/referral/new"))

    answer = desk.sends(f"/people/{maya}/referral", **form, to=directory["Noor Aziz"])

    assert answer.status_code == 422
    assert "Their names stand in the letter now." in answer.text
    assert stage_of(practice, maya) is Stage.NEW
    desk.does(f"/people/{maya}/referral", **fields_of(Page(answer.text)), to=directory["Noor Aziz"])
    assert stage_of(practice, maya) is Stage.REFERRED_OUT


def test_four_names_are_too_many(
    practice: Practice, desk: Desk, maya: int, directory: dict[str, int]
) -> None:
    form = fields_of(desk.opens(f"/people/{maya}/referral/new"))

    answer = desk.sends(f"/people/{maya}/referral", **form, to=list(directory.values()))

    assert answer.status_code == 422
    assert "Three names are enough." in answer.text
    assert stage_of(practice, maya) is Stage.NEW


def test_the_form_sent_twice_is_one_letter(
    practice: Practice, desk: Desk, maya: int, directory: dict[str, int]
) -> None:
    form = with_names(desk, maya, directory["Noor Aziz"])

    desk.does(f"/people/{maya}/referral", **form)
    desk.does(f"/people/{maya}/referral", **form)
    practice.advance(days=1)

    assert len(practice.outbox.to(MAYA)) == 2
    assert practice.story(maya).count("stage_moved: referred_out") == 1


def test_with_nobody_in_the_directory_the_letter_goes_all_the_same(
    practice: Practice, desk: Desk, maya: int
) -> None:
    page = desk.opens(f"/people/{maya}/referral/new")
    assert "Nobody is in your directory yet." in page.all_text
    assert page.root.find("#referral a")[0].attributes["href"] == "/settings/colleagues"

    desk.does(f"/people/{maya}/referral", **fields_of(page))
    practice.advance(days=1)

    assert "There are people I’d trust with it" in practice.outbox.to(MAYA)[1].text
    assert "You referred them to someone else" in desk.opens(f"/people/{maya}").all_text


def test_a_referral_can_go_without_a_letter(
    practice: Practice, desk: Desk, maya: int, directory: dict[str, int]
) -> None:
    page = desk.does(f"/people/{maya}/referral", to=directory["Noor Aziz"], words="Not sent.")
    practice.advance(days=60)

    assert page.toast == "Maya is in Referred out. Their follow-ups stopped."
    assert len(practice.outbox.to(MAYA)) == 1
    assert "You referred them to Noor Aziz" in desk.opens(f"/people/{maya}").all_text


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"words": " "}, "Write something first, or don’t send it."),
        ({"subject": ""}, "An email has a subject."),
        ({"words": "Hi {frist name}"}, "frist name"),
        ({"words": "x" * 20_001}, "That is longer than an email should be."),
    ],
)
def test_a_letter_that_cannot_go_moves_nobody(
    practice: Practice, desk: Desk, maya: int, fields: dict[str, str], error: str
) -> None:
    form = fields_of(desk.opens(f"/people/{maya}/referral/new"))

    answer = desk.sends(f"/people/{maya}/referral", **form | fields)

    assert answer.status_code == 422
    assert error in answer.text
    assert stage_of(practice, maya) is Stage.NEW


def test_who_left_no_address_is_referred_without_a_letter(
    practice: Practice, desk: Desk, directory: dict[str, int]
) -> None:
    sam = practice.submits(Submission(name="Sam", phone="+12135550148", nonce="n"))

    page = desk.opens(f"/people/{sam}/referral/new")
    desk.does(f"/people/{sam}/referral", to=directory["Cy Marsh"], send="y", words="x", subject="x")

    assert "Sam left no email address, so no letter goes." in page.all_text
    assert stage_of(practice, sam) is Stage.REFERRED_OUT
    assert practice.messages(sam) == []


def test_with_its_sequence_off_no_letter_is_offered(practice: Practice, desk: Desk, maya: int) -> None:
    with practice.at_work():
        db.session.execute(
            sa.update(SequenceRow).where(SequenceRow.key == "kind_decline").values(active=False)
        )

    page = desk.opens(f"/people/{maya}/referral/new")

    assert "No letter goes: the sequence that begins with it is off." in page.all_text
    assert page.root.find("#letter-words") == []


def test_taken_back_within_seconds_nothing_goes_and_the_letter_is_a_draft(
    practice: Practice, desk: Desk, maya: int, directory: dict[str, int]
) -> None:
    page = desk.does(f"/people/{maya}/referral", **with_names(desk, maya, directory["Noor Aziz"]))
    practice.advance(seconds=10)

    desk.does(page.undo)
    practice.advance(hours=1)

    assert stage_of(practice, maya) is Stage.NEW
    assert len(practice.outbox.to(MAYA)) == 1
    assert "Noor Aziz, children" in desk.opens(f"/people/{maya}", compose="reply").text("#words")


@pytest.fixture
def call(practice: Practice, maya: int) -> int:
    """A call with Maya that is over."""
    with practice.at_work():
        at = practice.now + timedelta(hours=2)
        triage.book(practice.lead(maya), at, Medium.PHONE, 1, practice.now)
    practice.advance(hours=3)
    with practice.reading():
        return db.session.scalars(sa.select(Booking.id)).one()


def test_not_a_fit_after_a_call_settles_it_and_declines_in_one(
    practice: Practice, desk: Desk, maya: int, call: int, directory: dict[str, int]
) -> None:
    asked = desk.sends(f"/bookings/{call}/outcome", outcome="not_a_fit", next="/today")
    assert asked.location == f"/people/{maya}/referral/new?call={call}&next=/today"
    assert stage_of(practice, maya) is Stage.CONSULT_BOOKED

    page = desk.does(f"/people/{maya}/referral", **with_names(desk, maya, directory["Bea Lind"], call=call))

    with practice.reading():
        assert db.session.get_one(Booking, call).outcome is Outcome.HELD
    assert stage_of(practice, maya) is Stage.REFERRED_OUT
    assert "How did it go" not in desk.opens("/today").all_text
    assert "You referred them to Bea Lind" in desk.opens(f"/people/{maya}").all_text
    desk.does(page.undo)
    with practice.reading():
        assert db.session.get_one(Booking, call).outcome is None
    assert stage_of(practice, maya) is Stage.CONSULT_BOOKED


def test_today_offers_what_was_decided_in_the_call(
    practice: Practice, desk: Desk, maya: int, call: int
) -> None:
    page = desk.opens("/today")

    assert [
        each for each in page.buttons(".panel-actions") if each in ("A client now", "On the waitlist")
    ] == ["A client now", "On the waitlist"]
    links = [each.attributes["href"] for each in page.root.find(".panel-actions a")]
    assert f"/people/{maya}/referral/new?next=/today&call={call}" in links


def test_somebody_elses_call_is_left_alone(
    practice: Practice, desk: Desk, call: int, directory: dict[str, int]
) -> None:
    sam = practice.receives_inquiry("Sam <sam@example.com>", "Hello.")

    desk.does(f"/people/{sam}/referral", to=directory["Bea Lind"], call=call)

    with practice.reading():
        assert db.session.get_one(Booking, call).outcome is None


def test_a_story_tells_the_decision_of_a_call(practice: Practice, desk: Desk, maya: int, call: int) -> None:
    desk.does(f"/bookings/{call}/outcome", outcome="client")

    assert "Moved from Consult done to Client" in desk.opens(f"/people/{maya}").all_text


def test_a_dialog_goes_on_from_how_it_went_to_whom_they_are_sent(desk: Desk, call: int) -> None:
    asked = desk.sends(f"/bookings/{call}/outcome", DIALOG, outcome="not_a_fit")

    fragment = desk.gets(asked.location, DIALOG).text

    assert asked.status_code == 303
    assert fragment.lstrip().startswith('<h2 id="dialog-title">')


def test_the_names_stay_when_the_directory_changes_and_go_with_the_person(
    practice: Practice, desk: Desk, maya: int, directory: dict[str, int]
) -> None:
    practice.refers_out(maya, "Noor Aziz")
    desk.does(f"/settings/colleagues/{directory['Noor Aziz']}/archival")
    with practice.reading():
        told = portrait(practice.lead(maya), practice.now)["story"]
    assert ["Noor Aziz"] in [each["facts"].get("to_whom") for each in told]

    sam = practice.receives_inquiry("Sam Okafor <sam.o@example.com>", "Hello.")
    merge(practice, maya, sam)
    assert "You referred them to Noor Aziz" in desk.opens(f"/people/{maya}").all_text
    with practice.at_work():
        erase(maya, 1, practice.now)
    with practice.reading():
        assert set(db.session.scalars(sa.select(Colleague.id))) == set(directory.values())


def test_an_assistant_refers_without_a_letter(
    practice: Practice, desk: Desk, maya: int, directory: dict[str, int], staff: Staff
) -> None:
    browser = staff.browser(Role.ASSISTANT)

    page = browser.get(f"/people/{maya}/referral/new").text
    browser.post(
        f"/people/{maya}/referral",
        data={"to": directory["Cy Marsh"], "send": "y", "words": "x", "subject": "x"},
    )

    assert "Send Maya this letter" not in page
    assert stage_of(practice, maya) is Stage.REFERRED_OUT
    assert all(message.kind != "reply" for message in practice.messages(maya))
