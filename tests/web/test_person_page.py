"""A person's own page: they say when a call suits, or that it no longer does. Either way it is a reply."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.models import Reply
from crm.rules.sending import StopReason
from tests.practice import Practice
from tests.web.door import impatient, locked
from tests.web.reading import read

SAM = "Sam Rivers <sam@example.org>"
REPLIED = f"follow_ups_stopped: {StopReason.REPLIED}"


@pytest.fixture
def sam(practice: Practice) -> int:
    lead_id = practice.receives_inquiry(SAM, "Could we talk?")
    practice.advance(days=4)
    return lead_id


@pytest.fixture
def link(practice: Practice, sam: int) -> str:
    with practice.reading():
        return f"/call/{practice.lead(sam).page_token}"


def replies(practice: Practice) -> list[str]:
    with practice.reading() as session:
        return list(session.scalars(sa.select(Reply.text)))


def test_looking_changes_nothing(practice: Practice, visitor: FlaskClient, sam: int, link: str) -> None:
    before = practice.story(sam)

    page = visitor.get(link)

    assert page.status_code == 200
    assert "Sam" not in page.text
    assert practice.story(sam) == before


def test_the_button_in_an_email_leads_there(practice: Practice, sam: int, link: str) -> None:
    assert f"http://localhost{link}" in practice.outbox.to("sam@example.org")[-1].text


def test_saying_when_a_call_suits_stops_the_follow_ups_and_waits_on_today(
    practice: Practice, visitor: FlaskClient, client: FlaskClient, sam: int, link: str
) -> None:
    answer = visitor.post(
        link,
        data={
            "answer": "times",
            "days": ["Tuesday", "Thursday"],
            "times": ["Evenings"],
            "by": "Video",
            "message": "After six.",
        },
    )
    practice.advance(days=30)

    assert read(answer).heading == "Thank you."
    assert REPLIED in practice.story(sam)
    assert len(practice.outbox.to("sam@example.org")) == 2
    assert replies(practice) == [
        "I’d like to talk, by video. Good for me: Tuesday, Thursday in the evenings.\n\nAfter six."
    ]


@pytest.mark.parametrize(
    ("answer", "heading"),
    [("found", "I’m glad you found someone."), ("not_now", "That’s a good answer too.")],
)
def test_a_no_is_a_good_answer_too(
    practice: Practice, visitor: FlaskClient, sam: int, link: str, answer: str, heading: str
) -> None:
    page = read(visitor.post(link, data={"answer": answer}))
    practice.advance(days=30)

    assert page.heading == heading
    assert REPLIED in practice.story(sam)
    assert len(practice.outbox.to("sam@example.org")) == 2


def test_a_double_click_is_one_answer(practice: Practice, visitor: FlaskClient, sam: int, link: str) -> None:
    for _ in range(2):
        visitor.post(link, data={"answer": "found"})

    assert practice.story(sam).count("reply_received") == 1


def test_words_of_danger_are_read_first(
    practice: Practice, visitor: FlaskClient, sam: int, link: str
) -> None:
    visitor.post(link, data={"answer": "not_now", "message": "I want to kill myself"})

    with practice.reading():
        assert practice.lead(sam).read_first_at is not None


@pytest.mark.parametrize("answer", ["", "perhaps", "\x00"])
def test_an_answer_that_is_none_is_asked_again(visitor: FlaskClient, link: str, answer: str) -> None:
    assert visitor.post(link, data={"answer": answer, "message": "kept"}).status_code == 422


def test_what_no_database_keeps_is_left_out(
    practice: Practice, visitor: FlaskClient, sam: int, link: str
) -> None:
    visitor.post(link, data={"answer": "not_now", "message": "a\x00b", "days": ["Doomsday", "Monday"]})

    assert replies(practice) == ["Not now.\n\nab"]


def test_a_locked_database_gives_back_what_was_chosen(
    practice: Practice, visitor: FlaskClient, sam: int, link: str
) -> None:
    before = practice.story(sam)
    visitor.get(link)

    with impatient(practice.app), locked(practice):
        answer = visitor.post(link, data={"answer": "found", "message": "A friend of a friend."})

    page = read(answer, 503)
    assert "Your answer isn’t with me yet" in page.text("[role]")
    assert page.text("#message") == "A friend of a friend."
    assert page.root.find("#answer-1[checked]")
    assert practice.story(sam) == before


def test_who_wants_to_hear_again_in_march_is_back_on_today_then(
    practice: Practice, visitor: FlaskClient
) -> None:
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "Could we talk?")
    with practice.reading():
        link = f"/call/{practice.lead(maya).page_token}"

    answer = visitor.post(link, data={"answer": "not_now", "again": "2026-06"})

    assert "myself, in June" in answer.text
    with practice.reading():
        lead = practice.lead(maya)
        assert lead.enrollment is None
        assert lead.snoozed_until == datetime(2026, 6, 1, 15, 30, tzinfo=UTC)
        assert lead.reminder is not None
        assert lead.reminder.text == "Maya asked you to write again in June."


def test_who_adds_words_to_a_month_waits_on_today_all_the_same(
    practice: Practice, visitor: FlaskClient
) -> None:
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "Could we talk?")
    with practice.reading():
        link = f"/call/{practice.lead(maya).page_token}"

    visitor.post(link, data={"answer": "not_now", "again": "2026-06", "message": "Could you send me a book?"})

    with practice.reading():
        assert practice.lead(maya).snoozed_until is None
        assert practice.lead(maya).reminder is not None


@pytest.mark.parametrize("month", ["1999-01", "never", "'; --", ""])
def test_a_month_that_was_not_offered_is_simply_not_now(
    practice: Practice, visitor: FlaskClient, month: str
) -> None:
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "Could we talk?")
    with practice.reading():
        link = f"/call/{practice.lead(maya).page_token}"

    assert visitor.post(link, data={"answer": "not_now", "again": month}).status_code == 200

    with practice.reading():
        assert practice.lead(maya).reminder is None
