"""A slip in an address: corrected once, for the person and for the email that bounced."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crm.flows import steering
from crm.flows.acquaintance import AlreadyKnown, contact_of, edit_contact
from crm.rules.addresses import suggest
from crm.rules.sending import MessageState, StopReason
from crm.rules.telling import isolated

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Account, Enrollment, Message


def use_meant_address(message: Message, account: Account, now: datetime) -> str:
    """Send a bounced email to the address that was probably meant. Returns what happened, for the toast."""
    lead, meant = message.lead, suggest(message.to_address)
    if lead is None or meant is None or message.state is not MessageState.FAILED:
        return "That email isn’t where it was. Here is how it looks now."
    try:
        edit_contact(lead, replace(contact_of(lead), email=meant), account, now)
    except AlreadyKnown as known:
        return f"{meant} belongs to {isolated(known.lead.name)} already."
    message.to_address = meant
    if message.enrollment and lead.enrollment not in (None, message.enrollment):
        return f"{lead.first_name}’s address is {meant} now."
    if message.enrollment and _only_the_bounce_ended(message.enrollment):
        message.enrollment.reopen(now, account.id)
    if not steering.may_go_again(message):
        return f"{lead.first_name}’s address is {meant} now. The follow-ups have gone on or stopped since."
    steering.send_again(lead, message, account.id, now)
    return f"{lead.first_name}’s email goes to {meant} now."


def _only_the_bounce_ended(enrollment: Enrollment) -> bool:
    """The owner has not written, called or moved them since."""
    if enrollment.stop_reason is not StopReason.BOUNCED or enrollment.stopped_at is None:
        return False
    done = (enrollment.lead.answered_at, enrollment.lead.stage_changed_at)
    return not any(at is not None and at > enrollment.stopped_at for at in done)
