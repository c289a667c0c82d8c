"""What came in by a way in, as its page shows it: the last payload field by field, and all that waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.db import db
from crm.models import Delivery, Practice, Source
from crm.rules.builders import read_payload
from crm.rules.mapping import SEVERAL, Part, guess, parts_from
from crm.rules.payloads import Unreadable
from crm.rules.telling import moment, opening
from crm.rules.ways_in import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PART_WORDS = {
    Part.BESIDE: "keep beside the note",
    Part.NAME: "Name",
    Part.FIRST_NAME: "First name",
    Part.LAST_NAME: "Last name",
    Part.EMAIL: "Email",
    Part.PHONE: "Phone",
    Part.MESSAGE: "Their message",
    Part.FREE_TIMES: "When they are free",
    Part.FOUND_US: "Found you through",
    Part.FOLLOW_UPS: "Yes to follow-ups",
    Part.PAGE: "The page they were on",
    Part.NOTHING: "leave it out",
}
WHY_IT_WAITS = {
    DeliveryState.ARRIVED: "It came while something was broken.",
    DeliveryState.UNMAPPED: "No email address and no phone number was found in it.",
    DeliveryState.UNREADABLE: "It can’t be read.",
    DeliveryState.UNSIGNED: "Its signature doesn’t fit the signing secret.",
}
SHOWN = 20
LETTERS_SHOWN = 1500


@dataclass(frozen=True)
class Row:
    """One field of the last payload. `key` is what the form calls it, `part` what it is to us."""

    key: str
    question: str
    value: str
    part: Part


@dataclass(frozen=True)
class Waiting:
    """One payload that is no inquiry yet."""

    id: int
    when: str
    why: str
    content: str


@dataclass(frozen=True)
class Arrivals:
    """Of one source. No rows: nothing has come that can be read."""

    when: str
    rows: tuple[Row, ...]
    waiting: tuple[Waiting, ...]


def arrivals(source: Source, chosen: Mapping[str, Part] | None, now: datetime) -> Arrivals:
    """`chosen` is what the owner has said and could not be saved; else what is kept, else a guess."""
    zone = Practice.current().zone
    rows: tuple[Row, ...] = ()
    last = db.session.scalar(Delivery.last_readable(source.id))
    if last is not None:
        rows = _rows(last, chosen if chosen is not None else parts_from(source.mapping))
    mine = Delivery.waiting_at(source.id).limit(SHOWN)
    waiting = [_waiting(each, moment(each.arrived_at, now, zone)) for each in db.session.scalars(mine)]
    return Arrivals(moment(last.arrived_at, now, zone) if last else "", rows, tuple(waiting))


def objection(parts: Mapping[str, Part]) -> str:
    """Why nobody could be answered by this; empty when they could."""
    named = list(parts.values())
    if not {Part.EMAIL, Part.PHONE} & set(named):
        return "Say which field holds the email address, or the phone number: one of them is needed."
    twice = next((each for each in named if named.count(each) > 1 and each not in SEVERAL), None)
    return f"Two fields can’t both be “{PART_WORDS[twice]}”." if twice else ""


def _rows(delivery: Delivery, known: Mapping[str, Part]) -> tuple[Row, ...]:
    try:
        answers = read_payload(delivery.body, delivery.content_type).answers
    except Unreadable:
        return ()
    parts = guess(answers, known)
    return tuple(Row(each.key, each.question, each.value, parts[each.key]) for each in answers)


def _waiting(delivery: Delivery, when: str) -> Waiting:
    content = delivery.body[: LETTERS_SHOWN * 4].decode("utf-8", "replace").replace("\x00", "")
    return Waiting(delivery.id, opening(when), WHY_IT_WAITS[delivery.state], content[:LETTERS_SHOWN])
