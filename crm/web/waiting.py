"""Waiting for you: a row for everyone who needs the owner, and why, in the fewest words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.orm import aliased

from crm.db import instant
from crm.flows import bearings
from crm.models import BookingState, Lead, Note, Waiting, attention
from crm.models.booking import is_over
from crm.models.enrollment import OPEN_ENROLLMENTS
from crm.rules.sending import StopReason
from crm.rules.stages import SCREEN_WORDS
from crm.rules.telling import Pressing, moment, promise_line
from crm.web.tense import FOR_WHAT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from crm.models import Booking
    from crm.together import Answers

ROWS_AT_MOST = 60
"""So many rows stand on Today; a practice with more waiting has its list under People."""
ARTICLE, SOMEWHERE = "An article on this site", "Somewhere else"


class Tone(StrEnum):
    """How a piece of the why-line looks."""

    PLAIN = ""
    NOW = "now-text"
    LATE = "late"


TONES = {Pressing.CALM: Tone.PLAIN, Pressing.TODAY: Tone.NOW, Pressing.PASSED: Tone.LATE}


@dataclass(frozen=True)
class Piece:
    """A piece of the why-line."""

    text: str
    tone: Tone = Tone.PLAIN


class Source(Protocol):
    """What is asked of an inquiry."""

    @property
    def article(self) -> str: ...
    @property
    def found_us(self) -> str: ...


class Person(Protocol):
    """What a row says of the person themselves."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def read_first_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Row:
    """One person who waits. `words` are theirs; nothing of a message to be read first is shown in a row."""

    lead: Person
    since: datetime
    why: tuple[Piece, ...]
    words: str = ""

    @property
    def read_first(self) -> bool:
        return self.lead.read_first_at is not None


def rows(people: Sequence[Any], found: Answers, now: datetime, zone: tzinfo) -> list[Row]:
    """EVERYBODY in order, with what was found of them by the questions of `AROUND_THEM`."""
    replies = {row.lead_id: bearings.brief(row.words) for row in found["replies"]}
    ways, calls = map(bearings.first_of_each, (found["their_ways"], found["calls"]))
    inquiries = defaultdict(list)
    for inquiry in found["inquiries"]:
        inquiries[inquiry.lead_id].append(inquiry)
    return [
        _row(
            _Known(who, inquiries[who.id], _reply(who, replies), calls.get(who.id), ways.get(who.id)),
            now,
            zone,
        )
        for who in people
    ]


def _reply(who: Any, replies: Mapping[int, str]) -> str | None:  # noqa: ANN401 - a row
    """Their last reply counts while they wait for an answer to it."""
    return replies.get(who.id) if who.waiting_for is Waiting.REPLY else None


def call_to_settle(lead: Lead, now: datetime) -> Booking | None:
    """Their call that is over and of which nobody has said how it went."""
    call = lead.booking
    return call if call and call.is_over(now) and not call.waits_for_a_yes else None


def source_words(inquiry: Source | None) -> str:
    """Where someone came from: from your article, from Psychology Today; nothing when they didn’t say."""
    if inquiry is None:
        return ""
    if inquiry.article or inquiry.found_us == ARTICLE:
        return "from your article"
    if not inquiry.found_us or inquiry.found_us == SOMEWHERE:
        return ""
    return f"from {spoken(inquiry.found_us)}"


def spoken(choice: str) -> str:
    """A choice of the form inside a sentence: a search, but Psychology Today."""
    return choice[0].lower() + choice[1:] if choice.startswith(("A ", "An ")) else choice


@dataclass(frozen=True)
class _Known:
    """One of them in a few columns: what they wrote, their call, the sequence they are or were last in."""

    person: Any
    inquiries: list[Any]
    reply: str | None
    call: Any
    way: Any

    @property
    def last_inquiry(self) -> Any:  # noqa: ANN401 - SQLAlchemy's row
        return self.inquiries[-1] if self.inquiries else None


