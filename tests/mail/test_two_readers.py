"""Our invitations, read by two libraries of different makes: what one understands, the other does, too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from crm.mail.invitation import Invitation, as_icalendar
from crm.rules.call_notes import Method
from tests.flows.test_call_notes import HOUR, calls_off, got, moves
from tests.flows.test_calls import books, wish
from tests.outbox import Received
from tests.practice import Practice


@dataclass(frozen=True)
class Understood:
    """What a calendar makes of it."""

    method: str
    uid: str
    sequence: int
    stamped_at: datetime
    starts_at: datetime
    ends_at: datetime
    status: str
    summary: str
    description: str
    location: str
    url: str
    organizer: str
    organizer_name: str
    attendee: str
    answer: str


def by_icalendar(text: str) -> Understood:
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    return Understood(
        method=str(calendar["METHOD"]),
        uid=str(event["UID"]),
        sequence=int(event.decoded("SEQUENCE")),
        stamped_at=event.decoded("DTSTAMP"),
        starts_at=event.decoded("DTSTART"),
        ends_at=event.decoded("DTEND"),
        status=str(event["STATUS"]),
        summary=str(event["SUMMARY"]),
        description=str(event["DESCRIPTION"]),
        location=str(event.get("LOCATION", "")),
        url=str(event["URL"]),
        organizer=str(event["ORGANIZER"]),
        organizer_name=str(event["ORGANIZER"].params["CN"]),
        attendee=str(event["ATTENDEE"]),
        answer=str(event["ATTENDEE"].params["PARTSTAT"]),
    )


def by_vobject(text: str) -> Understood:
    calendar = vobject.readOne(text)
    event = calendar.vevent
    return Understood(
        method=calendar.method.value,
        uid=event.uid.value,
        sequence=int(event.sequence.value),
        stamped_at=event.dtstamp.value,
        starts_at=event.dtstart.value,
        ends_at=event.dtend.value,
        status=event.status.value,
        summary=event.summary.value,
        description=event.description.value,
        location=event.location.value if "location" in event.contents else "",
        url=event.url.value,
        organizer=event.organizer.value,
        organizer_name=event.organizer.params["CN"][0],
        attendee=event.attendee.value,
        answer=event.attendee.params["PARTSTAT"][0],
    )


def calendar_of(mail: Received) -> tuple[str, str]:
    """The text of its entry, and the method its type names."""
    part = next(each for each in mail.mail.walk() if each.get_content_type() == "text/calendar")
    return part.get_content(), str(part.get_param("method"))


def test_booked_moved_and_called_off_is_one_entry_to_both(practice: Practice) -> None:
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "Could we talk?")
    practice.work()
    practice.outbox.received.clear()
    books(practice, maya, wish())
    practice.work()
    moves(practice, maya, HOUR)
    practice.work()
    calls_off(practice, maya)
    practice.work()

    texts = [calendar_of(mail) for mail in got(practice)]
    first, second = ([read(text) for text, _ in texts] for read in (by_icalendar, by_vobject))

    assert first == second
    assert len({each.uid for each in second}) == 1
    assert [each.sequence for each in second] == [0, 1, 2]
    assert (
        [each.method for each in second]
        == [method for _, method in texts]
        == ["REQUEST", "REQUEST", "CANCEL"]
    )
    assert [each.status for each in second] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert second[1].starts_at - second[0].starts_at == HOUR
    assert second[2].starts_at == second[1].starts_at


PLAIN = Invitation(
    method=Method.REQUEST,
    uid="5b3f",
    sequence=0,
    stamped_at=datetime(2026, 3, 10, 17, tzinfo=UTC),
    starts_at=datetime(2026, 3, 12, 17, tzinfo=UTC),
    ends_at=datetime(2026, 3, 12, 17, 15, tzinfo=UTC),
    summary="Call with Connor",
    description="I’ll ring you.",
    location="Phone",
    url="https://practice.example/booking/x",
    organizer_name="Connor at Spring Street",
    organizer_address="connor@practice.example",
    attendee_address="maya.o@example.com",
)
AWKWARD = (
    "One, two; three: four",
    "back\\slash and \\n that is none",
    "two\nlines",
    "two\n\nparagraphs\n",
    'a "quoted" word',
    "Ñandú, señor; ¿quién? " * 12,
    "\N{GRINNING FACE}" * 60,
    "x" * 300,
    "BEGIN:VEVENT",
    "a\\,b\\;c\\\\d",
)


@pytest.mark.parametrize("words", AWKWARD)
def test_folding_and_escaping_mean_the_same_to_both(words: str) -> None:
    text = as_icalendar(replace(PLAIN, summary=words.replace("\n", " "), description=words, location=words))

    assert by_icalendar(text) == by_vobject(text)
    assert by_vobject(text).description == words


@given(st.text(st.characters(exclude_categories=("C", "Zl", "Zp"), include_characters="\n"), max_size=200))
def test_whatever_a_clinician_writes_arrives_in_both(words: str) -> None:
    text = as_icalendar(replace(PLAIN, description=words))

    assert by_icalendar(text).description == by_vobject(text).description == words


@pytest.mark.parametrize("words", AWKWARD)
def test_no_line_is_longer_than_a_calendar_takes_nor_cut_within_a_letter(words: str) -> None:
    lines = as_icalendar(replace(PLAIN, description=words)).encode().split(b"\r\n")

    assert max(map(len, lines)) <= 75
    assert not any("\ufffd" in line.decode(errors="replace") for line in lines)
    assert not any(b"\n" in line for line in lines)
