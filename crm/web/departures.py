"""One planned email: send it now, leave it out; or one in trouble: it arrived, send it again, leave it be."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, abort

from crm import clock
from crm.db import transaction
from crm.flows import steering
from crm.models import Lead, Message, Practice, Undo
from crm.rules.sending import EnrollmentState, MessageState
from crm.rules.telling import moment
from crm.web.access import account
from crm.web.dialogs import person_url
from crm.web.respond import done, get_or_404

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("departures", __name__)

PLANNED = frozenset({MessageState.SCHEDULED, MessageState.AWAITING_APPROVAL})
IN_DOUBT = frozenset({MessageState.UNCERTAIN})
REFUSED = frozenset({MessageState.FAILED})
IN_TROUBLE = frozenset({MessageState.UNCERTAIN, MessageState.FAILED})
GONE_ANOTHER_WAY = "That email isn’t where it was. Here is how it looks now."


@dataclass(frozen=True)
class Told:
    """What the toast says, and how to take it back."""

    words: str
    undo: Undo | None = None


@bp.post("/messages/<int:message_id>/departure")
def create_departure(message_id: int) -> Response:
    """Send now, whatever the hour; it leaves after the time for second thoughts."""
    return _act(message_id, PLANNED, _send_now)


@bp.post("/messages/<int:message_id>/skip")
def create_skip(message_id: int) -> Response:
    return _act(message_id, PLANNED, _skip)


@bp.post("/messages/<int:message_id>/arrival")
def create_arrival(message_id: int) -> Response:
    return _act(message_id, IN_DOUBT, _it_arrived)


@bp.post("/messages/<int:message_id>/repetition")
def create_repetition(message_id: int) -> Response:
    """Only a person decides to send again what may have arrived."""
    return _act(message_id, IN_TROUBLE, _send_again)


@bp.post("/messages/<int:message_id>/settlement")
def create_settlement(message_id: int) -> Response:
    """Leave it be: what waited for this decision goes on without that email."""
    return _act(message_id, REFUSED, _settle)


def _act(message_id: int, states: Collection[MessageState], act: Callable[[Message, Lead], Told]) -> Response:
    """Act on an email and say so; or say that it has gone another way meanwhile."""
    with transaction():
        message = get_or_404(Message, message_id, lock=True)
        lead = message.lead or abort(404)
        told = act(message, lead) if message.state in states else Told(GONE_ANOTHER_WAY)
    return done(told.words, to=person_url(lead), undo=told.undo)


def _send_now(message: Message, lead: Lead) -> Told:
    if message.enrollment and message.enrollment.state is EnrollmentState.PAUSED:
        return Told(f"{lead.first_name}’s follow-ups are paused. Resume them first.")
    undo = steering.send_now(lead, message, account().id, clock.now())
    return Told(f"“{message.wording.subject}” goes to {lead.first_name} in a moment.", undo)


def _skip(message: Message, lead: Lead) -> Told:
    if message.enrollment is None:
        return Told("Only a follow-up can be left out.")
    undo = steering.skip(lead, message, account().id, clock.now())
    return Told(f"Skipped. {_what_comes_next(lead)}", undo)


def _it_arrived(message: Message, lead: Lead) -> Told:
    steering.it_arrived(lead, message, account().id, clock.now())
    return Told(f"Noted: “{message.sent_subject or message.wording.subject}” arrived.")


def _send_again(message: Message, lead: Lead) -> Told:
    if not steering.may_go_again(message):
        return Told(f"{lead.first_name}’s follow-ups {_since(message)}. You can write to them yourself.")
    steering.send_again(lead, message, account().id, clock.now())
    return Told(f"“{message.wording.subject}” goes to {lead.first_name} again.")


def _since(message: Message) -> str:
    runs = message.enrollment is not None and message.enrollment.is_open
    return "have gone on without it" if runs else "have stopped since"


def _settle(message: Message, lead: Lead) -> Told:
    steering.settle(message, account().id, clock.now())
    return Told(f"Settled. {_what_comes_next(lead)}")


def _what_comes_next(lead: Lead) -> str:
    message = lead.enrollment.open_message if lead.enrollment else None
    if message is None:
        return f"Nothing else is planned for {lead.first_name}."
    goes = moment(message.due_at, clock.now(), Practice.current().zone)
    asks = " It waits for your yes." if message.is_draft else ""
    return f"Next is “{message.wording.subject}”, {goes}.{asks}"
