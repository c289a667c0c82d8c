"""A person chooses a time themselves. What they chose is looked at once more when it is their turn."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm.db import db
from crm.flows import calls
from crm.flows.calendars import calendar_of
from crm.flows.calls import Wish
from crm.flows.correspondence import they_wrote
from crm.models import (
    Booking,
    CallSettings,
    Confirms,
    Event,
    EventKind,
    MadeBy,
    Medium,
    Practice,
    ReplyChannel,
    Taken,
)
from crm.rules.slots import Place
from crm.rules.stages import Stage
from crm.rules.telling import clock, day_of_year

if TYPE_CHECKING:
    from crm.models import Lead, Medium

AN_HOUR = timedelta(hours=1)
CHANGES_AN_HOUR = 10
CHANGES = (EventKind.CALL_BOOKED, EventKind.CALL_ASKED, EventKind.CALL_MOVED)


class NotOffered(Exception):  # noqa: N818 - a fact, not an error
    """What was chosen can't be had, though nobody took it: it is too soon by now, or never was offered."""


class TooOften(Exception):  # noqa: N818 - a fact, not an error
    """This person's call was changed more often within an hour than people do."""


@dataclass(frozen=True)
class Choice:
    """What somebody chose on a page. `nonce`: the page it was on. `sees`: the call they may see and move.

    `client_key`: a keyed hash of where they sit. `proves`: they came by a link that only stands in emails.
    """

    starts_at: datetime
    medium: Medium
    nonce: str
    number: str = ""
    zone_name: str | None = None
    sees: int | None = None
    client_key: str = ""
    proves: bool = False


def choose(lead: Lead, choice: Choice, now: datetime) -> Booking | None:
    """Book it, or ask for it; None where it became a wish in words. In the person's turn.

    A wish it becomes for whom looks like spam, who must not hold anybody's time, and where a call stands that
    whoever chose can't have known of: a form proves no address. Raises Taken, NotOffered, TooOften.
    """
    clinician_id = calls.clinician_of(lead)
    settings = CallSettings.turn_of(clinician_id)
    if twin := _twin(lead, choice):
        return twin
    stood = lead.call_to_come(now)
    _offered(clinician_id, choice, stood, now)
    if _is_suspect(lead) or (stood is not None and stood.id != choice.sees):
        they_wrote(lead, _in_words(choice), ReplyChannel.PAGE, now)
        return None
    _not_too_often(lead, now)
    if choice.proves:
        lead.prove_address()
    wish = Wish(
        place=Place(choice.starts_at, choice.medium, settings.manner),
        clinician_id=clinician_id,
        made_by=MadeBy.VISITOR,
        needs_yes=settings.confirms is Confirms.ASKED,
        zone_name=choice.zone_name,
        number=choice.number,
        nonce=_unused(lead, choice.nonce),
        client_key=choice.client_key,
    )
    return calls.book(lead, wish, now)


def _twin(lead: Lead, choice: Choice) -> Booking | None:
    """What the same page has done before: a double click."""
    return next((each for each in lead.bookings if each.nonce == choice.nonce and each.stands), None)


def _unused(lead: Lead, nonce: str) -> str:
    """Who goes back to a page whose call is off by now, and chooses there once more, has another call."""
    taken = any(each.nonce == nonce for each in lead.bookings)
    return f"{nonce}.{secrets.token_urlsafe(6)}" if taken else nonce


def _offered(clinician_id: int, choice: Choice, stood: Booking | None, now: datetime) -> None:
    mine = stood.id if stood is not None and stood.id == choice.sees else None
    calendar = calendar_of(clinician_id, now, mine, near=choice.starts_at.date())
    if calendar.offers(choice.starts_at):
        return
    if calendar.knows(choice.starts_at):
        raise Taken
    raise NotOffered


def _is_suspect(lead: Lead) -> bool:
    return lead.quarantined_at is not None or lead.stage is Stage.SPAM


def _not_too_often(lead: Lead, now: datetime) -> None:
    lately = (Event.lead_id == lead.id, Event.kind.in_(CHANGES), Event.at > now - AN_HOUR)
    if (db.session.scalar(sa.select(sa.func.count(Event.id)).where(*lately)) or 0) >= CHANGES_AN_HOUR:
        raise TooOften


def _in_words(choice: Choice) -> str:
    zone = ZoneInfo(choice.zone_name) if choice.zone_name else Practice.current().zone
    city = zone.key.rpartition("/")[2].replace("_", " ")
    at = f"{choice.starts_at.astimezone(zone):%A}, {day_of_year(choice.starts_at, zone)}"
    return f"I’d like to talk on {at}, {clock(choice.starts_at, zone)} {city} time, {choice.medium.told}."
