"""Which field is what: a guess is made, the owner corrects it, and what had waited becomes inquiries."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crm.models import Delivery, Source
from crm.rules.ways_in import DeliveryState, SourceKind
from tests.practice import Practice
from tests.rules.specimens_of_builders import SPECIMENS, Specimen, as_json
from tests.rules.test_builders import signed_by
from tests.web.builder import Builder, deliveries
from tests.web.desk import Desk
from tests.web.door import inquiries, people
from tests.web.reading import Page, read

ODD = {
    "Handle": "maya at example",
    "Line": "two one three, 555 0148",
    "Story": "I can’t sleep",
    "Who": "Maya",
}


@pytest.fixture
def builder(practice: Practice) -> Builder:
    return Builder(practice)


def says(page: Page, **parts: str) -> dict[str, str]:
    """The form of the page, with these fields said to be something else."""
    form = {
        field.attributes["name"]: field.attributes["value"]
        for field in page.root.find("#mapping input[value]")
    }
    for number, select in enumerate(page.root.find("#mapping select")):
        chosen = select.find("option[selected]")[0].attributes["value"]
        form[select.attributes["name"]] = parts.get(form[f"key-{number}"], chosen)
    return form


def address(builder: Builder) -> str:
    return f"/settings/ways-in/{builder.source_id}"


def test_the_last_payload_is_shown_field_by_field_with_a_guess(desk: Desk, builder: Builder) -> None:
    builder.sends(SPECIMENS["Elementor, advanced"])

    page = desk.opens(address(builder))

    assert page.texts("#mapping tbody .who") == [
        "Name",
        "Email",
        "Phone",
        "Message",
        "I agree to the privacy policy",
    ]
    assert page.texts("#mapping option[selected]") == [
        "Name",
        "Email",
        "Phone",
        "Their message",
        "keep beside the note",
    ]
    assert "maya.o@example.com" in page.texts("#mapping td")
    assert page.texts("#waiting") == []


def test_what_waited_becomes_inquiries_once_the_owner_has_said_what_is_what(
    practice: Practice, desk: Desk, builder: Builder
) -> None:
    for number in range(2):
        builder.sends(as_json(ODD | {"Handle": f"see {number}", "Box": f"maya{number}@example.org x"}))
    before = desk.opens(address(builder))
    listed = desk.opens("/settings/ways-in")

    after = desk.does(f"{address(builder)}/mapping", **says(before, Box="email", Story="message", Who="name"))
    practice.advance(seconds=5)

    assert "2 kept for you" in listed.all_text
    assert before.texts("#waiting p")[1].endswith("No email address and no phone number was found in it.")
    assert after.toast == "Saved. Two inquiries that waited are on Today now."
    assert after.texts("#waiting") == []
    assert [(person.name, person.email) for person in people(practice)] == [
        ("Maya", "maya0@example.org"),
        ("Maya", "maya1@example.org"),
    ]
    assert inquiries(practice)[0].message == "I can’t sleep"
    assert inquiries(practice)[0].more["Handle"] == "see 0"
    assert practice.outbox.subjects_to("maya0@example.org") == ["I got your note"]


def test_what_waits_to_be_mapped_is_shown_before_what_came_later(desk: Desk, builder: Builder) -> None:
    builder.sends(as_json({"Handle": "see below"}))
    builder.sends(SPECIMENS["plain JSON"])

    assert desk.opens(address(builder)).texts("#mapping tbody .who") == ["Handle"]


def test_from_then_on_it_is_read_so(practice: Practice, desk: Desk, builder: Builder) -> None:
    builder.sends(
        as_json({"A": "maya@example.org", "B": "sam@example.org", "C": "hello there, it is me again"})
    )
    page = desk.opens(address(builder))

    desk.does(f"{address(builder)}/mapping", **says(page, A="nothing", B="email", C="beside"))
    builder.sends(as_json({"A": "rosa@example.org", "B": "lena@example.org", "C": "and once more it is me"}))

    assert [person.email for person in people(practice)] == ["maya@example.org", "lena@example.org"]
    assert inquiries(practice)[1].more == {"C": "and once more it is me"}


def test_saving_one_form_forgets_nothing_of_another_that_shares_the_way_in(
    practice: Practice, desk: Desk, builder: Builder
) -> None:
    known = {"Their address": "email"} | {f"Question {n}": "nothing" for n in range(397)}
    with practice.at_work() as session:
        session.get_one(Source, builder.source_id).mapping = known | {"A": "email", "B": "beside"}
    builder.sends(as_json({"A": "maya@example.org", "B": "sam@example.org"}))
    page = desk.opens(address(builder))

    desk.does(f"{address(builder)}/mapping", **says(page, A="nothing", B="email"))

    assert mapping(practice, builder) == known | {"A": "nothing", "B": "email"}


def test_beyond_what_is_remembered_the_fields_said_longest_ago_are_forgotten(
    practice: Practice, desk: Desk, builder: Builder
) -> None:
    with practice.at_work() as session:
        known = {"A": "beside"} | {f"Question {n}": "nothing" for n in range(399)}
        session.get_one(Source, builder.source_id).mapping = known
    builder.sends(as_json({"A": "maya@example.org", "B": "sam@example.org"}))
    page = desk.opens(address(builder))

    desk.does(f"{address(builder)}/mapping", **says(page, A="nothing", B="email"))

    kept = mapping(practice, builder)
    assert (len(kept), kept["A"], kept["B"]) == (400, "nothing", "email")
    assert "Question 0" not in kept


def mapping(practice: Practice, builder: Builder) -> dict[str, str]:
    with practice.reading() as session:
        return session.get_one(Source, builder.source_id).mapping


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"A": "beside", "B": "beside"}, "one of them is needed"),
        ({"A": "email", "B": "email"}, "Two fields can’t both be “Email”."),
    ],
)
def test_what_would_answer_nobody_is_told_and_kept_on_the_page(
    practice: Practice, desk: Desk, builder: Builder, parts: dict[str, str], problem: str
) -> None:
    builder.sends(as_json({"A": "maya@example.org", "B": "sam@example.org"}))
    page = desk.opens(address(builder))

    refused = read(desk.sends(f"{address(builder)}/mapping", **says(page, **parts)), 422)

    assert problem in refused.text(".notice.bad")
    chosen = [
        select.find("option[selected]")[0].attributes["value"]
        for select in refused.root.find("#mapping select")
    ]
    assert chosen == list(parts.values())


def test_what_the_page_never_asked_is_left_alone(desk: Desk, builder: Builder) -> None:
    builder.sends(as_json({"A": "maya@example.org"}))

    answer = desk.sends(
        f"{address(builder)}/mapping", **{"key-0": "A", "part-0": "carrier pigeon", "part-9": "email"}
    )

    assert answer.status_code == 422


def test_what_cannot_be_read_is_shown_as_it_came_and_can_be_forgotten(
    practice: Practice, desk: Desk, builder: Builder
) -> None:
    builder.sends(Specimen(b'<script>alert(1)</script>\x00{"half": '))
    shown = desk.gets(address(builder)).text

    after = desk.does(f"{address(builder)}/deliveries/1/oblivion")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert (after.toast, after.texts("#waiting")) == ("Forgotten.", [])
    (kept,) = deliveries(practice)
    assert (kept.state, kept.body) == (DeliveryState.FORGOTTEN, b"")
    assert desk.sends(f"{address(builder)}/deliveries/1/oblivion").status_code == 404


def test_what_became_an_inquiry_cannot_be_forgotten_here(desk: Desk, builder: Builder) -> None:
    builder.sends(SPECIMENS["plain JSON"])

    assert desk.sends(f"{address(builder)}/deliveries/1/oblivion").status_code == 404


def test_once_the_secret_is_right_what_was_turned_away_comes_in(practice: Practice, desk: Desk) -> None:
    builder = Builder(practice, SourceKind.TYPEFORM, signing_secret="mistyped")
    specimen = SPECIMENS["Typeform"]
    builder.sends(specimen, signed_by(SourceKind.TYPEFORM, b"the right one", specimen.body))
    waits = desk.opens(address(builder)).text("#waiting")

    after = desk.does(f"{address(builder)}/secret", signing_secret="the right one")

    assert "Its signature doesn’t fit the signing secret." in waits
    assert after.toast.endswith("One inquiry that waited is on Today now.")
    assert len(inquiries(practice)) == 1


def test_however_much_waits_that_nobody_can_read_what_came_after_it_is_looked_at_again(
    practice: Practice, desk: Desk, builder: Builder
) -> None:
    with practice.at_work() as session:
        about = {"source_id": builder.source_id, "arrived_at": practice.now}
        session.add_all(
            Delivery(key=f"n{number}", state=DeliveryState.UNREADABLE, body=b"{", **about)
            for number in range(301)
        )
    with practice.at_work() as session:
        session.add(Delivery(key="hers", body=as_json({"email": "maya@example.org"}).body, **about))

    after = desk.does(f"{address(builder)}/retries")

    assert after.toast == "Looked at once more. One inquiry that waited is on Today now."
    assert [person.email for person in people(practice)] == ["maya@example.org"]


def test_settings_say_that_something_waits(desk: Desk, builder: Builder) -> None:
    assert "needs attention" not in desk.gets("/settings/ways-in").text.partition("Ways in<")[2][:120]

    builder.sends(as_json({"Question": "Nobody to answer"}))

    assert "needs attention" in desk.gets("/settings/ways-in").text.partition("Ways in<")[2][:160]


def test_payloads_are_for_who_is_signed_in(
    practice: Practice, visitor: FlaskClient, builder: Builder
) -> None:
    builder.sends(SPECIMENS["plain JSON"])

    for path in ("", "/mapping", "/retries", "/deliveries/1/oblivion"):
        assert visitor.open(address(builder) + path, method="POST").status_code == 303
