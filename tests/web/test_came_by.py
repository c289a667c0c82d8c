"""Where people came from, on every way in; it is on the person's page, in Reports and in the file."""

from __future__ import annotations

from html import unescape

from crm.rules.ways_in import SourceKind
from tests.practice import Practice
from tests.rules.specimens_of_builders import as_json
from tests.web.builder import Builder
from tests.web.desk import Desk
from tests.web.door import FORM, MAYA, Visitor, hidden, inquiries, people
from tests.web.program import Program

PT = "https://www.psychologytoday.com/us/therapists?who=maya"


def test_the_form_takes_it_from_its_own_address_and_the_page_before(practice: Practice) -> None:
    browser = practice.app.test_client()
    page = browser.get(FORM + "?utm_campaign=spring&from=Book a call", headers={"Referer": PT}).text
    fields = {name: unescape(hidden(page, name)) for name in ("token", "touch", "button")}

    browser.post(FORM, data={**MAYA, **fields})

    (inquiry,) = inquiries(practice)
    assert inquiry.touch == {"campaign": "spring", "referrer": "psychologytoday.com"}
    assert inquiry.button == "Book a call"
    assert people(practice)[0].found_us == "Psychology Today"


def test_what_the_site_s_script_tells_is_kept_with_the_page_it_stands_on(
    practice: Practice, desk: Desk
) -> None:
    told = {"page": "https://springstreet.example/anxiety", "referrer": "www.psychologytoday.com"}
    visitor = Visitor(practice.app.test_client(), button="Book a call", **told)
    visitor.sends(touch=unescape(hidden(visitor.page, "touch")), **MAYA)

    line = "Came from Psychology Today, button “Book a call” on /anxiety."
    assert line in desk.opens("/people/1").text("#person")


def test_a_second_note_is_told_as_the_last_time(practice: Practice, desk: Desk) -> None:
    for number, source in enumerate(("newsletter", "podcast")):
        visitor = Visitor(practice.app.test_client(), utm_source=source)
        visitor.sends(touch=unescape(hidden(visitor.page, "touch")), **MAYA | {"message": f"Note {number}"})

    said = desk.opens("/people/1").text("#person")
    assert "Came from newsletter. Last time: came from podcast." in said


def test_programs_and_builders_may_tell_the_same(practice: Practice) -> None:
    told = {"utm_source": "newsletter", "referrer": PT, "page": "https://x.example/anxiety?name=Maya"}

    assert Program(practice).sends({"email": "a@example.org", **told}).status_code == 201
    sent = {"email": "b@example.org", "page_url": told["page"], "utm_source": "newsletter", "referrer": PT}
    assert Builder(practice, SourceKind.OTHER).sends(as_json(sent)).status_code == 201

    kept = {"source": "newsletter", "referrer": "psychologytoday.com", "landing": "/anxiety"}
    assert [each.touch for each in inquiries(practice)] == [kept, kept]
    assert all("utm_source" not in each.more for each in inquiries(practice))


def test_a_question_called_as_a_hidden_field_is_asked_of_people_and_its_answer_is_kept(
    practice: Practice,
) -> None:
    sent = {"email": "b@example.org", "Referrer": "Dr. Lena Ortiz", "Landing": "By plane, on Monday"}
    assert Builder(practice, SourceKind.OTHER).sends(as_json(sent)).status_code == 201

    (inquiry,) = inquiries(practice)
    assert inquiry.found_us == "Dr. Lena Ortiz"
    assert inquiry.more == {"Landing": "By plane, on Monday"}


def test_nothing_of_a_person_is_kept_of_an_address(practice: Practice) -> None:
    visitor = Visitor(
        practice.app.test_client(),
        utm_source="maya@example.com",
        utm_term="<script>",
        referrer="javascript:x",
    )
    visitor.sends(
        touch=f"{unescape(hidden(visitor.page, 'touch'))}&content=maya%40example.com&landing=/u/maya@x.org",
        **MAYA,
    )

    assert inquiries(practice)[0].touch == {}