def _row(known: _Known, now: datetime, zone: tzinfo) -> Row:
    who, call = known.person, known.call
    if who.read_first_at is not None:
        return Row(who, who.waiting_since or who.read_first_at, (_read_first(known),))
    inquiry = bearings.brief(known.last_inquiry.words) if known.inquiries else ""
    if call and call.state is BookingState.ASKED:
        return Row(who, who.waiting_since or call.starts_at, _wants(known, now, zone), inquiry)
    if who.waiting_for in FOR_WHAT:
        for_what = Piece(FOR_WHAT[who.waiting_for], Tone.NOW)
        return Row(who, who.waiting_since, (for_what, *_promise(who, now, zone)))
    if who.waiting_for is None and call and is_over(call.ends_at, now):
        why = Piece(f"Your call was {moment(call.starts_at, now, zone)}.")
        return Row(who, call.starts_at, (why, Piece("How did it go?", Tone.NOW)))
    if who.waiting_for is None and who.reminder_at:
        set_by_him = (Piece("You set a reminder", Tone.NOW), Piece(SCREEN_WORDS[who.stage]))
        return Row(who, who.reminder_at, set_by_him, who.reminder)
    wrote_back = known.reply is not None
    why_line = _wrote_back(known, now, zone) if wrote_back else _asked(known, now, zone)
    words = known.reply if known.reply is not None else inquiry
    return Row(who, who.waiting_since or who.created_at, why_line, words)


def _wants(known: _Known, now: datetime, zone: tzinfo) -> tuple[Piece, ...]:
    wanted = Piece(f"Wants {moment(known.call.starts_at, now, zone)}", Tone.NOW)
    return (wanted, Piece(known.call.medium.told), *_promise(known.person, now, zone))


def _read_first(known: _Known) -> Piece:
    may = "Words in it may mean danger."
    runs = known.way and known.way.state in OPEN_ENROLLMENTS
    return Piece(f"{may} Follow-ups wait until you’ve read it." if runs else may)


def _asked(known: _Known, now: datetime, zone: tzinfo) -> tuple[Piece, ...]:
    again = "Wrote again" if len(known.inquiries) > 1 else SCREEN_WORDS[known.person.stage]
    source = source_words(known.last_inquiry)
    return (*_promise(known.person, now, zone), Piece(again), *((Piece(source),) if source else ()))


def _wrote_back(known: _Known, now: datetime, zone: tzinfo) -> tuple[Piece, ...]:
    stopped = known.way and known.way.stop_reason is StopReason.REPLIED
    pressing = tuple(piece for piece in _promise(known.person, now, zone) if piece.tone is not Tone.PLAIN)
    rest = (Piece("Follow-ups have stopped" if stopped else SCREEN_WORDS[known.person.stage]),)
    return (Piece("Wrote back", Tone.NOW), *pressing, *rest)


def _promise(person: Any, now: datetime, zone: tzinfo) -> tuple[Piece, ...]:  # noqa: ANN401 - a row
    if person.reply_by is None:
        return ()
    line = promise_line(person.reply_by, now, zone)
    return (Piece(line.text, TONES[line.pressing]),)


_reminder = aliased(Note, Note.open_reminders().where(Note.due_at <= instant("now")).subquery())
EVERYBODY = (
    attention.ON_TODAY.outerjoin(_reminder, _reminder.lead_id == Lead.id)
    .with_only_columns(
        Lead.id,
        Lead.name,
        Lead.stage,
        Lead.created_at,
        Lead.waiting_for,
        Lead.waiting_since,
        Lead.reply_by,
        Lead.read_first_at,
        _reminder.due_at.label("reminder_at"),
        _reminder.text.label("reminder"),
    )
    .limit(ROWS_AT_MOST)
)
"""In a few columns, with the reminder that is due."""
AROUND_THEM = {
    "inquiries": bearings.INQUIRIES,
    "replies": bearings.REPLIES,
    "calls": bearings.BOOKINGS,
    "their_ways": bearings.WAYS,
}
"""What is asked of `these` people."""
