"""How somebody found the practice: told and counted in their words, and sealed in the database."""

from __future__ import annotations

from crm.models import Lead
from tests.at_rest import among, stolen
from tests.practice import Practice
from tests.web.desk import Desk

WORDS = "My wife Zephyrine told me"
SEARCHED = "zylophonist"


def test_in_the_database_nobody_reads_how_they_came_or_what_was_looked_for(
    practice: Practice, desk: Desk
) -> None:
    practice.receives_inquiry("Maya Okafor <maya@example.org>", found_us=WORDS)
    view = {"name": "Music", "query": f"q={SEARCHED}", "whose": "everyone"}
    assert desk.sends("/people/views", **view).status_code == 303

    assert among(["Zephyrine", SEARCHED], stolen(practice)) == []
    assert WORDS in desk.opens("/people/1").all_text


def test_the_list_is_narrowed_to_who_gave_the_same_answer(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry("Maya Okafor <maya@example.org>", found_us=WORDS)
    practice.receives_inquiry("Noor Haddad <noor@example.org>", found_us=WORDS)
    practice.receives_inquiry("Sam Rivers <sam@example.org>", found_us="A search")

    page = desk.opens("/people", view="list", source=WORDS)
    choices = desk.gets("/people", view="list").text

    assert ("Maya" in page.all_text, "Noor" in page.all_text, "Sam Rivers" in page.all_text) == (
        True,
        True,
        False,
    )
    assert choices.count(f'<option value="{WORDS}">') == 1
    assert choices.count('<option value="A search">') == 1


def test_an_answer_that_is_corrected_is_found_by_the_new_one(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry("Maya Okafor <maya@example.org>", found_us=WORDS)
    with practice.at_work():
        practice.lead(maya).found_us = "A search"

    assert "Maya" in desk.opens("/people", view="list", source="A search").all_text
    with practice.reading() as session:
        assert session.query(Lead).one().found_us == "A search"


def test_a_view_that_was_kept_leads_to_its_list(practice: Practice, desk: Desk) -> None:
    desk.sends("/people/views", name="Music", query=f"q={SEARCHED}", whose="everyone")

    links = [each.attributes["href"] for each in desk.opens("/people", view="list").root.find(".views a")]

    assert f"/people?view=list&q={SEARCHED}" in links
