"""What the notes about calls say when they leave: read from the calls as they are at that moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel.dates import get_timezone_name

from crm.db import db
from crm.many import among
from crm.models import (
    Account,
    Booking,
    BookingState,
    CallSettings,
    Lead,
    Message,
    Outcome,
    Practice,
)
from crm.rules.call_notes import Call, CallNote, CallStands, still_true
from crm.rules.call_words import CallPages, HowToTalk, Occasion
from crm.rules.sheets import FormLanguage
from crm.rules.stages import PARTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm.links import Links


@dataclass(frozen=True)
class CallFacts:
    """A note, the version of the call it was planned for, and the call as it is now.

    `is_proven`: whoever agreed on it reads the mail of this address, or the practice's hand made it. Else
    nothing they typed is in it (R12). `is_parting`: they are with nobody of us any more.
    """

    note: CallNote
    planned_for: int
    call: Call
    uid: str
    token: str
    clinician: str
    talk: HowToTalk
    zone_name: str
    language: FormLanguage
    is_proven: bool
    is_parting: bool

    def is_true(self, now: datetime) -> bool:
        """Whether the note may go."""
        return still_true(self.note, self.planned_for, self.call, now)

    def pages(self, links: Links) -> CallPages:
        """Where the person finds this call, and other times, unless we have parted from them."""
        return CallPages(links.booking(self.token), None if self.is_parting else links.times(self.token))

    @property
    def occasion(self) -> Occasion:
        zone = ZoneInfo(self.zone_name)
        name = zone_words(zone, self.language)
        length = self.call.ends_at - self.call.starts_at
        return Occasion(self.call.starts_at, length, zone, name, self.language)


def zone_words(zone: ZoneInfo, language: FormLanguage = FormLanguage.ENGLISH) -> str:
    """Pacific Time, hora de Europa central: what people call a clock."""
    return get_timezone_name(zone, width="long", locale=f"{language}_US")


def call_of(booking: Booking) -> Call:
    """A call as the rules of its notes see it."""
    stands = _stands(booking.state, booking.outcome)
    return Call(stands, booking.sequence, booking.starts_at, booking.ends_at)


def _stands(state: BookingState, outcome: Outcome | None) -> CallStands:
    """Who has said how an agreed call went has had it, whatever the clock says."""
    is_over = state is BookingState.CONFIRMED and outcome is not None
    return CallStands.OVER if is_over else CallStands(state)


def facts_of_calls(message_ids: Iterable[int], practice: Practice) -> dict[int, CallFacts]:
    """By message. One statement, however many they are."""
    wanted = list(message_ids)
    if not wanted:
        return {}
    rows = db.session.connection().execute(FACTS, {"these": wanted})
    return {row.id: _facts(row, practice) for row in rows}


def _facts(row: Any, practice: Practice) -> CallFacts:  # noqa: ANN401 - a row of FACTS
    talk = HowToTalk(
        row.medium,
        row.phone_number or "",
        row.video_link or "",
        row.address or "",
        row.instructions or "",
    )
    return CallFacts(
        note=row.call_note,
        planned_for=row.call_sequence,
        call=Call(_stands(row.state, row.outcome), row.sequence, row.starts_at, row.ends_at),
        uid=row.uid,
        token=row.token,
        clinician=row.clinician,
        talk=talk,
        is_proven=row.is_proven or row.nonce is None,
        is_parting=row.stage in PARTINGS,
        language=row.language,
        zone_name=row.booking_zone or row.lead_zone or practice.zone_name,
    )


FACTS = (
    sa.select(
        Message.id,
        Message.call_note,
        Message.call_sequence,
        Booking.state,
        Booking.outcome,
        Booking.sequence,
        Booking.starts_at,
        Booking.ends_at,
        Booking.medium,
        Booking.uid,
        Booking.token,
        Booking.nonce,
        Lead.is_proven().label("is_proven"),
        Lead.stage,
        Lead.language,
        Booking.zone_name.label("booking_zone"),
        Lead.zone_name.label("lead_zone"),
        Account.name.label("clinician"),
        CallSettings.phone_number,
        CallSettings.video_link,
        CallSettings.address,
        CallSettings.instructions,
    )
    .join(Booking, Booking.id == Message.booking_id)
    .join(Lead, Lead.id == Booking.lead_id)
    .join(Account, Account.id == Booking.clinician_id)
    .outerjoin(CallSettings, CallSettings.clinician_id == Booking.clinician_id)
    .where(among(Message.id, "these"))
)
