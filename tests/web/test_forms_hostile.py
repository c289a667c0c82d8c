"""Forms under strain: hostile words, broken records, other sites, a database that is away, and the cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.models import FormVersion, Starts
from crm.rules.sheets import Ask, Question
from crm.seeds.forms import CONSULTATION, IN_SPANISH
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.door import MAYA, impatient, inquiries, locked, people
from tests.web.reading import read
from tests.web.test_forms import ASKED, HOSTILE, TELL, fields, opens, sends


def test_hostile_labels_choices_and_words_are_only_words(
    practice: Practice, visitor: FlaskClient, desk: Desk
) -> None:
    questions = [
        Question(f"q{n}", Ask.SEVERAL, each, each, choices=(each, "b")) for n, each in enumerate(HOSTILE, 1)
    ]
    sheet = replace(
        ASKED,
        questions=(*CONSULTATION.questions, *questions),
        headline=HOSTILE[0],
        opening=HOSTILE[1],
        thanks=HOSTILE[0],
        thanks_words=HOSTILE[1],
        button=HOSTILE[0],
    )
    form_id = opens(practice, sheet)

    sends(visitor, **MAYA, **{each.key: [each.label] for each in questions})

    (inquiry,) = inquiries(practice)
    assert inquiry.more == {each.label: each.label for each in questions}
    seen = [visitor.get(address).text for address in ("/f/couples", "/f/couples/thanks")]
    of_the_owner = ("", "/look", "/site", "/versions", "/pause")
    seen += [desk.gets(f"/settings/form/{form_id}{each}").text for each in of_the_owner]
    seen += [desk.gets(each).text for each in ("/settings/form", f"/people/{inquiry.lead_id}", "/today")]
    for page in seen:
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_broken_record_still_lets_people_write(practice: Practice, visitor: FlaskClient) -> None:
    opens(practice)
    with practice.at_work() as session:
        session.execute(sa.update(FormVersion).values(record={"questions": [7, {"ask": "x"}], "headline": 9}))

    thanks = sends(visitor, email="maya@example.com")

    assert 'href="tel:988"' in visitor.get("/f/couples").text
    assert thanks is not None
    assert len(inquiries(practice)) == 1


def test_two_answers_under_one_label_are_both_kept(practice: Practice, visitor: FlaskClient) -> None:
    twice = tuple(Question(f"q{n}", Ask.SHORT, "And?") for n in (1, 2, 3))
    opens(practice, replace(CONSULTATION, questions=(*CONSULTATION.questions, *twice)))

    sends(visitor, **MAYA, q1="one", q2="two", q3="three")

    assert inquiries(practice)[0].more == {"And?": "one", "And? (2)": "two", "And? (3)": "three"}


def test_an_answer_that_is_too_long_is_told_and_not_cut(practice: Practice, visitor: FlaskClient) -> None:
    opens(practice)

    page = sends(visitor, **MAYA, q1="Yes", q3="x" * 20_001)

    assert page.text(".error") == "That is longer than I can take here. Up to 20,000 characters fit."
    assert inquiries(practice) == []


def test_a_form_may_stand_on_its_own_sites_beside_the_practices_and_nowhere_else(
    practice: Practice, visitor: FlaskClient
) -> None:
    opens(practice, hosts=("https://couples.example", "https://xn--bcher-kva.example"))

    own = visitor.get("/f/couples").headers
    first = visitor.get("/consultation").headers["Content-Security-Policy"]

    assert own["Content-Security-Policy"].endswith(
        "frame-ancestors 'self' https://springstreet.example https://www.springstreet.example "
        "https://couples.example https://xn--bcher-kva.example"
    )
    assert "X-Frame-Options" not in own
    assert "couples.example" not in first
    assert "Set-Cookie" not in own


def test_a_plain_form_on_a_site_of_its_own_is_believed(practice: Practice, visitor: FlaskClient) -> None:
    opens(practice, hosts=("https://couples.example",))

    for origin, email in (
        ("https://couples.example", "a@example.com"),
        ("https://x.example", "b@example.com"),
    ):
        visitor.post("/f/couples", data=MAYA | {"email": email}, headers={"Origin": origin})

    assert [each.quarantined_at is None for each in people(practice)] == [True, False]


def test_a_form_is_read_with_as_many_queries_however_much_it_asks(
    practice: Practice, visitor: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    many = tuple(Question(f"q{n}", Ask.SHORT, f"Question {n}") for n in range(1, 25))
    opens(practice, replace(CONSULTATION, questions=(*CONSULTATION.questions, *many)))

    first = count_queries(lambda: visitor.get("/consultation"))
    long = count_queries(lambda: visitor.get("/f/couples"))

    assert first == long <= 3  # the form, the practice, and SQLite's BEGIN


def test_sending_reads_the_form_once(practice: Practice, visitor: FlaskClient) -> None:
    opens(practice)
    page = visitor.get("/f/couples").text

    statements = heard(practice, lambda: visitor.post("/f/couples", data=fields(page, **MAYA, q1="Yes")))

    about = [
        each for each in statements if re.search(r"inquiry_form|form_version|form_slug|consent_text", each)
    ]
    form, newcomer = about
    assert form.startswith("SELECT")
    assert "INSERT INTO inquiry" in newcomer


def heard(practice: Practice, act: Callable[[], object]) -> list[str]:
    """The statements that the database is asked meanwhile, but for where they are about a note's columns."""
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(re.sub(r"inquiry\.(form_version_id|consent_id)( AS \w+)?", "", statement))

    with practice.app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    act()
    sa.event.remove(engine, "before_cursor_execute", note)
    return said


