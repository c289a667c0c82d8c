"""The emails' pages: writing, previewing, checking, testing, versions, archive."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.models import EmailTemplate
from tests.practice import OWNER_EMAIL, Practice
from tests.web.desk import Desk
from tests.web.reading import Page

SECOND = "Still here, if it’s useful"
BODY = "Hi {first name},\n\nJust so you know.\n\nWarmly,\n{my name}\n"


def template_of(practice: Practice, key: str) -> EmailTemplate:
    with practice.reading():
        return db.session.scalars(sa.select(EmailTemplate).where(EmailTemplate.key == key)).one()


@pytest.fixture
def address(practice: Practice) -> str:
    return f"/follow-ups/emails/{template_of(practice, 'still_here').id}"


def typed(page: Page, **changes: str) -> dict[str, str]:
    """What the form of the page holds, with these fields changed."""
    (form,) = page.root.find("form#edit")
    fields = {each.attributes["name"]: each.attributes.get("value", "") for each in form.find("input")}
    (area,) = form.find("textarea")
    body = str(area.inside[0]).removeprefix("\r\n") if area.inside else ""  # as browsers do (HTML 13.2.6.4.7)
    return fields | {"body": body} | changes


def test_the_list_says_where_each_text_is_used(desk: Desk) -> None:
    page = desk.opens("/follow-ups/emails")

    assert page.texts("li h2")[1] == SECOND
    assert page.texts(".grow p")[1] == "Email 2 of “New inquiry”"


def test_the_editor_says_who_gets_it(practice: Practice, desk: Desk, address: str) -> None:
    practice.receives_inquiry("Maya Okafor <maya.o@example.com>")
    practice.advance(minutes=1)

    page = desk.opens(address)

    assert page.heading == SECOND
    assert page.text(".lead") == "Email 2 of New inquiry. One person will get it in the next 7 days."
    assert page.texts("#person option[selected]") == ["Maya Okafor"]
    assert page.texts("#checks li") == [
        "Every blank gets filled for the one person",
        "Nothing they wrote to you is quoted",
        *page.texts("#checks li")[2:3],
        "Sender, subject and preview say nothing private",
        "The subject fits on a phone",
    ]


def test_a_save_is_a_version_and_goes_out_from_then_on(practice: Practice, desk: Desk, address: str) -> None:
    practice.receives_inquiry("Maya Okafor <maya.o@example.com>")

    page = desk.does(address, **typed(desk.opens(address), subject="Whenever you like", body=BODY))
    practice.advance(days=4)

    assert page.toast == "Saved. From now on it goes out like this."
    assert page.heading == "Whenever you like"
    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note", "Whenever you like"]


def test_opening_and_saving_makes_no_version(practice: Practice, desk: Desk, address: str) -> None:
    page = desk.opens(address)
    assert page.text("#unsaved") == ""

    desk.does(address, **typed(page))

    assert desk.opens(f"{address}/versions").texts("ol li .tag") == ["In use"]


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("body", "Hi {frist name},", "There is no blank called {frist name}. Did you mean {first name}?"),
        ("subject", "For {surname}", "There is no blank called {surname}."),
        ("body", "{{ 7 * 7 }}", "Arithmetic can’t be used in an email; blanks, and if and else, can."),
        ("body", "{% for x in y %}{% endfor %}", "A loop can’t be used in an email"),
        ("subject", "{button Now}", "A button or a link belongs in the message."),
    ],
)
def test_what_cannot_be_filled_is_refused_by_name_and_stays(
    desk: Desk, address: str, field: str, text: str, said: str
) -> None:
    answer = desk.sends(address, **typed(desk.opens(address), **{field: text}))

    page = Page(answer.text)
    assert answer.status_code == 422
    assert said in " ".join(page.texts(".error"))
    assert typed(page)[field] == text
    assert desk.opens(address).heading == SECOND


@pytest.mark.parametrize("field", ["subject", "body"])
def test_an_empty_field_is_refused(desk: Desk, address: str, field: str) -> None:
    assert desk.sends(address, **typed(desk.opens(address), **{field: " "})).status_code == 422


def test_a_text_saved_in_another_window_is_not_overwritten_unawares(desk: Desk, address: str) -> None:
    mine = typed(desk.opens(address), subject="Mine")
    desk.does(address, **typed(desk.opens(address), subject="Theirs"))

    answer = desk.sends(address, **mine)

    page = Page(answer.text)
    assert answer.status_code == 409
    assert typed(page)["subject"] == "Mine"
    assert desk.does(address, **typed(page)).heading == "Mine"


def test_the_preview_is_the_letter_itself_in_a_frame_of_its_own(
    practice: Practice, desk: Desk, address: str
) -> None:
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>")
    fields = typed(desk.opens(address), body=f"{BODY}\n{{button Tell me when suits you}}", person=str(maya))

    answer = desk.sends("/follow-ups/emails/preview", **fields)

    assert "Hi Maya," in answer.text
    assert "Stop these emails" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'; style-src 'unsafe-inline'" in policy
    assert "sandbox allow-same-origin;" in policy
    assert "allow-scripts" not in policy


def test_the_plain_text_can_be_previewed_too(desk: Desk, address: str) -> None:
    answer = desk.sends("/follow-ups/emails/preview", **typed(desk.opens(address), body=BODY, shape="text"))

    assert "<pre>Hi there,\n\nJust so you know." in answer.text


def test_a_name_is_shown_literally_in_a_preview(practice: Practice, desk: Desk, address: str) -> None:
    mallory = practice.receives_inquiry("<script>alert(1)</script> <m@example.com>")
    with practice.at_work():
        practice.lead(mallory).name = "<script>alert(1)</script>"

    answer = desk.sends("/follow-ups/emails/preview", **typed(desk.opens(address), person=str(mallory)))

    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_the_acknowledgement_is_previewed_without_a_name_and_with_988(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>")
    acknowledgement = template_of(practice, "got_your_note").id

    answer = desk.gets(f"/follow-ups/emails/{acknowledgement}/letter", person=maya)

    assert "Hi there," in answer.text
    assert "988" in answer.text


def test_a_preview_of_a_broken_text_says_what_is_wrong(desk: Desk, address: str) -> None:
    answer = desk.sends("/follow-ups/emails/preview", **typed(desk.opens(address), body="{nonsense}"))

    assert "There is no blank called {nonsense}." in answer.text


def test_the_checks_follow_what_is_typed(desk: Desk, address: str) -> None:
    fields = typed(desk.opens(address), subject="About therapy for your anxiety")

    page = desk.sends("/follow-ups/emails/checks", **fields).text

    assert "Shows on a lock screen: the subject says “therapy” and “anxiety”" in page
    assert "Unsaved changes" in page


def test_a_blank_that_stays_empty_is_told(practice: Practice, desk: Desk, address: str) -> None:
    with practice.at_work():
        from crm.models import Practice as Row  # noqa: PLC0415 - the row, not the driver

        Row.current().office_address = ""

    page = desk.sends("/follow-ups/emails/checks", **typed(desk.opens(address), body="At {office address}."))

    assert "Nothing is known yet for {office address}" in page.text


def test_a_test_goes_to_whoever_is_signed_in_as_it_is_typed(
    practice: Practice, desk: Desk, address: str
) -> None:
    fields = typed(desk.opens(address), subject="Not saved", body=BODY)

    page = Page(desk.sends(f"{address}/test", **fields).text)
    practice.advance(minutes=1)

    assert page.toast == f"A test goes to {OWNER_EMAIL} now."
    assert typed(page)["subject"] == "Not saved"
    assert practice.outbox.only_to(OWNER_EMAIL).subject == "[Test] Not saved"
    assert desk.opens(address).heading == SECOND


def test_a_test_of_a_broken_text_is_not_sent(practice: Practice, desk: Desk, address: str) -> None:
    answer = desk.sends(f"{address}/test", **typed(desk.opens(address), body="{nonsense}"))
    practice.advance(minutes=1)

    assert answer.status_code == 422
    assert practice.outbox.to(OWNER_EMAIL) == []


def test_a_test_asked_for_by_a_script_leaves_the_page_alone(desk: Desk, address: str) -> None:
    answer = desk.sends(f"{address}/test", {"HX-Request": "true"}, **typed(desk.opens(address)))

    assert "A test goes to" in answer.text
    assert "<html" not in answer.text


def test_an_earlier_version_comes_back_as_the_newest(desk: Desk, address: str) -> None:
    desk.does(address, **typed(desk.opens(address), subject="Changed"))

    page = desk.does(f"{address}/versions/1/restoration")

    assert page.toast == "Version 1 is back, as the newest."
    assert page.heading == SECOND
    assert len(desk.opens(f"{address}/versions").texts("ol li")) == 3


def test_a_new_text_is_written_and_found_in_the_list(desk: Desk) -> None:
    page = desk.opens("/follow-ups/emails/new")

    page = desk.does("/follow-ups/emails", **typed(page, subject="One more thing", body=BODY))

    assert page.heading == "One more thing"
    assert page.text(".lead").startswith("Not in a sequence.")
    assert "One more thing" in desk.opens("/follow-ups/emails").texts("li h2")


def test_a_text_in_a_sequence_cannot_be_archived(desk: Desk, address: str) -> None:
    page = desk.does(f"{address}/archival")

    assert page.toast == f"“{SECOND}” is email 2 of “New inquiry”. Take it out there first."


def test_an_archived_text_can_be_brought_back(desk: Desk) -> None:
    desk.does("/follow-ups/emails", subject="One more thing", body=BODY)
    (link,) = [
        a.attributes["href"]
        for a in desk.opens("/follow-ups/emails").root.find("h2 a")
        if a.text == "One more thing"
    ]

    page = desk.does(f"{link}/archival")
    assert page.toast == "“One more thing” is archived."
    assert "One more thing" not in page.texts("h2")

    assert desk.does(page.undo).heading == "One more thing"


def test_the_first_next_step_is_open_to_nobody_else(visitor: FlaskClient) -> None:
    assert visitor.post("/follow-ups/emails/preview").status_code == 303
