"""A value that is damaged, or was put in another's place: the page says so, and nothing else fails."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.models import Lead, Message
from crm.models import Practice as PracticeRow
from crm.rules.sending import MessageState
from crm.sealed import UNREADABLE
from tests.practice import Practice
from tests.web.desk import Desk

OTHER = "Ana Ruiz"


@pytest.fixture
def maya(practice: Practice) -> int:
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    practice.receives_inquiry(f"{OTHER} <ana@example.com>", "Do you have time?")
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "I read your piece.")
    practice.advance(minutes=1)
    return maya


def damages(practice: Practice, table: str, column: str, row: int) -> None:
    """One letter in the middle of it is another now."""
    with practice.at_work() as session:
        which = sa.text(f"SELECT {column} FROM {table} WHERE id = :id")
        stored = session.execute(which, {"id": row}).scalar_one()
        letter = "A" if stored[30] != "A" else "B"
        update = sa.text(f"UPDATE {table} SET {column} = :damaged WHERE id = :id")
        session.execute(update, {"damaged": stored[:30] + letter + stored[31:], "id": row})


PAGES = ("/today", "/people", "/people?view=list", "/people/find?q=Ana", "/follow-ups")


@pytest.mark.parametrize("page", PAGES)
def test_a_damaged_name_is_said_and_everybody_else_is_there(
    practice: Practice, desk: Desk, maya: int, page: str
) -> None:
    damages(practice, "lead", "name", maya)

    shown = desk.opens(page)

    assert "Ana" in shown.all_text


def test_their_own_page_says_what_cannot_be_read(practice: Practice, desk: Desk, maya: int) -> None:
    damages(practice, "lead", "name", maya)
    with practice.reading():
        (inquiry,) = practice.lead(maya).inquiries
    damages(practice, "inquiry", "message", inquiry.id)

    shown = desk.opens(f"/people/{maya}")

    assert UNREADABLE in shown.heading
    assert "I read your piece." not in shown.all_text
    assert "maya.o@example.com" in shown.all_text


def test_the_name_of_one_does_not_open_in_another_column(practice: Practice, maya: int) -> None:
    with practice.at_work() as session:
        session.execute(sa.text("UPDATE lead SET line_from_you = name, email = phone, phone = email"))
    with practice.reading():
        lead = practice.lead(maya)

        assert (lead.name, lead.line_from_you, lead.phone) == ("Maya Okafor", UNREADABLE, UNREADABLE)


@pytest.mark.parametrize(("table", "column"), [("message", "to_address"), ("lead", "name")])
def test_an_email_of_which_anything_is_damaged_does_not_go_and_holds_up_no_other(
    practice: Practice, maya: int, table: str, column: str
) -> None:
    waiting = practice.open_message(maya)
    damages(practice, table, column, waiting.id if table == "message" else maya)

    practice.advance(days=5)

    assert [message.state for message in practice.messages(maya)][-1] is MessageState.FAILED
    assert len(practice.outbox.to("maya.o@example.com")) == 1
    assert len(practice.outbox.to("ana@example.com")) == 2
    with practice.reading():
        failed = db.session.scalars(sa.select(Message).where(Message.state == MessageState.FAILED)).one()
        assert (failed.server_reply or "").startswith("the text can’t be sent")


def test_a_letter_with_damaged_words_does_not_go(practice: Practice, maya: int) -> None:
    practice.answers(maya, "My own words.")
    (letter,) = [message for message in practice.messages(maya) if message.body]
    damages(practice, "message", "body", letter.id)

    practice.advance(minutes=5)

    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]


def test_a_damaged_document_is_an_empty_one(practice: Practice, desk: Desk, maya: int) -> None:
    with practice.at_work() as session:
        session.execute(sa.text("""UPDATE event SET facts = '"~s1~AAAAdamaged"'"""))
        session.execute(sa.text("""UPDATE inquiry SET more = '"~s1~nothing at all"'"""))

    assert "I read your piece." in desk.opens(f"/people/{maya}").all_text


def test_a_sealed_column_refuses_to_be_compared(practice: Practice) -> None:
    with practice.reading():
        for misuse in (
            lambda: Lead.name == "Maya",
            lambda: Lead.email.startswith("maya"),
            lambda: sa.select(Lead).order_by(Lead.name.desc()),
            lambda: Lead.phone.in_(["+12135550148"]),
        ):
            with pytest.raises(TypeError, match="can't be compared"):
                misuse()
