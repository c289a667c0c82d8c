"""A practice with two people in it whose every word carries a mark, so that a page that tells it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Protocol

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter

from crm.db import Base
from crm.mail.transport import Refused
from crm.models import Alias, Message, Vacancy
from crm.rules.roles import Role
from crm.rules.sending import MessageState
from tests.flows.merged import merge
from tests.practice import Practice
from tests.web.routes import Route
from tests.web.staff import Staff

FOREIGN, OWN = "zebulon", "philippa"
"""The first names: of somebody in nobody's care, and of somebody in the clinician's."""
WORDS = ("message", "reply", "note", "call", "reminder", "letter", "tag", "found", "draft", "mail", "answer")


@dataclass(frozen=True)
class Planted:
    """Their ids, and the practice they are in."""

    staff: Staff
    foreign: int
    own: int

    @property
    def practice(self) -> Practice:
        return self.staff.practice


def words_of(name: str) -> set[str]:
    """Every mark in what this person wrote and in what was written to and about them."""
    return {f"{name}{what}" for what in WORDS}


def marks_of(name: str) -> set[str]:
    return words_of(name) | {name}


def told(text: str, marks: set[str]) -> set[str]:
    """The marks that stand in a page; a name alone counts only where it is no part of a longer mark."""
    low = text.lower()
    return {mark for mark in marks if mark in low}


def plant(staff: Staff) -> Planted:
    people = {name: _person(staff, name) for name in (FOREIGN, OWN)}
    for name, lead_id in people.items():
        others = _in_other_states(staff.practice, name)
        for each in (lead_id, *others) if name == OWN else ():
            staff.put(each)
    staff.practice.receives_mail(
        from_="Zebulon Nobody <zebulonmailbox@example.net>", subject="zebulonmail", text="zebulonmail itself"
    )
    return Planted(staff, people[FOREIGN], people[OWN])


def _in_other_states(practice: Practice, name: str) -> list[int]:
    """Of the same name: an email was refused; one waits for a yes; one looks like spam."""
    practice.advance(hours=2)  # so many at once would not all be answered
    called = name.capitalize()
    refused, asked_for, spam = (
        practice.receives_inquiry(f"{called} {what} <{name}.{what}@example.org>", f"{name}message {what}")
        for what in ("refused", "asked", "spam")
    )
    with practice.at_work():
        practice.lead(spam).quarantine([f"{name}reason"], practice.now)
    practice.outbox.failures = [Refused("550 5.1.1 no such user", dead_address=True)]
    practice.advance(minutes=2)
    with practice.at_work() as session:
        its = (Message.lead_id.in_((refused, asked_for)), Message.state == MessageState.SCHEDULED)
        draft = session.scalars(sa.select(Message).where(*its)).one()
        draft.state, draft.expires_at = MessageState.AWAITING_APPROVAL, practice.now + A_WEEK
    return [refused, asked_for, spam]


def _person(staff: Staff, name: str) -> int:
    """One with all that can be said of somebody."""
    practice = staff.practice
    lead_id = practice.receives_inquiry(
        f"{name.capitalize()} Quill <{name}@example.org>",
        message=f"{name}message: I want to kill myself.",
        found_us=f"{name}found",
        more=(("What brings you", f"{name}answer"),),
    )
    practice.advance(minutes=1)
    _by_the_owner(staff, lead_id, name)
    practice.answers(lead_id, f"Dear {name}, {name}letter.")
    practice.advance(minutes=5)
    practice.hears_back(lead_id, f"{name}reply, thank you.")
    twin = practice.receives_inquiry(f"{name.capitalize()} Q <{name}@example.net>", f"{name}message again")
    practice.advance(minutes=1)
    merge(practice, lead_id, twin)
    when = {"date": "2026-03-20", "time": "10:00" if name == FOREIGN else "14:00", "medium": "phone"}
    assert staff.browser(Role.OWNER).post(f"/people/{lead_id}/booking", data=when).status_code == 303
    _is_offered_a_place(practice, staff, lead_id, name)
    return lead_id


def _is_offered_a_place(practice: Practice, staff: Staff, lead_id: int, name: str) -> None:
    me, until = staff.ids[Role.OWNER], practice.now + A_WEEK
    place = {"words": f"{name}place", "nonce": name, "made_at": practice.now, "ends_at": until}
    with practice.at_work() as session:
        session.add(vacancy := Vacancy(clinician_id=me, account_id=me, **place))
        vacancy.offer_to(practice.lead(lead_id), practice.now)


def _by_the_owner(staff: Staff, lead_id: int, name: str) -> None:
    owner, here = staff.browser(Role.OWNER), f"/people/{lead_id}"
    forms = {
        f"{here}/notes": {"words": f"{name}note"},
        f"{here}/calls": {"result": "spoke", "words": f"{name}call"},
        f"{here}/reminder": {"words": f"{name}reminder", "moment": "tomorrow"},
        f"{here}/tags": {"tag": f"{name}tag"},
        f"{here}/draft": {"kind": "reply", "subject": f"{name}draft", "words": f"{name}draft"},
        "/people/views": {"name": f"{name}view", "query": f"q={name}", "whose": "everyone"},
    }
    for address, fields in forms.items():
        answer = owner.post(address, data=fields)
        assert answer.status_code in (204, 303), (address, answer.status, answer.text)


class Readable(Protocol):
    """Where rows can be looked at: a practice of a test, or a live one."""

    def reading(self) -> AbstractContextManager[Session]: ...


def ids_in(practice: Readable) -> dict[str, list[int]]:
    """Ids of rows that an address can name, by the name of that part: the first and the last few."""
    tables = {
        "lead_id": "lead", "other_id": "lead", "message_id": "message", "booking_id": "booking",
        "merge_id": "merge", "undo_id": "undo", "first": "undo", "last": "undo", "mail_id": "incoming",
        "sweep_id": "sweep", "import_id": "people_import", "view_id": "saved_view", "tag_id": "tag",
        "sequence_id": "sequence", "template_id": "email_template", "form_id": "inquiry_form",
        "offer_id": "offer", "vacancy_id": "vacancy", "event_id": "event", "colleague_id": "colleague",
    }  # fmt: skip
    with practice.reading() as session:
        found = {
            part: sorted(session.scalars(sa.select(Base.metadata.tables[table].c.id)))
            for part, table in tables.items()
        }
        found["lead_id"] += session.scalars(sa.select(Alias.id))
        return {part: _some(numbers) for part, numbers in found.items()}


MISSING, A_WEEK = 999_999, timedelta(days=7)
FEW = 2


@dataclass(frozen=True)
class Asked:
    """One address to ask for, and whether a part of it names something of the foreign person's."""

    route: Route
    names: dict[str, int]

    @property
    def address(self) -> str:
        return self.route.address


