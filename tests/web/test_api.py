"""The API: an inquiry by token is stored as from the form, and every refusal says what would be right."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crm.models import FollowUpPolicy, Source
from crm.models import Practice as PracticeRow
from crm.rules.ways_in import SourceKind
from crm.web.api_document import document
from tests.practice import OWNER_EMAIL, Practice
from tests.web.door import inquiries, people
from tests.web.program import INQUIRIES, MAYA, Program, told


def test_an_inquiry_is_stored_shown_and_answered_by_mail(practice: Practice, program: Program) -> None:
    answer = program.sends()
    practice.advance(seconds=5)

    assert answer.status_code == 201
    assert answer.json == {"id": 1, "received_at": "2026-03-10T20:52:00+00:00", "repeated": False}
    (inquiry,) = inquiries(practice)
    assert (inquiry.name, inquiry.message, inquiry.source_id) == (
        *list(MAYA.values())[::2],
        program.source_id,
    )
    assert practice.outbox.subjects_to("maya@example.org") == ["I got your note"]
    assert practice.outbox.to(OWNER_EMAIL)


def test_all_it_may_hold_is_kept_and_what_is_not_known_too(practice: Practice, program: Program) -> None:
    known = {
        "phone": "(213) 555-0148",
        "free_times": "Evenings",
        "found_us": "A search",
        "page": "https://springstreet.example/contact",
        "article": "A person",
        "button": "article-end",
        "time_zone": "America/Chicago",
        "consent_wording": "You may write.",
        "follow_ups": False,
    }

    program.sends(MAYA | known | {"Insurance": "Aetna", "a/b": "~"})

    (inquiry,), (maya,) = inquiries(practice), people(practice)
    assert [getattr(inquiry, name) for name in ("free_times", "found_us", "page", "article", "button")] == [
        known[name] for name in ("free_times", "found_us", "page", "article", "button")
    ]
    assert (maya.phone, maya.zone_name, maya.follow_ups_wanted) == ("+12135550148", "America/Chicago", False)
    assert (inquiry.personal_only, inquiry.consent_wording) == (True, "You may write.")
    assert inquiry.more == {"Insurance": "Aetna", "a/b": "~"}


def test_each_field_is_kept_whole_up_to_what_the_document_promises(
    practice: Practice, program: Program
) -> None:
    fields = document("http://localhost")["components"]["schemas"]["Inquiry"]["properties"]
    kept = ("name", "message", "free_times", "found_us", "page", "article", "button", "consent_wording")
    full = {name: "x" * fields[name]["maxLength"] for name in kept}

    answer = program.sends(MAYA | full)

    assert answer.status_code == 201
    (inquiry,) = inquiries(practice)
    assert {name: getattr(inquiry, name) for name in kept} == full
    for name in kept:
        told(program.sends(MAYA | {name: full[name] + "x"}), 422, "invalid")


def test_where_the_practice_asks_first_silence_means_no(practice: Practice, program: Program) -> None:
    with practice.at_work():
        PracticeRow.current().follow_up_policy = FollowUpPolicy.ASK_FIRST

    program.sends()
    program.sends(MAYA | {"email": "sam@example.org", "follow_ups": True})

    assert [person.follow_ups_wanted for person in people(practice)] == [False, True]


def test_how_its_people_found_the_practice_is_known_where_they_do_not_say(practice: Practice) -> None:
    blog = Program(practice, found_us="The blog")

    blog.sends()
    blog.sends(MAYA | {"email": "sam@example.org", "found_us": "A friend"})

    assert [person.found_us for person in people(practice)] == ["The blog", "A friend"]


def test_words_of_danger_are_read_first(practice: Practice, program: Program) -> None:
    program.sends(MAYA | {"message": "I don't want to be alive anymore."})

    assert people(practice)[0].read_first_at is not None


def test_what_looks_like_spam_is_stored_without_a_word_about_it_and_nothing_is_sent(
    practice: Practice, program: Program
) -> None:
    answer = program.sends(MAYA | {"message": "http://a.example " * 9})
    practice.advance(days=1)

    assert answer.status_code == 201
    assert people(practice)[0].quarantined_at is not None
    assert practice.outbox.to("maya@example.org") == []


def test_without_a_token_or_with_a_wrong_one_nothing_comes_in(practice: Practice, program: Program) -> None:
    browser = practice.app.test_client()
    with practice.at_work() as session:
        session.get_one(Source, program.source_id).revoke(practice.now)

    refused = [
        browser.post(INQUIRIES, json=MAYA, headers={"Authorization": said})
        for said in (
            "",
            "Bearer",
            "Bearer x",
            "Basic eDp5",
            f"Bearer {program.token}",
            "Bearer \u00ff" + "x" * 5000,
        )
    ]

    for answer in refused:
        told(answer, 401, "no-token")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert inquiries(practice) == []


def test_the_token_of_a_form_builder_is_no_token_of_the_api(practice: Practice) -> None:
    answer = Program(practice, SourceKind.JOTFORM).sends()

    told(answer, 403, "not-allowed")
    assert 'scope="inquiries:write"' in answer.headers["WWW-Authenticate"]


def test_no_cookie_opens_it_and_none_is_given(
    practice: Practice, client: FlaskClient, program: Program
) -> None:
    told(client.post(INQUIRIES, json=MAYA), 401, "no-token")

    answers = [program.sends(), practice.app.test_client().get("/api/v1"), program.sends(b"")]

    assert [answer.headers.getlist("Set-Cookie") for answer in answers] == [[], [], []]


def test_pages_of_other_sites_are_not_let_in(practice: Practice, program: Program) -> None:
    asked = practice.app.test_client().options(
        INQUIRIES, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    )

    for answer in (asked, program.sends(Origin="https://evil.example")):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_what_cannot_be_used_is_named_with_what_would_be_right(practice: Practice, program: Program) -> None:
    problem = told(
        program.sends({"name": 5, "email": ["a"], "message": "x" * 20_001, "follow_ups": "yes", "extra": {}}),
        422,
        "invalid",
    )

    assert {(each["pointer"], each["detail"]) for each in problem["errors"]} == {
        ("/name", "This has to be text."),
        ("/email", "This has to be text."),
        ("/message", "At most 20,000 characters."),
        ("/follow_ups", "This has to be true or false."),
        ("/extra", "This has to be text."),
    }
    assert inquiries(practice) == []


@pytest.mark.parametrize(
    ("body", "pointer", "right"),
    [
        ({"name": "Maya"}, "/email", "An email address or a phone number is needed."),
        ({"email": "maya@", "phone": ""}, "/email", "name@example.com"),
        ({"phone": "12"}, "/phone", "+1 213 555 0148"),
        ({"email": "maya@example.org", "name": None}, "/name", "Leave it out"),
        ({"email": "maya@example.org", "follow_ups": 0}, "/follow_ups", "true or false"),
        ([], "", "This has to be text."),
        ("maya@example.org", "", "This has to be text."),
        ({"email": "maya@example.org"} | {f"x{n}": "" for n in range(51)}, "", "At most 50 fields"),
    ],
)
def test_who_cannot_be_reached_is_told(program: Program, body: object, pointer: str, right: str) -> None:
    errors = told(program.sends(body), 422, "invalid")["errors"]

    assert [each["pointer"] for each in errors] == [pointer]
    assert right in errors[0]["detail"]


def test_a_bad_address_beside_a_good_number_is_kept_and_gets_no_mail(
    practice: Practice, program: Program
) -> None:
    answer = program.sends({"name": "Rosa", "email": "rosa@@nowhere", "phone": "(213) 555-0148"})

    assert answer.status_code == 201
    assert (people(practice)[0].email, inquiries(practice)[0].email) == (None, "rosa@@nowhere")


def test_acknowledgements_have_their_ceilings_here_too(practice: Practice, program: Program) -> None:
    for number in range(8):
        program.sends(MAYA | {"email": f"maya{number}@example.org"})
    practice.advance(minutes=1)

    assert len(people(practice)) == 8
    assert len([each for each in practice.outbox.received if each.recipient.startswith("maya")]) == 5


def test_told_where_visitors_are_the_ceiling_is_each_ones_own(practice: Practice, program: Program) -> None:
    for number in range(8):
        program.sends(MAYA | {"email": f"maya{number}@example.org", "visitor_ip": f"203.0.113.{number}"})
    practice.advance(minutes=1)

    assert len([each for each in practice.outbox.received if each.recipient.startswith("maya")]) == 8
    assert not [each for each in inquiries(practice) if "203.0.113" in repr(vars(each))]


def test_the_document_is_openapi_3_1_and_tells_every_field(practice: Practice) -> None:
    answer = practice.app.test_client().get("/api/v1/openapi.json")

    told_of = answer.json
    assert told_of is not None
    inquiry = told_of["components"]["schemas"]["Inquiry"]
    assert told_of["openapi"] == "3.1.0"
    assert inquiry["properties"]["message"] == {
        "type": "string",
        "maxLength": 20_000,
        "description": "What they wrote, with its line breaks.",
        "example": "I read your piece.",
    }
    assert inquiry["additionalProperties"]["type"] == "string"
    assert set(told_of["paths"]["/api/v1/inquiries"]["post"]["responses"]) >= {
        "200",
        "201",
        "401",
        "422",
        "429",
    }


def test_the_reference_is_read_without_anything_from_elsewhere(practice: Practice) -> None:
    answer = practice.app.test_client().get("/api/v1")

    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for word in ("visitor_ip", "key-reused", "256 kB", "openapi.json"):
        assert word in answer.text
    assert 'src="http' not in answer.text
    assert 'href="http' not in answer.text.replace('href="https://springstreet.example"', "")
