"""Filling a message's blanks and framing it: from a row to what a person will read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.flows import entry_links, framing
from crm.flows.call_letters import call_letter
from crm.flows.framing import Reader, reader_of
from crm.flows.notices import notice_wording
from crm.mail.compose import Parcel, is_message_id
from crm.mail.language import BrokenText, Problem, check
from crm.mail.letters import Blanks, Frame, letter
from crm.mail.pieces import FIELDS
from crm.models import Practice
from crm.rules.promises import by_when_in_words
from crm.rules.sending import MessageKind
from crm.rules.telling import first_name, moment
from crm.rules.wording import Wording

if TYPE_CHECKING:
    from datetime import datetime

    from crm.flows.surroundings import Surroundings
    from crm.links import Links
    from crm.mail.letters import Content
    from crm.models import Lead
    from crm.models.outgoing import Outgoing

BLANKS_ON_SCREEN = tuple(FIELDS)
"""What can be inserted into a text, as it is written there between braces."""

TEST_MARK = "[Test] "
"""Stands before the subject of what the owner sends himself to look at."""


def parcel_of(message: Outgoing, links: Links, now: datetime, seen: Surroundings) -> Parcel:
    """Everything the composer needs for this message, from what was seen in the caller's transaction.

    An answer joins the thread of what this person already got from us (RFC 5322 3.6.4).

    Raises crm.mail.language.BrokenText when the wording cannot be filled.
    """
    practice = seen.practice
    may_stop = message.kind in (MessageKind.STEP, MessageKind.TEST, MessageKind.OFFER)
    thread, call = _thread(message, seen), call_letter(message, links, seen)
    reply_to = _reply_to(message, practice, links)
    return Parcel(
        sender_name=practice.sender_name or practice.name,
        sender_address=practice.sender_address,
        recipient=message.to_address,
        message_id=message.message_id,
        content=content_of(message, links, now, seen),
        sent_at=now,
        automatic=message.kind is not MessageKind.REPLY,
        stop_link=framing.stop_link(message, links) if may_stop else None,
        stop_address=reply_to if may_stop else None,
        in_reply_to=thread[-1] if thread else None,
        references=thread,
        reply_to=reply_to,
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
    frame = framing.around(message, reader, links, seen)
    if call := call_letter(message, links, seen):
        about = blanks._replace(call_time=call.call_time, line_from_you=call.how)
        frame = frame._replace(why_line=framing.why_of_a_call(call, seen.practice))
        return letter(call.wording, call.facts.language).fill(_greeting(about, call.facts.is_proven), frame)
    if offer := seen.offers.get(message.id):
        about = blanks._replace(call_time=offer.until, line_from_you=offer.place)
        return letter(offer.wording(links), reader.language).fill(_greeting(about, offer.is_proven), frame)
    return letter(_wording_of(message, links), reader.language).fill(blanks, frame)


def _greeting(blanks: Blanks, is_proven: bool) -> Blanks:  # noqa: FBT001 - there is but one question
    """By name only to who has shown that they read this address (R12)."""
    return blanks if is_proven else blanks._replace(first_name="")


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


def preview(
    wording: Wording, lead: Lead | None, links: Links, now: datetime, *, anonymous: bool = False
) -> Content:
    """A text as this person would get it, for the editor: the real letter, sent to nobody.

    `anonymous`: as the acknowledgement. Raises BrokenText when it cannot be filled.
    """
    practice, reader = Practice.current(), reader_of(lead, now)
    frame = framing.in_the_editor(reader, practice, links, anonymous=anonymous)
    blanks = blanks_for(reader, practice, links, now, anonymous=anonymous)
    return letter(wording, reader.language).fill(blanks, frame)


def begun_from(
    wording: Wording, lead: Lead | None, links: Links, now: datetime, *, anonymous: bool = False
) -> Wording | None:
    """A text with this person's values in its blanks and nothing round it, to be read or written on from.

    None for a text that cannot be filled: `objections` says why.
    """
    blanks = blanks_for(reader_of(lead, now), Practice.current(), links, now, anonymous=anonymous)
    try:
        content = letter(wording).fill(blanks, Frame())
    except BrokenText:
        return None
    return Wording(content.subject, content.preview, content.text)


def objections(wording: Wording) -> list[Problem]:
    """Everything that keeps a text from being sent, with the field it stands in."""
    return check(wording)