def asked(app: Flask, values: dict[str, list[int]]) -> Iterator[Asked]:
    """Every private route with every id it can be asked with: `values` for each part of an address."""
    with app.test_request_context("http://localhost/"):
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            parts = sorted(rule.arguments - (rule.defaults or {}).keys())
            numbers = [part for part in parts if isinstance(rule._converters[part], IntegerConverter)]
            for chosen in product(*(values.get(part, [1]) for part in numbers)):
                names = dict(zip(numbers, chosen, strict=True))
                filled = dict(rule.defaults or {}) | {part: names.get(part, "x") for part in parts}
                for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                    address = adapter.build(rule.endpoint, filled, method=method)
                    yield Asked(Route(rule.endpoint, method, address), names)


def _some(numbers: list[int]) -> list[int]:
    return numbers if len(numbers) <= 2 * FEW else numbers[:FEW] + numbers[-FEW:]


def belonging_to(practice: Readable, lead_id: int) -> dict[str, set[int]]:
    """The ids of every row that is this person's, by the name of the part of an address that names it."""
    of_lead = {"message_id": "message", "booking_id": "booking", "merge_id": "merge", "undo_id": "undo",
               "offer_id": "offer", "event_id": "event",
               "first": "undo", "last": "undo", "mail_id": "incoming"}  # fmt: skip
    with practice.reading() as session:
        found = {"lead_id": {lead_id}, "other_id": {lead_id}}
        for part, table in of_lead.items():
            columns = Base.metadata.tables[table].c
            found[part] = set(session.scalars(sa.select(columns.id).where(columns.lead_id == lead_id)))
        gone = sa.select(Alias.id).where(Alias.lead_id == lead_id)
        found["lead_id"] |= set(session.scalars(gone))
    return found


def rows(practice: Practice) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is stored, but for who signed in when, what they looked at and what was refused."""
    left_out = {"sign_in", "account", "audit", "audit_head"}
    with practice.reading() as session:
        return {
            table.name: sorted(tuple(map(str, row)) for row in session.execute(sa.select(table)))
            for table in Base.metadata.sorted_tables
            if table.name not in left_out
        }
