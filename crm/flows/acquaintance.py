"""Who someone is: written down by the owner himself, and corrected where it was wrong."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.correspondence import add_note, log_call
from crm.flows.follow_up import enroll
from crm.flows.hours import fit_to_hours
from crm.models import EventKind, Inquiry, Lead, Practice, Suppression, Waiting
from crm.rules.addresses import base_mailbox, contact_key
from crm.rules.promises import reply_by
from crm.rules.sending import MessageState, StopReason
from crm.sealed import known_as

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Account, CallResult, Sequence


@dataclass(frozen=True)
class Contact:
    """How someone is called and reached, and what they said about themselves. `phone` in E.164."""

    name: str
    email: str = ""
    phone: str = ""
    prefers: str = ""
    free_times: str = ""
    found_us: str = ""
    looking_for: str = ""
    zone_name: str = ""

    @property
    def key(self) -> str | None:
        return contact_key(self.email or None, self.phone or None)


@dataclass(frozen=True)
class Introduction:
    """Someone the owner adds: a note, a call just made, and a sequence only if he picks one."""

    contact: Contact
    note: str = ""
    call: CallResult | None = None
    sequence: Sequence | None = None


class AlreadyKnown(Exception):  # noqa: N818 - a fact, not an error
    """This address or number is someone's already: `lead` says whose."""

    def __init__(self, lead: Lead) -> None:
        super().__init__(f"lead {lead.id} has this contact already")
        self.lead = lead


def introduce(introduction: Introduction, account: Account, now: datetime) -> Lead:
    """Add someone by hand: on Today unless just called, and written to only as the owner says.

    Raises AlreadyKnown; ValueError when there is neither an address nor a number.
    """
    contact, practice = introduction.contact, Practice.current()
    if contact.key is None:
        raise ValueError("a person needs an address or a phone number")
    lead = Lead.find_or_start(contact.key, contact.name, now)
    if lead.inquiries:
        raise AlreadyKnown(lead)
    fill_in(lead, contact)
    lead.record(EventKind.INQUIRY_RECEIVED, now, account_id=account.id, about=_asked(lead, contact, now))
    lead.wrote(Waiting.INQUIRY, reply_by(now, practice.promise, practice.window), now)
    if introduction.note:
        add_note(lead, introduction.note, account, now)
    if introduction.call:
        log_call(lead, introduction.call, "", account, now)
    if introduction.sequence:
        enroll(lead, introduction.sequence, now, account.id)
    db.session.flush()
    return lead


def contact_of(lead: Lead) -> Contact:
    """Who they are by now."""
    return Contact(**{field.name: getattr(lead, field.name) or "" for field in fields(Contact)})


def edit_contact(lead: Lead, contact: Contact, account: Account | None, now: datetime) -> list[str]:
    """Correct who someone is; what is planned goes to the new address. Returns the words for what changed.

    Without an account they did so themselves, and what was is kept, so that it can be put back.
    Raises AlreadyKnown when the new address or number is another person's, and nothing is changed;
    ValueError when neither is left.
    """
    if contact.key is None:
        raise ValueError("a person needs an address or a phone number")
    known = contact_of(lead)
    changes = {
        name: (was, new) for name in WORDS if (was := getattr(known, name)) != (new := getattr(contact, name))
    }
    if not changes:
        return []
    wish_key = lead.wish_key
    _take_key(lead, contact.key)
    before, clock_before = lead.email or "", lead.zone_name
    fill_in(lead, contact)
    if lead.zone_name != clock_before:
        db.session.flush()
        fit_to_hours(now, lead)
    if before != contact.email:
        _readdress(lead, now)
    Suppression.take_wishes_along([wish_key], {lead.wish_key} - {wish_key}, now)
    _tell(lead, changes, account, now)
    return [WORDS[name] for name in changes]


WORDS = {
    "name": "name",
    "email": "email address",
    "phone": "phone number",
    "prefers": "preferences",
    "free_times": "free times",
    "found_us": "way to you",
    "looking_for": "wishes",
    "zone_name": "time zone",
}


def _take_key(lead: Lead, key: str) -> None:
    """Be known by this key from now on. The unique index decides a race; losing it costs a savepoint."""
    if known_as(key) == known_as(lead.contact_key):
        return
    if other := Lead.with_key(key):
        if other is lead:  # the address of a record that was merged into this one: theirs already
            return
        raise AlreadyKnown(other)
    try:
        with db.session.begin_nested():
            lead.contact_key = key
    except sa.exc.IntegrityError:
        other = Lead.with_key(key)
        assert other is not None  # noqa: S101 - the index has just said that it exists
        raise AlreadyKnown(other) from None


def _tell(lead: Lead, changes: dict[str, tuple[str, str]], account: Account | None, now: datetime) -> None:
    event = lead.record(EventKind.CONTACT_EDITED, now, account_id=account.id if account else None)
    event.facts = {"changed": [WORDS[name] for name in changes]}
    if account is None:
        event.facts |= {
            "was": {name: was for name, (was, _) in changes.items()},
            "now": {name: new for name, (_, new) in changes.items()},
        }


def fill_in(lead: Lead, contact: Contact) -> None:
    """Write down who someone is, whatever was known before. For an address that is new the owner vouches."""
    lead.name = contact.name
    is_another = (lead.email or "") != contact.email
    lead.email, lead.phone = contact.email or None, contact.phone or None
    lead.base_mailbox = base_mailbox(contact.email) if contact.email else None
    lead.prefers, lead.free_times = contact.prefers, contact.free_times
    lead.found_us, lead.looking_for = contact.found_us, contact.looking_for
    lead.zone_name = contact.zone_name or None
    if is_another:
        lead.prove_address()


def _readdress(lead: Lead, now: datetime) -> None:
    """What is on its way follows the person; old bounces are settled."""
    for message in lead.messages:
        message.follow_the_person()
        if message.state is MessageState.FAILED and message.settled_at is None:
            message.settle(now)
    if lead.email is None and lead.enrollment:
        lead.enrollment.stop(StopReason.NO_ADDRESS, now)


def _asked(lead: Lead, contact: Contact, now: datetime) -> Inquiry:
    """The day they asked: letters and reports count from it, also when it was not by the form."""
    inquiry = Inquiry(
        lead=lead,
        received_at=now,
        nonce=secrets.token_urlsafe(16),
        content_key=secrets.token_hex(32),
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        found_us=contact.found_us,
    )
    db.session.add(inquiry)
    return inquiry
