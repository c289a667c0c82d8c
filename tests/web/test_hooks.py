"""What form builders hand in becomes an inquiry, once; what can't be one is kept for the owner."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from time import monotonic

import pytest

from crm.models import FollowUpPolicy, Source
from crm.models import Practice as PracticeRow
from crm.rules.ways_in import DeliveryState, SourceKind
from tests.at_once import at_once
from tests.practice import Practice
from tests.rules.specimens_of_builders import FORM, JSON, SPECIMENS, Specimen, as_form, as_json, typeform
from tests.rules.test_builders import FORMS, signed_by
from tests.web.builder import Builder, deliveries
from tests.web.desk import Desk
from tests.web.door import impatient, inquiries, limits, locked, people
from tests.web.hostile_bodies import INJECTIONS, MALFORMED_JSON, NAUGHTY, NO_BUILDERS_TYPES

PLAIN = SPECIMENS["plain JSON"]
NOBODY = as_json({"Question one": "Nothing to answer to", "Number": "7"})


@pytest.fixture
def builder(practice: Practice) -> Builder:
    return Builder(practice)


@pytest.mark.parametrize("name", SPECIMENS)
def test_whatever_builder_sends_it_maya_is_stored_and_answered(practice: Practice, name: str) -> None:
    answer = Builder(practice).sends(SPECIMENS[name])
    practice.advance(seconds=5)

    assert (answer.status_code, answer.json) == (201, {"outcome": "stored"})
    (maya,), (inquiry,) = people(practice), inquiries(practice)
    assert (maya.name, maya.email, maya.phone) == ("Maya Okafor", "maya.o@example.com", "+12135550148")
    assert inquiry.message == SPECIMENS[name].message
    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]


def test_the_token_may_come_in_a_header_instead(practice: Practice, builder: Builder) -> None:
    headers = {"Content-Type": JSON, "Authorization": f"Bearer {builder.token}"}

    answer = practice.app.test_client().post("/hooks", data=PLAIN.body, headers=headers)

    assert answer.status_code == 201


def test_a_wrong_or_shut_address_takes_nothing(practice: Practice, builder: Builder) -> None:
    with practice.at_work() as session:
        session.get_one(Source, builder.source_id).revoke(practice.now)

    answers = [builder.sends(PLAIN), practice.app.test_client().post("/hooks", data=PLAIN.body)]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert {answer.mimetype for answer in answers} == {"application/problem+json"}
    assert deliveries(practice) == []


@pytest.mark.parametrize(
    "name", ["Typeform", "Jotform", "Webflow v2", "Tally", "Gravity Forms, all fields", "plain form"]
)
def test_a_builders_retry_makes_no_second_inquiry(practice: Practice, name: str) -> None:
    builder = Builder(practice)

    answers = [builder.sends(SPECIMENS[name]).status_code for _ in range(3)]

    assert answers == [201, 200, 200]
    assert len(inquiries(practice)) == len(deliveries(practice)) == 1


def test_a_retry_after_midnight_is_still_one(practice: Practice, builder: Builder) -> None:
    practice.at(practice.now.replace(hour=23, minute=59))
    builder.sends(NOBODY)
    practice.at(practice.now + timedelta(minutes=5))
    builder.sends(NOBODY)

    assert len(deliveries(practice)) == 1


def test_the_same_words_a_month_later_are_a_new_inquiry(practice: Practice, builder: Builder) -> None:
    builder.sends(PLAIN)
    practice.advance(days=30)

    assert builder.sends(PLAIN).status_code == 201
    assert len(inquiries(practice)) == 2


def test_another_answer_under_the_same_number_is_not_dropped(practice: Practice) -> None:
    builder = Builder(practice)
    question = ("Email", "email", "email", "maya@example.org")

    for words in ("First", "Second"):
        builder.sends(as_json(typeform(question, ("Message", "long_text", "text", words))))

    assert [each.message for each in inquiries(practice)] == ["First", "Second"]


@pytest.mark.parametrize("name", ["Typeform", "plain form"])
def test_twenty_at_once_make_one_inquiry(practice: Practice, name: str) -> None:
    builder = Builder(practice)

    answers = at_once(*[lambda: builder.sends(SPECIMENS[name])] * 20)
    practice.advance(seconds=5)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert len(inquiries(practice)) == len(deliveries(practice)) == 1
    assert len(practice.outbox.to("maya.o@example.com")) == 1


def test_what_nobody_can_be_answered_by_is_kept_and_said_so(practice: Practice, builder: Builder) -> None:
    answer = builder.sends(NOBODY)

    assert (answer.status_code, answer.json) == (202, {"outcome": "kept for the owner"})
    (kept,) = deliveries(practice)
    assert (kept.state, kept.body) == (DeliveryState.UNMAPPED, NOBODY.body)


def test_an_empty_body_and_a_type_of_no_builder_are_not_kept(practice: Practice, builder: Builder) -> None:
    assert builder.sends(Specimen(b"")).status_code == 400
    assert len(NO_BUILDERS_TYPES) == 20
    answers = {kind: builder.sends(Specimen(PLAIN.body, kind)).status_code for kind in NO_BUILDERS_TYPES}

    assert answers == dict.fromkeys(NO_BUILDERS_TYPES, 415)
    assert builder.sends(PLAIN, {"Content-Encoding": "gzip"}).status_code == 415
    assert deliveries(practice) == []


def test_malformed_bodies_are_refused_kept_and_never_a_fault(practice: Practice, builder: Builder) -> None:
    bodies = {name: (JSON, body) for name, body in MALFORMED_JSON.items()} | FORMS
    answers = {}
    for name, (kind, body) in bodies.items():
        began = monotonic()
        answers[name] = builder.sends(Specimen(body, kind)).status_code
        assert monotonic() - began < 5, name

    assert {name: status for name, status in answers.items() if status not in (400, 202)} == {}
    assert {answers[name] for name in MALFORMED_JSON} == {400}
    kept = {each.body for each in deliveries(practice)}
    assert kept == {body for name, (_, body) in bodies.items() if body}
    assert inquiries(practice) == []


def test_a_quarter_of_a_megabyte_is_too_much(practice: Practice, builder: Builder) -> None:
    assert builder.sends(Specimen(b'{"message": "' + b"a" * 262_144 + b'"}')).status_code == 413
    assert builder.sends(Specimen(b"message=" + b"a" * 262_144, FORM)).status_code == 413
    assert deliveries(practice) == []


def test_whatever_is_typed_is_stored(practice: Practice, builder: Builder) -> None:
    with limits(practice.app, posts_per_source_minute=1000):
        statuses = {
            builder.sends(
                as_json({"email": f"maya{n}@example.org", "name": said, "message": said, "x": said})
            ).status_code
            for n, said in enumerate(NAUGHTY)
        }

    assert statuses == {201}
    assert len(people(practice)) == len(NAUGHTY)


def test_thirty_names_write_no_header(practice: Practice, builder: Builder) -> None:
    with limits(practice.app, posts_per_source_minute=1000, acks_per_client_hour=100, acks_per_hour=1000):
        for number, name in enumerate(INJECTIONS):
            sent = {"name": name, "email": f"maya{number}@example.org"}
            assert builder.sends(as_form(sent)).status_code == 201
    practice.advance(minutes=1)

    mails = practice.outbox.received
    assert len([each for each in mails if each.recipient.startswith("maya")]) == 30
    assert not [each for each in mails if each.mail["Bcc"] or each.mail["Cc"] or "everyone" in each.recipient]


def test_too_many_in_a_minute_are_asked_to_wait(practice: Practice, builder: Builder) -> None:
    with limits(practice.app, posts_per_source_minute=2):
        statuses = [builder.sends(PLAIN).status_code for _ in range(3)]

    assert statuses == [201, 200, 429]


def test_while_the_database_is_away_the_builder_is_told_to_come_again(
    practice: Practice, builder: Builder
) -> None:
    with impatient(practice.app), locked(practice):
        refused = builder.sends(PLAIN)

    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert builder.sends(PLAIN).status_code == 201
    assert len(inquiries(practice)) == 1


def test_what_was_kept_when_the_program_broke_becomes_an_inquiry_on_the_retry(
    practice: Practice, builder: Builder
) -> None:
    builder.sends(PLAIN)
    with practice.at_work() as session:  # as it is when a process dies between keeping and storing
        (row,) = session.query(type(deliveries(practice)[0])).all()
        row.state, row.inquiry_id = DeliveryState.ARRIVED, None

    answer = builder.sends(PLAIN)

    assert answer.status_code == 200  # her words had been stored
    assert deliveries(practice)[0].state is DeliveryState.TAKEN


@pytest.mark.parametrize("kind", [SourceKind.TYPEFORM, SourceKind.TALLY, SourceKind.WEBFLOW])
def test_with_a_secret_only_what_is_signed_comes_in_and_the_rest_is_kept(
    practice: Practice, kind: SourceKind
) -> None:
    builder = Builder(practice, kind, signing_secret="a shared secret")
    specimen = SPECIMENS[{"typeform": "Typeform", "tally": "Tally", "webflow": "Webflow v2"}[kind]]
    headers = signed_by(kind, b"a shared secret", specimen.body, practice.now)

    unsigned = builder.sends(specimen)
    signed = builder.sends(specimen, headers)

    assert unsigned.status_code == 401
    assert unsigned.json["type"].endswith("#unsigned")  # type: ignore[index]
    assert signed.status_code == 201
    assert len(inquiries(practice)) == 1


def test_an_unsigned_copy_takes_no_signature_from_what_waits(practice: Practice, desk: Desk) -> None:
    builder = Builder(practice, SourceKind.TYPEFORM, signing_secret="mistyped")
    specimen = SPECIMENS["Typeform"]
    builder.sends(specimen, signed_by(SourceKind.TYPEFORM, b"the right one", specimen.body))
    builder.sends(specimen)

    desk.does(f"/settings/ways-in/{builder.source_id}/secret", signing_secret="the right one")

    assert [each.state for each in deliveries(practice)] == [DeliveryState.TAKEN]
    assert len(inquiries(practice)) == 1


def test_an_acceptance_of_follow_ups_counts_where_the_practice_asks_first(
    practice: Practice, builder: Builder
) -> None:
    with practice.at_work():
        PracticeRow.current().follow_up_policy = FollowUpPolicy.ASK_FIRST

    for number, said in enumerate(("yes", "no")):
        builder.sends(as_json({"email": f"maya{number}@example.org", "May we email you follow-ups?": said}))
    builder.sends(as_json({"email": "maya2@example.org", "I agree to the privacy policy": "yes"}))

    assert [person.follow_ups_wanted for person in people(practice)] == [True, False, False]


def test_what_else_the_form_asked_is_kept_and_read_with_the_note(
    practice: Practice, builder: Builder
) -> None:
    builder.sends(
        as_json({"email": "m@example.org", "Insurance": "Aetna", "Anything else?": "I can't go on living"})
    )

    (inquiry,) = inquiries(practice)
    assert inquiry.more == {"Insurance": "Aetna"}
    assert inquiry.message == "I can't go on living"
    assert people(practice)[0].read_first_at is not None


def test_of_two_questions_called_the_same_both_answers_are_kept_and_read(
    practice: Practice, builder: Builder
) -> None:
    questions = [
        ("Email", "email", "email", "m@example.org"),
        ("Your message", "long_text", "text", "Could we talk?"),
        ("How is it?", "short_text", "text", "I can't go on living"),
        ("How is it?", "short_text", "text", "Better at work"),
        ("How  is it?", "short_text", "text", "Worse at night"),
    ]

    builder.sends(as_json(typeform(*questions)))

    (inquiry,) = inquiries(practice)
    assert inquiry.more == {
        "How is it?": "I can't go on living",
        "How is it? (2)": "Better at work",
        "How is it? (3)": "Worse at night",
    }


def test_of_a_long_questionnaire_every_answer_is_kept_whole(practice: Practice, builder: Builder) -> None:
    essay = "It began in spring. " * 200 + "I can't go on living."
    asked = {f"Question {number}": f"Answer {number}" for number in range(70)}

    builder.sends(as_json({"email": "m@example.org", "message": "Hello."} | asked | {"Your story": essay}))

    (inquiry,) = inquiries(practice)
    assert inquiry.more == asked | {"Your story": essay}
    assert people(practice)[0].read_first_at is not None


def test_nothing_that_a_builder_hands_in_is_cut(practice: Practice, builder: Builder) -> None:
    long = "It began in March. " * 400
    many = {f"Question {n}": f"answer {n}" for n in range(400)}
    builder.sends(as_json({"email": "m@example.org", "message": "x " * 12_000, "Story": long} | many))

    (inquiry,) = inquiries(practice)
    told = "\n".join([inquiry.message, *inquiry.more.values()])
    assert inquiry.more["Story"] == long.strip()
    assert all(f"answer {n}" in told for n in range(400))
    assert told.count("x") == 12_000


def test_one_builder_s_burst_never_makes_another_wait(practice: Practice) -> None:
    eager, calm = Builder(practice), Builder(practice)
    with limits(practice.app, posts_per_source_minute=3):
        answers = [eager.sends(as_json({"email": f"m{n}@example.org"})).status_code for n in range(5)]

        assert answers == [201, 201, 201, 429, 429]
        assert calm.sends(PLAIN).status_code == 201


def test_an_address_in_the_field_for_the_number_is_where_it_belongs(
    practice: Practice, builder: Builder
) -> None:
    builder.sends(as_json({"email": "213 555 0148", "phone": "m@example.org", "name": "Maya"}))

    (maya,) = people(practice)
    assert (maya.email, maya.phone) == ("m@example.org", "+12135550148")


def test_only_the_newest_payload_is_kept_once_they_are_inquiries(
    practice: Practice, builder: Builder
) -> None:
    builder.sends(PLAIN)
    builder.sends(SPECIMENS["plain form"])
    builder.sends(as_json({"email": "sam@example.org"}))

    assert [bool(each.body) for each in deliveries(practice)] == [False, False, True]


def test_no_cookie_is_given(builder: Builder) -> None:
    answer = builder.sends(PLAIN)

    assert answer.status_code == 201
    assert answer.headers.getlist("Set-Cookie") == []
