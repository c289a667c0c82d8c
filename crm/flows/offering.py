"""A place is offered to the next few of the waitlist, and whoever says yes first has it.

Each verb is one transaction, with the turns of everybody the place was offered to and then the place's own
(`take_turns`), so that of two who say yes at once the second finds it taken. That one place goes to one
person is the schema's promise all the same (models/vacancy).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.correspondence import happened
from crm.flows.follow_up import UNDO_DELAY
from crm.flows.recounting import LINKS
from crm.flows.waitlist import who_is_next
from crm.models import (
    EventKind,
    Lead,
    Message,
    Offer,
    Practice,
    Suppression,
    Urgency,
    Vacancy,
    Waiting,
    turns,
)
from crm.models.message import new_message_id
from crm.rules.addresses import normalize_email
from crm.rules.next_facts import PlaceOffered
from crm.rules.offers import GONE, OfferNote, OfferState, Standing, VacancyEnd, offer_wording
from crm.rules.promises import reply_by
from crm.rules.sending import MessageKind, SuppressionReason, Withdrawal
from crm.rules.stages import Stage
from crm.rules.stops import Happening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm.links import Links


@dataclass(frozen=True)
class Proposal:
    """A place as the owner has confirmed it, for so many `at_most`.

    `people`: whom he saw, in their order. `nonce`: of the form.
    """

    words: str
    clinician_id: int
    hours: int
    people: tuple[int, ...]
    nonce: str
    at_most: int


class ListChanged(Exception):  # noqa: N818 - a fact, not an error
    """Other people are next by now than those that were confirmed."""


def offer(
    proposal: Proposal, account_id: int, now: datetime, again: Vacancy | None = None
) -> tuple[Vacancy, list[Lead]]:
    """Each of these people gets one email. `again`: a place nobody took, for others. Raises ListChanged.

    Also where fewer were seen than may be asked: somebody may have come onto the list since. Their turns
    have been taken. A form sent twice is one place.
    """
    if twin := db.session.scalar(sa.select(Vacancy).where(Vacancy.nonce == proposal.nonce)):
        return twin, [each.lead for each in twin.open_offers]
    found = who_is_next(proposal.at_most, proposal.clinician_id, now, again)
    if not proposal.people or tuple(found.ids) != proposal.people or (again and not again.came_to_nothing):
        raise ListChanged
    vacancy = _opened(proposal, account_id, now, again)
    leads = [db.session.get_one(Lead, each) for each in proposal.people]
    for lead in leads:
        made = vacancy.offer_to(lead, now)
        event = lead.record(EventKind.PLACE_OFFERED, now, account_id=account_id)
        event.facts = {"words": vacancy.words, "until": vacancy.ends_at.isoformat()}
        _plan(made, OfferNote.OFFERED, now + UNDO_DELAY, now)
    db.session.flush()
    return vacancy, leads


def accept(made: Offer, now: datetime, account_id: int | None = None) -> bool:
    """Yes: theirs, unless somebody was faster, the time is over or they left the list. Twice is once."""
    if made.state is OfferState.ACCEPTED:
        return True
    if not standing(made).may_be_accepted(now):
        return False
    made.end(OfferState.ACCEPTED, now)
    made.vacancy.close(VacancyEnd.TAKEN, now)
    lead, practice = made.lead, Practice.current()
    _withdraw_the_email(made, now)
    lead.record(EventKind.PLACE_ACCEPTED, now, account_id=account_id).facts = {"words": made.vacancy.words}
    happened(lead, Happening.REPLIED, now, account_id)
    lead.wrote(Waiting.PLACE, reply_by(now, practice.promise, practice.window), now)
    for other in made.vacancy.open_offers:
        _end(other, OfferState.TAKEN, now)
    return True


def decline(made: Offer, now: datetime) -> bool:
    """Not now. They keep their place on the list. When all have said so, the owner hears of it at once."""
    if made.state is not OfferState.OPEN or not made.vacancy.is_open:
        return made.state is OfferState.DECLINED
    made.end(OfferState.DECLINED, now)
    _withdraw_the_email(made, now)
    made.lead.record(EventKind.PLACE_DECLINED, now).facts = {"words": made.vacancy.words}
    if not made.vacancy.open_offers:
        made.vacancy.close(VacancyEnd.LAPSED, now)
    return True


def withdraw(vacancy: Vacancy, account_id: int, now: datetime) -> bool:
    """The owner takes it back. Whom no email has reached yet never hears of it."""
    if not vacancy.is_open:
        return False
    vacancy.close(VacancyEnd.WITHDRAWN, now)
    for each in vacancy.open_offers:
        _end(each, OfferState.WITHDRAWN, now, account_id)
    return True


def lapse(vacancy_id: int, now: datetime) -> bool:
    """Its time is over, and nobody has said yes: it stands on Today."""
    vacancy = take_turns(vacancy_id)
    if vacancy is None or not vacancy.is_open or vacancy.ends_at > now:
        return False
    vacancy.close(VacancyEnd.LAPSED, now)
    for each in vacancy.open_offers:
        _end(each, OfferState.LAPSED, now)
    return True


def end_for(leads: Sequence[Lead], now: datetime) -> None:
    """Two records become one: what either was offered is over. In the turns of both."""
    for each in db.session.scalars(Offer.open_to(*(lead.id for lead in leads))):
        _end(each, OfferState.MERGED, now)


def standing(made: Offer) -> Standing:
    """As the rules see it. Whoever left the list, or wants no more emails, has no offer either."""
    lead = made.lead
    waits = lead.stage is Stage.WAITLISTED and lead.quarantined_at is None and made.vacancy.is_open
    return Standing(made.state, made.vacancy.ends_at, waits and not _is_stopped(lead))


def place_of(lead: Lead) -> PlaceOffered | None:
    """What somebody on the list is offered now, or has said yes to."""
    latest = sa.select(Offer).where(Offer.lead_id == lead.id).order_by(Offer.id.desc()).limit(1)
    made = db.session.scalar(latest)
    if made is None:
        return None
    has_it = made.state is OfferState.ACCEPTED and lead.waiting_for is Waiting.PLACE
    is_open = made.state is OfferState.OPEN and made.vacancy.is_open
    return PlaceOffered(made.vacancy.words, made.vacancy.ends_at, has_it) if has_it or is_open else None


def take_turns(vacancy_id: int, *more: int) -> Vacancy | None:
    """The turns of everybody it was offered to, and of whoever else is meant, and then its own."""
    whose = sa.select(Offer.lead_id).where(Offer.vacancy_id == vacancy_id)
    turns.take(*more, *db.session.scalars(whose).all())
    return Vacancy.turn_of(vacancy_id)


def _is_stopped(lead: Lead) -> bool:
    address = normalize_email(lead.email) if lead.email else ""
    reason = Suppression.standing([address]).get(address) if address else None
    return reason not in (None, SuppressionReason.ERASED)


def _opened(proposal: Proposal, account_id: int, now: datetime, again: Vacancy | None) -> Vacancy:
    ends_at = now + timedelta(hours=proposal.hours)
    if again is not None:
        again.reopen(ends_at)
        again.words, again.nonce = proposal.words, proposal.nonce
        return again
    vacancy = Vacancy(
        clinician_id=proposal.clinician_id,
        account_id=account_id,
        words=proposal.words,
        nonce=proposal.nonce,
        made_at=now,
        ends_at=ends_at,
    )
    db.session.add(vacancy)
    db.session.flush()
    return vacancy


def _end(made: Offer, state: OfferState, now: datetime, account_id: int | None = None) -> None:
    """It is over without a word of theirs. Whom its email has reached is told, within the hours."""
    has_reached = _withdraw_the_email(made, now)
    made.end(state, now)
    made.lead.record(EventKind.PLACE_GONE, now, state, account_id).facts = {"words": made.vacancy.words}
    if has_reached and state in GONE:
        window = Practice.current().window_in(made.lead.zone_name)
        _plan(made, OfferNote.GONE, window.next_opening(now), now)


def _withdraw_the_email(made: Offer, now: datetime) -> bool:
    """Take it off the schedule. Whether it has left, or may have."""
    of_this = sa.select(Message).where(Message.offer_id == made.id, Message.offer_note == OfferNote.OFFERED)
    message = db.session.scalar(of_this)
    if message is None:
        return False
    if message.is_still_here:
        message.cancel(Withdrawal.OFFER_OVER, now)
    return message.may_have_left


def _plan(made: Offer, note: OfferNote, due_at: datetime, now: datetime) -> None:
    links: Links = db.engine.get_execution_options()[LINKS]
    message = Message(
        kind=MessageKind.OFFER,
        lead=made.lead,
        offer_id=made.id,
        offer_note=note,
        to_address=made.lead.email or "",
        urgency=Urgency.PERSONAL if note is OfferNote.OFFERED else Urgency.FOLLOW_UP,
        created_at=now,
        message_id=new_message_id(Practice.current().mail_domain),
        due_at=due_at,
    )
    message.reword(offer_wording(note, made.state, links.place(made.token)))
    db.session.add(message)