def test_while_the_database_is_away_nothing_typed_is_lost_and_the_page_speaks_the_forms_language(
    practice: Practice, visitor: FlaskClient
) -> None:
    several = Question("q1", Ask.SEVERAL, "¿De qué se trata?", choices=("Hijos", "Dinero"))
    more = (*IN_SPANISH.questions, several, replace(TELL, key="q2"))
    opens(practice, replace(IN_SPANISH, questions=more), "hablemos")
    typed = fields(visitor.get("/f/hablemos").text, **MAYA, q1=["Hijos", "Dinero"], q2="Mucho")

    with impatient(practice.app), locked(practice):
        away = visitor.post("/f/hablemos", data=typed)
    page = read(away, 503)
    inputs = page.root.find("form input[value]")
    again = {
        name: [each.attributes["value"] for each in inputs if each.attributes["name"] == name]
        for name in {each.attributes["name"] for each in inputs}
    }
    sent = visitor.post(
        "/f/hablemos", data=again | {"message": page.text("#message"), "q2": page.text("#q2")}
    )

    assert page.heading == "Su mensaje aún no ha llegado."
    assert "oprima 2" in away.text
    assert sent.status_code == 303
    (inquiry,) = inquiries(practice)
    assert inquiry.more == {"¿De qué se trata?": "Hijos, Dinero", "Tell me more": "Mucho"}
    assert (inquiry.name, inquiry.message) == ("Maya Okafor", "I read your piece.")


def test_a_form_that_asks_for_a_number_only_takes_nobody_without_one(
    practice: Practice, visitor: FlaskClient
) -> None:
    opens(practice, replace(CONSULTATION, questions=(CONSULTATION.questions[2],)))

    wrong = sends(visitor, phone="")
    right = sends(visitor, phone="213 555 0148")

    assert wrong.text(".error") == "How can I reach you? A phone number is enough."
    assert right.heading == "Thank you."


def test_whoever_writes_through_a_form_that_starts_nothing_has_replied_to_what_runs(
    practice: Practice, visitor: FlaskClient
) -> None:
    opens(practice, starts=Starts.NOTHING)
    maya_id = practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "Good morning.")
    practice.advance(days=2)
    before = practice.outbox.subjects_to("maya.o@example.com")

    sends(visitor, **MAYA, q1="Yes")
    practice.advance(days=40)

    assert practice.outbox.subjects_to("maya.o@example.com") == before
    assert "follow_ups_stopped: replied" in practice.story(maya_id)


def test_a_short_answer_that_is_too_long_is_told_and_not_cut(
    practice: Practice, visitor: FlaskClient
) -> None:
    opens(practice, replace(ASKED, questions=(*ASKED.questions, Question("q4", Ask.SHORT, "In a word?"))))
    said = "More than a word. " * 30

    page = sends(visitor, **MAYA, q1="Yes", q4=said)

    assert "500" in page.text(".error")
    assert inquiries(practice) == []


def test_what_a_newer_version_asked_is_kept_by_one_that_does_not_know_its_kind(
    practice: Practice, visitor: FlaskClient, desk: Desk
) -> None:
    form_id = opens(practice)
    with practice.at_work() as session:
        version = session.scalars(sa.select(FormVersion).where(FormVersion.form_id == form_id)).one()
        asked = [
            {**each, "ask": "date"} if each["key"] == "q3" else each for each in version.record["questions"]
        ]
        version.record = version.record | {"questions": asked}

    sends(visitor, **MAYA, q1="Yes", q3="1990-03-10")

    assert inquiries(practice)[0].more == {"Does your partner know?": "Yes", "Tell me more": "1990-03-10"}
    assert desk.gets(f"/settings/form/{form_id}").status_code == 200
