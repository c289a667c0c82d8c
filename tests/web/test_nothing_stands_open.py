"""Marks in every field somebody can write into, by every way in: the database shows none of them."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import Base, db
from crm.mail.transport import Refused
from crm.models import CallResult, Suppression
from crm.models import Practice as PracticeRow
from crm.rules.sending import SuppressionReason
from crm.rules.ways_in import SourceKind
from crm.sealed import Sealed, SealedBytes, SealedJson
from tests.at_rest import among, read_with_the_key, stolen
from tests.listeners import listens
from tests.practice import Practice, sign_in
from tests.rules.specimens_of_builders import as_json
from tests.web.builder import Builder
from tests.web.desk import Desk
from tests.web.door import Visitor
from tests.web.program import Program
from tests.web.test_acts_follow_ups import heard
from tests.web.test_imports import brings, works


class Marks:
    """Words that nobody says, each planted once."""

    def __init__(self) -> None:
        self.planted: list[str] = []

    def __getattr__(self, name: str) -> str:
        mark = f"zq{name.replace('_', '')}qz"
        if mark not in self.planted:
            self.planted.append(mark)
        return mark


@pytest.fixture
def mark() -> Marks:
    return Marks()


@pytest.fixture
def maya(practice: Practice, mark: Marks) -> int:
    """She sent the form, with everything in it, and whoever listens is told all of it."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    listens(practice, with_contact=True, with_words=True)
    visitor = Visitor(practice.app.test_client(), page=f"https://a.example/{mark.page}", article=mark.article)
    visitor.sends(
        name=f"Maya {mark.name}",
        email=f"{mark.address}@example.com",
        phone="(213) 555-0148",
        message=f"I want to die. {mark.message}",
        free_times=mark.free_times,
    )
    with practice.reading():
        (only,) = db.session.scalars(sa.text("SELECT id FROM lead"))
    practice.advance(minutes=1)
    return int(only)


def test_what_came_by_the_form_lies_sealed(practice: Practice, maya: int, mark: Marks) -> None:
    assert_all_sealed(practice, mark)
    assert among(["12135550148", "2135550148"], stolen(practice)) == []


def test_what_programs_and_builders_handed_in_lies_sealed(practice: Practice, mark: Marks) -> None:
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    told = {"name": mark.name, "email": f"{mark.address}@example.org", "message": mark.message}
    Program(practice).sends(
        told | {"Insurance": mark.more, "utm_campaign": mark.touch}, key="a-key-of-a-program"
    )
    builder = Builder(practice, SourceKind.OTHER, signing_secret=f"whsec_{mark.signing_secret}")
    builder.sends(as_json({"Question one": mark.unmapped, "Number": "7"}))
    Builder(practice).sends(as_json({"Nothing": mark.unmapped_too}))

    assert_all_sealed(practice, mark)


def test_what_came_by_mail_lies_sealed_also_its_own_bytes(
    practice: Practice, maya: int, desk: Desk, mark: Marks
) -> None:
    sent = practice.outbox.received[0]
    practice.receives_mail(answering=sent, text=f"No more emails, please. {mark.reply}")
    practice.receives_mail(
        from_=f"Ana <{mark.stranger}@example.net>",
        subject=mark.subject,
        text=f"Do you have time? {mark.said}",
    )

    assert_all_sealed(practice, mark)


def test_what_the_owner_writes_lies_sealed(practice: Practice, maya: int, desk: Desk, mark: Marks) -> None:
    at = f"/people/{maya}"
    desk.does(f"{at}/notes", words=mark.note)
    desk.does(f"{at}/calls", result="spoke", words=mark.call)
    desk.does(f"{at}/reassurance", care="talked", words=mark.care, heard=heard(desk, maya))
    desk.does(f"{at}/replies", subject=mark.letter_subject, words=mark.letter, key="a-key-of-this-letter")
    practice.advance(minutes=1)
    fields = {"prefers": mark.prefers, "free_times": mark.free, "looking_for": mark.looking_for}
    desk.does(
        f"{at}/contact",
        name=mark.other_name,
        email=f"{mark.other}@example.com",
        phone="213 555 0177",
        **fields,
    )
    desk.sends(f"{at}/draft", kind="reply", subject=mark.draft_subject, words=mark.draft)
    practice.logs_call(maya, CallResult.VOICEMAIL, mark.voicemail)

    assert_all_sealed(practice, mark)


def test_a_list_and_the_people_of_it_lie_sealed(practice: Practice, desk: Desk, mark: Marks) -> None:
    rows = (
        "Name,Email,Phone,Notes\n"
        f"{mark.name} Okafor,{mark.address}@example.org,(213) 555-0148,{mark.note}\n"
        f"{mark.unusable},{mark.typo}@nowhere,,\n"
    )
    address = brings(desk, rows)
    desk.does(f"{address}/addition")
    works(practice)

    assert_all_sealed(practice, mark)


def test_two_records_made_one_keep_nothing_open(practice: Practice, client: FlaskClient, mark: Marks) -> None:
    desk = Desk(practice, client)
    one = practice.receives_inquiry(
        f"Sam {mark.one} <{mark.first}@example.org>", mark.words, phone="+12135550148"
    )
    two = practice.receives_inquiry(
        f"Sam {mark.two} <{mark.second}@example.org>", mark.more_words, phone="+12135550148"
    )
    page = desk.opens(f"/people/{one}/merge/new", {}, **{"with": two})
    fields = {
        each.attributes["name"]: each.attributes["value"]
        for each in page.root.find("#merge input")
        if each.attributes["type"] == "hidden" or "checked" in each.attributes
    }
    desk.does(f"/people/{one}/merge", **fields)

    assert_all_sealed(practice, mark)


def test_whoever_wants_no_more_mail_is_known_by_a_hash_alone(
    practice: Practice, visitor: FlaskClient, mark: Marks
) -> None:
    address = f"{mark.gone}@example.org"
    with practice.at_work():
        Suppression.suppress(address, SuppressionReason.ERASED, practice.now)
    visitor.post("/sign-in", data={"email": f"{mark.guess}@example.org", "password": "a guess"})

    assert among(mark.planted, stolen(practice)) == []
    with practice.reading():
        assert Suppression.of(address) is not None


def test_what_a_server_says_of_an_address_lies_sealed(practice: Practice, mark: Marks) -> None:
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    practice.outbox.failures = [
        Refused(f"550 5.1.1 <{mark.refused}@example.org> is nobody here", dead_address=True)
    ]
    practice.receives_inquiry(f"Sam <{mark.address}@example.org>")
    practice.advance(minutes=1)

    assert_all_sealed(practice, mark)


def test_a_cookie_of_a_search_is_no_row(
    practice: Practice, client: FlaskClient, maya: int, mark: Marks
) -> None:
    sign_in(practice, client)
    client.get("/people/find", query_string={"q": mark.sought})

    assert among([mark.sought], stolen(practice)) == []


def test_every_sealed_column_says_where_it_is() -> None:
    """So that no two columns open each other's values."""
    sealed = {
        f"{table.name}.{column.name}": column.type.place
        for table in Base.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, Sealed | SealedJson | SealedBytes)
    }

    assert {where: place for where, place in sealed.items() if where != place} == {}
    assert len(sealed) >= 60


def assert_all_sealed(practice: Practice, mark: Marks) -> None:
    """Each mark is there for the program, and for nobody else."""
    with_the_key = re.sub(r"[^a-z]", "", read_with_the_key(practice).lower())
    lost = [each for each in mark.planted if each not in with_the_key]
    assert lost == [], "they were not stored: this proves nothing"
    assert among(mark.planted, stolen(practice)) == []
