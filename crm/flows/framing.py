"""What stands round a letter: why it came, from where, how to stop it, and 988 where it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from crm.mail.letters import Crisis, Frame
from crm.models import Trigger
from crm.rules.day_words import date_words
from crm.rules.frame_words import FRAMES
from crm.rules.schedule import remaining
from crm.rules.sending import MessageKind
from crm.rules.sheets import FormLanguage
from crm.rules.wording import filled

if TYPE_CHECKING:
    from datetime import date, datetime

    from crm.flows.call_letters import CallLetter
    from crm.flows.surroundings import Surroundings
    from crm.links import Links
    from crm.models import Lead, Practice
    from crm.models.outgoing import Outgoing, Person

WITH_A_WAY_OUT = (MessageKind.STEP, MessageKind.OFFER)


@dataclass(frozen=True)
class Reader:
    """Who reads a letter, when they are to talk, and when they last asked for it."""

    lead: Lead | Person | None
    call_at: datetime | None = None
    asked_at: datetime | None = None

    @property
    def language(self) -> FormLanguage:
        """That of the form they came through."""
        return self.lead.language if self.lead else FormLanguage.ENGLISH


def reader_of(lead: Lead | None, now: datetime) -> Reader:
    """One person; for many at once `Surroundings` knows."""
    booking = (lead.call_to_come(now) or lead.booking) if lead else None
    inquiry = lead.last_inquiry if lead else None
    return Reader(lead, booking.starts_at if booking else None, inquiry.received_at if inquiry else None)


def around(message: Outgoing, reader: Reader, links: Links, seen: Surroundings) -> Frame:
    """What stands round the letter: why it came, from where, how to stop, and 988 where it belongs."""
    practice = seen.practice
    return Frame(
        why_line=_why_line(message, reader, seen),
        address_line=_address_line(practice),
        stop_link=stop_link(message, links) if message.kind in WITH_A_WAY_OUT else None,
        crisis=_crisis(message),
    )


def in_the_editor(reader: Reader, practice: Practice, links: Links, *, anonymous: bool) -> Frame:
    """The same of a text that is looked at. `anonymous`: as the acknowledgement."""
    return Frame(
        why_line=_asked_line(reader, practice),
        address_line=_address_line(practice),
        stop_link=links.unsubscribe(reader.lead.unsubscribe_token if reader.lead else "preview"),
        crisis=Crisis.LAST if anonymous else Crisis.NONE,
    )


def stop_link(message: Outgoing, links: Links) -> str | None:
    """A test has what a follow-up has, so that whoever signs emails shows on it what is signed (R30)."""
    if message.kind is MessageKind.TEST:
        return links.unsubscribe("preview")
    return links.unsubscribe(message.lead.unsubscribe_token) if message.lead else None


def why_of_a_call(call: CallLetter, practice: Practice) -> str:
    return filled(call.words.why, signer=practice.signer or practice.name)


def _crisis(message: Outgoing) -> Crisis:
    read_first = bool(message.lead and message.lead.read_first_at)
    if message.is_acknowledgement:
        return Crisis.FIRST if read_first else Crisis.LAST
    return Crisis.FIRST if read_first and message.kind is MessageKind.CALL else Crisis.NONE


def _address_line(practice: Practice) -> str:
    return ", ".join(part for part in (practice.name, practice.office_address) if part)


def _why_line(message: Outgoing, reader: Reader, seen: Surroundings) -> str:
    if message.kind is MessageKind.OFFER:
        return filled(FRAMES[reader.language].waits, practice=seen.practice.name)
    if message.kind is not MessageKind.STEP or message.lead is None:
        return ""
    if message.is_acknowledgement:
        return filled(FRAMES[reader.language].answer, where=_where(seen.practice))
    return f"{_asked_line(reader, seen.practice)} {_how_many_more(message, reader, seen)}".strip()


def _asked_line(reader: Reader, practice: Practice) -> str:
    asked_on = reader.asked_at.astimezone(practice.zone).date() if reader.asked_at else None
    return _asked_words(reader.language, _where(practice), asked_on)


@lru_cache(maxsize=1024)  # people write all week, but there are few days in it
def _asked_words(language: FormLanguage, where: str, day: date | None) -> str:
    words = FRAMES[language]
    if day is None:
        return filled(words.asked, where=where)
    return filled(words.asked_on, where=where, day=date_words(language, day, day))


def _how_many_more(message: Outgoing, reader: Reader, seen: Surroundings) -> str:
    standing = seen.standings.get(message.enrollment_id or 0)
    if standing is None or standing.trigger is Trigger.REFERRED_OUT:
        return ""
    more = remaining(standing.plan, standing.done | {message.step_id or 0})
    return _more_words(reader.language, len(more))


@cache
def _more_words(language: FormLanguage, number: int) -> str:
    return FRAMES[language].how_many_more(number)


def _where(practice: Practice) -> str:
    return practice.website.removeprefix("https://").removeprefix("http://").rstrip("/") or practice.name
