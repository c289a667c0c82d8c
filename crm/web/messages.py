"""One email's own page: why it went, or did not, or will."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from crm import clock
from crm.flows.outlook import outlook
from crm.models import Lead, Message, Practice
from crm.models.whole import whole
from crm.rules.next_words import say
from crm.rules.sending import MessageKind, MessageState
from crm.rules.telling import moment
from crm.web.email_story import email_story
from crm.web.respond import get_or_404
from crm.web.story import teller_of

if TYPE_CHECKING:
    from crm.rules.next_words import Sentence
    from crm.rules.telling import Teller

bp = Blueprint("messages", __name__)

COMING = (MessageState.AWAITING_APPROVAL, MessageState.SCHEDULED, MessageState.SENDING)


@bp.get("/messages/<int:message_id>")
def show(message_id: int) -> str:
    """Its whole way, and what happens next with it."""
    message = get_or_404(Message, message_id)
    lead = whole(message.lead_id) if message.lead_id else None
    teller = teller_of(lead, clock.now(), Practice.current().zone)
    return render_template(
        "follow_ups/message.html",
        message=message,
        lead=lead,
        subject=message.sent_subject or subject_of(message),
        items=email_story(message, teller),
        next=_next(message, lead, teller),
    )


def subject_of(message: Message) -> str:
    """A notice has its words only once it is written."""
    if message.kind in (MessageKind.NOTICE, MessageKind.TEST) and message.body is None:
        return "A notice to you" if message.kind is MessageKind.NOTICE else "A test"
    return message.wording.subject


def _next(message: Message, lead: Lead | None, teller: Teller) -> Sentence | None:
    """For the follow-up on its way the very sentence of the next box."""
    if lead and lead.enrollment and lead.enrollment.open_message is message:
        return outlook(lead, teller.now).sentence
    if message.state not in COMING:
        return None
    if message.due_at <= teller.now:
        return say("It goes in a moment.")
    return say(f"It goes {moment(message.due_at, teller.now, teller.zone)}.")
