"""Filling a message's blanks and framing it: from a row to what a person will read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crm.flows import entry_links
from crm.flows.call_letters import call_letter
from crm.flows.notices import notice_wording
from crm.mail.compose import Parcel, is_message_id
from crm.mail.language import BrokenText, Problem, check
from crm.mail.letters import Blanks, Crisis, Frame, letter
from crm.mail.pieces import FIELDS
from crm.models import Practice, Trigger
from crm.rules.call_letter_words import filled
from crm.rules.promises import by_when_in_words
from crm.rules.schedule import remaining
from crm.rules.sending import MessageKind
from crm.rules.telling import count_words, date_words, first_name, moment
from crm.rules.wording import Wording

if TYPE_CHECKING:
    from datetime import datetime

    from crm.flows.call_letters import CallLetter
    from crm.flows.surroundings import Surroundings
    from crm.links import Links
    from crm.mail.letters import Content
    from crm.models import Lead
    from crm.models.outgoing import Outgoing, Person

BLANKS_ON_SCREEN = tuple(FIELDS)
"""What can be inserted into a text, as it is written there between braces."""

WITH_A_WAY_OUT = (MessageKind.STEP, MessageKind.OFFER)
TEST_MARK = "[Test] "
"""Stands before the subject of what the owner sends himself to look at."""


@dataclass(frozen=True)
class Reader:
    """Who reads a letter, when they are to talk, and when they last asked for it."""

    lead: Lead | Person | None
    call_at: datetime | None = None
    asked_at: datetime | None = None


def reader_of(lead: Lead | None) -> Reader:
    """One person; for many at once `Surroundings` knows."""
    booking, inquiry = (lead.booking, lead.last_inquiry) if lead else (None, None)
    return Reader(lead, booking.starts_at if booking else None, inquiry.received_at if inquiry else None)


def parcel_of(message: Outgoing, links: Links, now: datetime, seen: Surroundings) -> Parcel:
    """Everything the composer needs for this message, from what was seen in the caller's transaction.

    An answer joins the thread of what this person already got from us (RFC 5322 3.6.4).

    Raises crm.mail.language.BrokenText when the wording cannot be filled.
    """
    practice = seen.practice
    may_stop = message.kind in (MessageKind.STEP, MessageKind.TEST, MessageKind.OFFER)
    thread, call = _thread(message, seen), call_letter(message, links, seen)
    return Parcel(
        sender_name=practice.sender_name or practice.name,
        sender_address=practice.sender_address,
        recipient=message.to_address,
        message_id=message.message_id,
        content=content_of(message, links, now, seen),
        sent_at=now,
        automatic=message.kind is not MessageKind.REPLY,
        stop_link=_stop_link(message, links) if may_stop else None,
        in_reply_to=thread[-1] if thread else None,
        references=thread,
        reply_to=_reply_to(message, practice, links),
        invitation=call.invitation(message.to_address, practice, now) if call else None,
    )


def _thread(message: Outgoing, seen: Surroundings) -> tuple[str, ...]:
    """What was written so far, oldest first. The owner answers what they wrote last, whoever wrote since."""
    lead_id = message.lead_id or 0
    sent, heard = seen.sent.get(lead_id, []), seen.heard.get(lead_id, [])
    told = [message_id for message_id, _ in sorted([*sent, *heard], key=lambda each: each[1])]
    if heard:
        last = heard[-1][0]
        told = [*(each for each in told if each != last), last]
    return tuple(each for each in told if is_message_id(each))


def _reply_to(message: Outgoing, practice: Practice, links: Links) -> str | None:
    """Where the mailbox takes such addresses, an answer says whose it is even when its thread is lost."""
    token = message.lead.reply_token if message.lead else None
    return links.reply_to(practice.sender_address, token) if token else None


def content_of(message: Outgoing, links: Links, now: datetime, seen: Surroundings) -> Content:
    """Subject, preview, text and HTML of this message as it would leave now."""
    lead_id = message.lead_id or 0
    reader = Reader(message.lead, seen.calls.get(lead_id), seen.asked.get(lead_id))
    blanks = blanks_for(reader, seen.practice, links, now, anonymous=message.is_acknowledgement)
    frame = _frame(message, reader, links, seen)
    if call := call_letter(message, links, seen):
        about = replace(blanks, call_time=call.call_time, line_from_you=call.how)
        frame = replace(frame, why_line=_why_of_a_call(call, seen.practice))
        return letter(call.wording, call.facts.language).fill(_greeting(about, call.facts.is_proven), frame)
    if offer := seen.offers.get(message.id):
        about = replace(blanks, call_time=offer.until, line_from_you=offer.place)
        return letter(offer.wording(links)).fill(_greeting(about, offer.is_proven), frame)
    return letter(_wording_of(message, links)).fill(blanks, frame)


def _greeting(blanks: Blanks, is_proven: bool) -> Blanks:  # noqa: FBT001 - there is but one question
    """By name only to who has shown that they read this address (R12)."""
    return blanks if is_proven else replace(blanks, first_name="")


def _wording_of(message: Outgoing, links: Links) -> Wording:
    if message.notice in entry_links.KINDS:
        return entry_links.wording(message.id, links)
    if message.words is not None:
        return message.words.wording
    if message.notice is None:
        raise ValueError(f"message {message.id} has neither words nor a template")
    return notice_wording(message.notice, links)


def blanks_for(
    reader: Reader, practice: Practice, links: Links, now: datetime, *, anonymous: bool = False
) -> Blanks:
    """What stands in the blanks. `anonymous` leaves out all that a stranger typed into the form (R12)."""
    lead, call_at = reader.lead, reader.call_at
    promised = lead.reply_by if lead else None
    return Blanks(
        first_name=first_name(lead.name) if lead and not anonymous else "",
        booking_link=links.person_page(lead.page_token) if lead else links.form(),
        reply_by_time=by_when_in_words(promised, practice.window) if promised else "",
        call_time=moment(call_at, now, practice.zone) if call_at else "",
        practice_name=practice.name,
        my_name=practice.signer,
        office_address=practice.office_address,
        line_from_you=lead.line_from_you if lead else "",
    )


def _frame(message: Outgoing, reader: Reader, links: Links, seen: Surroundings) -> Frame:
    """What stands round the letter: why it came, from where, how to stop, and 988 where it belongs."""
    practice = seen.practice
    return Frame(
        why_line=_why_line(message, reader, seen),
        address_line=", ".join(part for part in (practice.name, practice.office_address) if part),
        stop_link=_stop_link(message, links) if message.kind in WITH_A_WAY_OUT else None,
        crisis=_crisis(message),
    )


def preview(
    wording: Wording, lead: Lead | None, links: Links, now: datetime, *, anonymous: bool = False
) -> Content:
    """A text as this person would get it, for the editor: the real letter, sent to nobody.

    `anonymous`: as the acknowledgement. Raises BrokenText when it cannot be filled.
    """
    practice, reader = Practice.current(), reader_of(lead)
    frame = Frame(
        why_line=_asked_line(reader, practice),
        address_line=", ".join(part for part in (practice.name, practice.office_address) if part),
        stop_link=links.unsubscribe(lead.unsubscribe_token if lead else "preview"),
        crisis=Crisis.LAST if anonymous else Crisis.NONE,
    )
    return letter(wording).fill(blanks_for(reader, practice, links, now, anonymous=anonymous), frame)


def begun_from(
    wording: Wording, lead: Lead | None, links: Links, now: datetime, *, anonymous: bool = False
) -> Wording | None:
    """A text with this person's values in its blanks and nothing round it, to be read or written on from.

    None for a text that cannot be filled: `objections` says why.
    """
    blanks = blanks_for(reader_of(lead), Practice.current(), links, now, anonymous=anonymous)
    try:
        content = letter(wording).fill(blanks, Frame())
    except BrokenText:
        return None
    return Wording(content.subject, content.preview, content.text)


def objections(wording: Wording) -> list[Problem]:
    """Everything that keeps a text from being sent, with the field it stands in."""
    return check(wording)


def _crisis(message: Outgoing) -> Crisis:
    read_first = bool(message.lead and message.lead.read_first_at)
    if message.is_acknowledgement:
        return Crisis.FIRST if read_first else Crisis.LAST
    return Crisis.FIRST if read_first and message.kind is MessageKind.CALL else Crisis.NONE


def _stop_link(message: Outgoing, links: Links) -> str | None:
    """A test has what a follow-up has, so that whoever signs emails shows on it what is signed (R30)."""
    if message.kind is MessageKind.TEST:
        return links.unsubscribe("preview")
    return links.unsubscribe(message.lead.unsubscribe_token) if message.lead else None


def _why_line(message: Outgoing, reader: Reader, seen: Surroundings) -> str:
    if message.kind is MessageKind.OFFER:
        return f"You’re getting this because you are on the waitlist of {seen.practice.name}."
    if message.kind is not MessageKind.STEP or message.lead is None:
        return ""
    if message.is_acknowledgement:
        return f"You’re getting this because you asked for a call at {_where(seen.practice)}."
    return f"{_asked_line(reader, seen.practice)} {_how_many_more(message, seen)}".strip()


def _why_of_a_call(call: CallLetter, practice: Practice) -> str:
    return filled(call.words.why, signer=practice.signer or practice.name)


def _asked_line(reader: Reader, practice: Practice) -> str:
    if reader.asked_at is None:
        return f"You asked for a call at {_where(practice)}."
    asked_on = reader.asked_at.astimezone(practice.zone).date()
    return f"You asked for a call at {_where(practice)} on {date_words(asked_on, asked_on)}."


def _how_many_more(message: Outgoing, seen: Surroundings) -> str:
    standing = seen.standings.get(message.enrollment_id or 0)
    if standing is None or standing.trigger is Trigger.REFERRED_OUT:
        return ""
    more = len(remaining(standing.plan, standing.done | {message.step_id or 0}))
    if more == 0:
        return "This is the last note I’ll send by myself."
    times = {1: "once", 2: "twice"}.get(more, f"{count_words(more)} times")
    return f"I’ll write at most {times} more."


def _where(practice: Practice) -> str:
    return practice.website.removeprefix("https://").removeprefix("http://").rstrip("/") or practice.name
