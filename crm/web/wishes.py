"""What somebody asks for in their mail, done with one key beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import Blueprint, request

from crm import clock
from crm.db import transaction
from crm.flows import wishing
from crm.models import Incoming, Lead, Practice, Waiting
from crm.rules.proposals import CLOSES
from crm.rules.telling import moment
from crm.rules.wishes import Wish
from crm.web.access import account
from crm.web.dialogs import person_url
from crm.web.own_details import DEALT_WITH, to_accept
from crm.web.respond import done, get_or_404

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.rules.proposals import Proposal

bp = Blueprint("wishes", __name__)
KEYS = "yui"
"""Beside each other on the keyboard, and free on both pages: the likeliest is Y, as in yes."""


@dataclass(frozen=True)
class Offer:
    """One button. `said`: the words it is taken from; `action`: where it posts, with the `wish`.

    Without an action it is a link: `leads_to` a page, or a dialog.
    """

    words: str
    said: str
    action: str = ""
    wish: str = ""
    key: str = ""
    leads_to: str = ""
    is_dialog: bool = False


def offers(lead: Lead, now: datetime) -> list[Offer]:
    """What is offered beside their last words: by mail, or on their own page."""
    mail = wishing.last_mail(lead)
    found = [*_another_address(lead), *(_by_mail(lead, mail, now) if mail else ())]
    return [replace(each, key=key) for each, key in zip(found, KEYS, strict=False)]


def _by_mail(lead: Lead, mail: Incoming, now: datetime) -> Iterator[Offer]:
    action = f"{person_url(lead)}/mail/{mail.id}/wish"
    for each in wishing.offered(lead, mail, now):
        if each.is_one_act:
            yield Offer(_words(each), each.said, action, each.wish)
        else:
            yield _another_time(lead, each, now)


def _another_time(lead: Lead, proposal: Proposal, now: datetime) -> Offer:
    """To the page on which their call is moved; without one, to a letter that offers times."""
    has_call = lead.call_ahead(now) is not None
    if lead.email and not has_call:
        letter = f"{person_url(lead)}?compose=reply&offer=times"
        return Offer("Offer times", proposal.said, leads_to=letter)
    dialog = f"{person_url(lead)}/booking/new"
    words = "Move the call…" if has_call else "Agree on a call…"
    return Offer(words, proposal.said, leads_to=dialog, is_dialog=True)


def _another_address(lead: Lead) -> Iterator[Offer]:
    """While they wait for an answer to it; afterwards it stands in their story."""
    last = next((event for event in reversed(lead.events) if event.reply), None)
    deed = to_accept(last) if last and last.reply and lead.waiting_for is Waiting.REPLY else None
    if deed and last and last.reply:
        yield Offer(deed.words, last.reply.text.rstrip("."), deed.action)


@bp.post("/people/<int:lead_id>/mail/<int:mail_id>/wish")
def create(lead_id: int, mail_id: int) -> Response:
    """Do what is offered there; nothing, where they have written again or somebody has dealt with it."""
    with transaction():
        now, lead = clock.now(), get_or_404(Lead, lead_id)
        mail = get_or_404(Incoming, mail_id)
        still = wishing.offered(lead, mail, now) if wishing.last_mail(lead) is mail else ()
        asked = request.form.get("wish")
        proposal = next((each for each in still if each.is_one_act and each.wish == asked), None)
        if proposal is None:
            return done(DEALT_WITH, to=person_url(lead))
        undo = wishing.carry_out(lead, proposal, account().id, now)
        words = _done(lead, proposal, now)
    return done(words, to=person_url(lead), undo=undo)


def _words(proposal: Proposal) -> str:
    if proposal.wish is Wish.CALL_ME:
        return "Remind me to call"
    if proposal.until:
        return f"Later: {proposal.until:%B} {proposal.until.day}"
    return CLOSES[proposal.wish]


def _done(lead: Lead, proposal: Proposal, now: datetime) -> str:
    name = lead.first_name or "This person"
    zone = Practice.current().zone
    match proposal.wish:
        case Wish.CALL_ME:
            return f"{name} stays on Today, and tomorrow morning you are reminded to call."
        case Wish.LATER | Wish.NOT_NOW if lead.snoozed_until:
            return f"{name} is back {moment(lead.snoozed_until, now, zone)}, or when they write."
        case Wish.WRONG_PERSON | Wish.PERHAPS_NO_MORE_MAIL:
            return f"{name} is closed and gets no emails any more."
        case Wish.FOUND_SOMEONE:
            return f"{name} is closed: found someone."
        case _:
            return f"{name} is closed."
