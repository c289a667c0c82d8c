"""From what a form builder handed in to a submission: its signature, its shape, which field is what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from crm import clock
from crm.db import db, once_more, transaction
from crm.flows.handing_in import take
from crm.models import Delivery, Source
from crm.rules.builders import read_payload
from crm.rules.intake import Submission
from crm.rules.mapping import filled, guess, parts_from
from crm.rules.payloads import Unreadable
from crm.rules.signatures import is_signed
from crm.rules.ways_in import DeliveryState
from crm.web import came_by, programs
from crm.web.clients import client_key_of
from crm.web.forms.inquiries import contact_in

if TYPE_CHECKING:
    from crm.rules.answers import Answer, Payload
    from crm.rules.mapping import Filled


TAKEN_AT_ONCE = 300
"""So many become inquiries within one request. What can’t be one costs little, and stops nobody behind it."""


@dataclass(frozen=True)
class Settled:
    """What became of it, and what is wrong with it where something is."""

    state: DeliveryState
    is_new: bool = False
    problem: str = ""


def settle(delivery_id: int) -> Settled:
    """Make an inquiry of it, if that can be done now. Twice is once. A transaction of its own."""
    return once_more(partial(_settle, delivery_id))


def _settle(delivery_id: int) -> Settled:
    with transaction():
        delivery = db.session.get_one(Delivery, delivery_id, with_for_update=True)
        if not delivery.waits:
            return Settled(delivery.state)
        if not _is_trusted(delivery):
            return _wait(delivery, DeliveryState.UNSIGNED, "Its signature does not fit the signing secret.")
        try:
            payload = read_payload(delivery.body, delivery.content_type)
        except Unreadable as error:
            return _wait(delivery, DeliveryState.UNREADABLE, str(error))
        submission = _submission(delivery.source, payload)
        if not (submission.email or submission.phone):
            return _wait(
                delivery, DeliveryState.UNMAPPED, "No email address and no phone number was found in it."
            )
        is_new = take(delivery, submission, programs.limits(), clock.now())
        return Settled(DeliveryState.TAKEN, is_new=is_new)


def settle_waiting(source_id: int) -> int:
    """Look at everything again that waits at this source, until so many became inquiries. How many did."""
    ids = db.session.scalars(Delivery.waiting_at(source_id).with_only_columns(Delivery.id)).all()
    taken = (each for each in ids if settle(each).state is DeliveryState.TAKEN)
    return sum(1 for _ in islice(taken, TAKEN_AT_ONCE))


def _wait(delivery: Delivery, state: DeliveryState, problem: str) -> Settled:
    delivery.state = state
    return Settled(state, problem=problem)


def _is_trusted(delivery: Delivery) -> bool:
    """Its address is its key; where the owner gave a secret, it has to be signed besides."""
    source = delivery.source
    secret, at = source.signing_secret, delivery.arrived_at
    return not secret or is_signed(source.kind, secret, delivery.body, delivery.signed, at)


def _submission(source: Source, payload: Payload) -> Submission:
    known = parts_from(source.mapping)
    hidden = {
        name: each for each in payload.answers if (name := _told_on_the_way(each)) and each.key not in known
    }
    asked = tuple(each for each in payload.answers if each not in hidden.values())
    form = filled(asked, guess(asked, known))
    came = came_by.of_fields({name: each.value for name, each in hidden.items()}, form.page or payload.page)
    return Submission(
        name=form.name,
        message=form.message,
        free_times=form.free_times,
        found_us=form.found_us,
        page=form.page or payload.page,
        personal_only=form.follow_ups is False,
        agreed=form.follow_ups,
        client_key=client_key_of(payload.visitor_ip or f"source {source.id}"),
        source_id=source.id,
        touch=tuple(came.kept.items()),
        more=form.beside,
        **_contact(form),
    )


def _told_on_the_way(each: Answer) -> str:
    """Which of the hidden fields that forms carry on this is; empty for what was asked.

    "Referrer" may be asked of people, too: then it holds words of theirs, and no address.
    """
    names = (each.key.rpartition(".")[2].lower(), each.label.lower())
    name = next((name for name in names if name in came_by.NAMES), "")
    return name if name.startswith("utm_") or came_by.is_an_address(each.value) else ""


def _contact(form: Filled) -> dict[str, Any]:
    """A number typed into the field for the address, or the other way round, is where it belongs."""
    contact = contact_in(form.email, form.phone)
    if not contact["email"] and not contact["phone"]:
        turned = contact_in(form.phone, form.email)
        return turned if turned["email"] or turned["phone"] else contact
    return contact
