"""A slip in an address: corrected once, for the person and for the email that bounced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.models import EventKind, Lead
from crm.rules.addresses import base_mailbox, contact_key, suggest
from crm.rules.sending import MessageState

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Message


def use_meant_address(message: Message, account_id: int, now: datetime) -> str:
    """Send a bounced email to the address that was probably meant. Returns what happened, for the toast."""
    lead, meant = message.lead, suggest(message.to_address)
    if lead is None or meant is None or message.state is not MessageState.FAILED:
        return "That email isn’t where it was. Here is how it looks now."
    readdress(lead, meant, account_id, now)
    message.to_address = meant
    if message.enrollment and lead.enrollment not in (None, message.enrollment):
        message.settle(now)
        return f"{lead.first_name}’s address is {meant} now."
    if message.enrollment:
        message.enrollment.reopen(now, account_id)
    message.send_again(now)
    return f"{lead.first_name}’s email goes to {meant} now."


def readdress(lead: Lead, address: str, account_id: int, now: datetime) -> None:
    """The person has this address from now on, and is recognised by it unless someone else is already."""
    key = contact_key(address, None)
    if key and Lead.with_key(key) is None:
        lead.contact_key = key
    lead.email, lead.base_mailbox = address, base_mailbox(address)
    lead.record(EventKind.CONTACT_EDITED, now, account_id=account_id).facts = {"changed": ["email"]}
