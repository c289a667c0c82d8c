"""A call as calendars read it: iCalendar (RFC 5545) with what is asked of them (iTIP, RFC 5546)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from icalendar import Calendar, Event, vCalAddress, vText

if TYPE_CHECKING:
    from crm.rules.call_notes import Method

PRODID = "-//Practice CRM//Calls//EN"


@dataclass(frozen=True)
class Invitation:
    """One version of one call. `uid` stays for life; `sequence` grows with each change.

    `stamped_at` is when the person's copy is made. Instants are told in UTC, so that no calendar needs to
    know our zones.
    """

    method: Method
    uid: str
    sequence: int
    stamped_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    location: str
    url: str
    organizer_name: str
    organizer_address: str
    attendee_address: str


def as_icalendar(invitation: Invitation) -> str:
    """The text of a `text/calendar` part, its lines folded at 75 octets and ended by CRLF."""
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", str(invitation.method))
    calendar.add_component(_event(invitation))
    text: bytes = calendar.to_ical()
    return text.decode("utf-8")


def _event(invitation: Invitation) -> Event:
    event = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.stamped_at.astimezone(UTC))
    event.add("dtstart", invitation.starts_at.astimezone(UTC))
    event.add("dtend", invitation.ends_at.astimezone(UTC))
    event.add("summary", invitation.summary)
    event.add("description", invitation.description)
    if invitation.location:
        event.add("location", invitation.location)
    event.add("url", invitation.url)
    event.add("status", "CANCELLED" if str(invitation.method) == "CANCEL" else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("organizer", _organizer(invitation))
    event.add("attendee", _attendee(invitation))
    return event


def _organizer(invitation: Invitation) -> vCalAddress:
    address = vCalAddress(f"mailto:{invitation.organizer_address}")
    address.params["CN"] = vText(invitation.organizer_name)
    return address


def _attendee(invitation: Invitation) -> vCalAddress:
    """They agreed already; nothing is to be answered by their calendar."""
    address = vCalAddress(f"mailto:{invitation.attendee_address}")
    address.params["PARTSTAT"] = vText("ACCEPTED")
    address.params["RSVP"] = vText("FALSE")
    return address
