"""What somebody corrects about themselves on their own page.

A name and a number are theirs to say: they hold at once, stand in the story and can be put back. An address
is only asked for, because whoever comes to have the link must not lead a person's mail elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.flows.acquaintance import AlreadyKnown, contact_of, edit_contact
from crm.flows.correspondence import they_wrote
from crm.models import Event, EventKind, ReplyChannel
from crm.rules.addresses import normalize_email

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Account, Lead

AN_HOUR, CHANGES_AN_HOUR = timedelta(hours=1), 5


class TooOften(Exception):  # noqa: N818 - a fact, not an error
    """Their details were changed more often within an hour than people do."""


@dataclass(frozen=True)
class Details:
    """What they typed; empty where nothing has changed. `phone` in E.164, `shown_phone` as people read it."""

    name: str = ""
    phone: str = ""
    email: str = ""
    shown_phone: str = ""


def correct(lead: Lead, details: Details, now: datetime) -> bool:
    """In the person's turn. Returns whether an address was asked for. Raises TooOften."""
    known = contact_of(lead)
    typed = {"name": details.name, "phone": details.phone}
    new = {name: said for name, said in typed.items() if said and said != getattr(known, name)}
    asks = bool(details.email) and normalize_email(details.email) != normalize_email(known.email)
    if new or asks:
        _not_too_often(lead, now)
    if new and not _hold_at_once(lead, new, now):
        they_wrote(lead, _in_words(details), ReplyChannel.PAGE, now)
    if asks:
        _ask_for(lead, details.email, now)
    return asks


def address_asked_for(event: Event) -> str | None:
    """The address these words ask to be written to, while mail still goes elsewhere."""
    asked: str | None = event.facts.get("address")
    if asked is None or normalize_email(event.lead.email or "") == normalize_email(asked):
        return None
    return asked


def accept(event: Event, account: Account, now: datetime) -> bool:
    """Mail goes to the address they asked for. False where it does already. Raises AlreadyKnown."""
    asked = address_asked_for(event)
    if asked is None:
        return False
    edit_contact(event.lead, replace(contact_of(event.lead), email=asked), account, now)
    return True


def is_their_own(account_id: int | None, facts: dict[str, Any]) -> bool:
    """Whether it is an edit of theirs that this line of a story tells (`acquaintance.edit_contact`)."""
    return account_id is None and "was" in facts


def can_be_put_back(event: Event) -> bool:
    """Whether what they changed is still as they left it."""
    left: dict[str, Any] = event.facts.get("now", {})
    known = contact_of(event.lead)
    return bool(left) and all(getattr(known, name) == said for name, said in left.items())


def put_back(event: Event, account: Account, now: datetime) -> bool:
    """As the practice knew it before. False where it has changed since. Raises AlreadyKnown."""
    if not can_be_put_back(event):
        return False
    edit_contact(event.lead, replace(contact_of(event.lead), **event.facts["was"]), account, now)
    return True


def _hold_at_once(lead: Lead, new: dict[str, str], now: datetime) -> bool:
    """False for whom is known by their number, which is who they are, or would be somebody else by this."""
    if lead.email is None:
        return False
    try:
        edit_contact(lead, replace(contact_of(lead), **new), None, now)
    except AlreadyKnown:
        return False
    return True


def _ask_for(lead: Lead, email: str, now: datetime) -> None:
    """Their words, so follow-ups to the old address stop, and it waits on Today with one key beside it."""
    words = f"Please write to me at {email} from now on."
    reply = they_wrote(lead, words, ReplyChannel.PAGE, now)
    event = next(each for each in reversed(lead.events) if each.reply is reply)
    event.facts = event.facts | {"address": email}


def _in_words(details: Details) -> str:
    said = (
        f"My name is {details.name}." if details.name else "",
        f"My phone number is {details.shown_phone or details.phone}." if details.phone else "",
    )
    return " ".join(filter(None, said))


def _not_too_often(lead: Lead, now: datetime) -> None:
    theirs = (Event.lead_id == lead.id, Event.account_id.is_(None), Event.at > now - AN_HOUR)
    kinds = Event.kind.in_((EventKind.CONTACT_EDITED, EventKind.REPLY_RECEIVED))
    if (db.session.scalar(sa.select(sa.func.count(Event.id)).where(*theirs, kinds)) or 0) >= CHANGES_AN_HOUR:
        raise TooOften
