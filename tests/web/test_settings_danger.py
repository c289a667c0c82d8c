"""Settings, Words of danger: own phrases, a box to try them, and what can be switched off."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import crisis
from crm.flows.capture import capture
from crm.models import CrisisEdition, EventKind
from crm.rules.crisis import VERSION
from crm.rules.crisis_phrases import shipped
from crm.rules.intake import Limits, Submission
from tests.practice import Practice
from tests.web.desk import Desk

PAGE = "/settings/danger"
OWN = "the lighthouse again"


def edition(desk: Desk) -> str:
    return desk.opens(PAGE).attribute("#edition", "value")


def saves(desk: Desk, english: str = "", spanish: str = "") -> None:
    desk.does(f"{PAGE}/own", english=english, spanish=spanish, edition=edition(desk))


def read_first(practice: Practice, lead_id: int) -> bool:
    with practice.reading():
        return practice.lead(lead_id).read_first_at is not None


def address_of(desk: Desk, practice: Practice, phrase: str) -> str:
    """The page of a phrase of ours, as its link on the list leads to it."""
    html = desk.gets(PAGE).text
    found = re.search(rf"<li><span>{re.escape(phrase)}</span><a[^>]*href=\"([^\"]+)\"", html)
    assert found, phrase
    return found[1]


def test_a_note_with_a_phrase_of_his_own_is_read_first(practice: Practice, desk: Desk) -> None:
    before = practice.receives_inquiry("Ann <ann@example.com>", "I went to the lighthouse again.")

    saves(desk, english=f"{OWN}\nmy garden is watered", spanish="el faro…otra vez")

    after = practice.receives_inquiry("Bo <bo@example.com>", "I went to THE LIGHTHOUSE, again!")
    spanish = practice.receives_inquiry("Eva <eva@example.com>", "Vi el faro, sola, otra vez.")
    assert [read_first(practice, each) for each in (before, after, spanish)] == [False, True, True]


def test_the_story_knows_by_which_edition_somebody_was_put_on_top(practice: Practice, desk: Desk) -> None:
    ours = practice.receives_inquiry("Theo <theo@example.com>", "I want to die.")
    saves(desk, english=OWN)
    his = practice.receives_inquiry("Bo <bo@example.com>", "I see the lighthouse again.")

    with practice.reading():
        kept = [
            next(e.facts for e in practice.lead(who).events if e.kind is EventKind.READ_FIRST_SET)
            for who in (ours, his)
        ]
        number = db.session.scalar(sa.select(CrisisEdition.id))
    assert kept == [{"rules": VERSION}, {"rules": f"{VERSION}+{number}"}]


def test_a_reply_is_read_with_his_own_phrases_too(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry("Maya <maya@example.com>", "Hello.")
    saves(desk, english=OWN)

    practice.hears_back(maya, "It is the lighthouse again.")

    assert read_first(practice, maya)
    assert desk.opens("/today").texts("#panel mark") == ["the lighthouse again"]


def test_the_box_says_what_would_be_found_and_keeps_nothing(practice: Practice, desk: Desk) -> None:
    page = desk.sends(f"{PAGE}/trial", text="I want to die, or so I say.")
    calm = desk.sends(f"{PAGE}/trial", text="I would like a call on Tuesday.")

    assert "This would be read first." in page.text
    assert '<mark class="flagged">want to die</mark>' in page.text
    assert "This would wait its turn." in calm.text
    assert "want to die" not in desk.gets(PAGE).text.replace("want / ", "")


def test_an_empty_box_asks_for_a_text(desk: Desk) -> None:
    assert desk.sends(f"{PAGE}/trial", text="").status_code == 422


@pytest.mark.parametrize("typed", ["a", "(a+)+b", "x" * 90, "[a-z]*", "* *", "…", "die|live", "\\w+ \\w+"])
def test_what_cannot_be_looked_for_is_said_and_kept_as_typed(
    practice: Practice, desk: Desk, typed: str
) -> None:
    answer = desk.sends(f"{PAGE}/own", english=f"the lighthouse\n{typed}", edition=edition(desk))

    assert answer.status_code == 422
    assert "the lighthouse" in answer.text
    with practice.reading():
        assert crisis.rules().english == ()


def test_more_phrases_than_anybody_needs_are_refused(desk: Desk) -> None:
    many = "\n".join(f"phrase number {n}" for n in range(201))

    assert desk.sends(f"{PAGE}/own", english=many, edition=edition(desk)).status_code == 422


def test_two_who_save_at_once_do_not_lose_a_phrase(practice: Practice, desk: Desk) -> None:
    opened = edition(desk)
    saves(desk, english="the first of them")

    second = desk.sends(f"{PAGE}/own", english="the second of them", edition=opened)

    assert second.status_code == 409
    assert "the second of them" in second.text
    with practice.reading():
        assert crisis.rules().english == ("the first of them",)


def test_what_is_said_outright_is_always_looked_for(practice: Practice, desk: Desk) -> None:
    outright = [each for each in shipped() if each.is_always_on]
    page = desk.opens(PAGE)
    links = page.texts(".phrases a")

    assert {each.group for each in outright} == {"Said outright, slang and slips of the finger included",
                                                 "Dicho sin rodeos"}  # fmt: skip
    assert len(links) == len(shipped()) - len(outright)


def test_one_of_ours_is_switched_off_only_after_a_warning_and_on_again(
    practice: Practice, desk: Desk
) -> None:
    note = "The bridge in Echo Park is near me."
    practice.receives_inquiry("Ann <ann@example.com>", note)
    bridge = "(bridge / bridges / pier / cliff / rooftop / ledge / overpass)"
    address = address_of(desk, practice, bridge)

    page = desk.opens(address)
    assert "waits its turn" in page.text(".notice")
    assert "it alone put one on top" in page.all_text
    desk.does(f"{address}/silence")
    silent = practice.receives_inquiry("Bo <bo@example.com>", note)
    assert desk.opens(PAGE).texts(".notice b") == ["One phrase is switched off."]
    desk.does(f"{address}/return")
    loud = practice.receives_inquiry("Cy <cy@example.com>", note)

    assert [read_first(practice, each) for each in (silent, loud)] == [False, True]


def test_the_warning_counts_whatever_was_said_in_a_form_and_not_the_message_alone(
    practice: Practice, desk: Desk
) -> None:
    bridge = "(bridge / bridges / pier / cliff / rooftop / ledge / overpass)"
    where = ("Where do you live?", "The bridge in Echo Park is near me.")
    with practice.at_work():
        capture(Submission("Ann", "ann@example.com", message="Hello.", more=(where,)), Limits(), practice.now)

    page = desk.opens(address_of(desk, practice, bridge))

    assert "it alone put one on top" in page.all_text


def test_a_phrase_said_outright_cannot_be_switched_off_by_any_address(practice: Practice, desk: Desk) -> None:
    from crm.web.settings_danger import _key  # noqa: PLC0415 - the name it would have in an address

    outright = next(each for each in shipped() if each.is_always_on)

    assert desk.sends(f"{PAGE}/phrases/{_key(outright)}/silence").status_code == 400
    assert desk.gets(f"{PAGE}/phrases/0123456789ab").status_code == 404


def test_an_earlier_edition_can_be_restored(practice: Practice, desk: Desk) -> None:
    saves(desk, english=OWN)
    saves(desk, english="")
    with practice.reading():
        first = db.session.scalar(sa.select(sa.func.min(CrisisEdition.id)))

    desk.does(f"{PAGE}/editions/{first}/restoration")

    with practice.reading():
        assert crisis.rules().english == (OWN,)
    assert "Connor" in desk.opens(PAGE).all_text
