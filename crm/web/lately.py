"""What happened by itself while the owner was away, a sentence each, the newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.db import db, instant
from crm.flows.own_details import is_their_own
from crm.many import among
from crm.models import Event, EventKind, Lead, Message
from crm.rules.explaining import left_out_because
from crm.rules.next_words import say, strong
from crm.rules.sending import MessageKind, StopReason
from crm.rules.stages import Stage
from crm.rules.telling import Teller, called, listed, moment
from crm.together import Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from crm.rules.next_words import Sentence

READ_AT_MOST = 200
"""Events looked at; what a fuller day left out stands in each person's story."""


@dataclass(frozen=True)
class WayOut:
    """Where the owner settles it."""

    words: str
    href: str


@dataclass(frozen=True)
class Happening:
    """One line. `way_out` where something went wrong."""

    at: datetime
    lead_id: int
    words: Sentence
    way_out: WayOut | None = None


@dataclass(frozen=True)
class Telling:
    """What a sentence may need besides its event: what else happened to that person, now and where."""

    events: Sequence[Row]
    emails: Mapping[int, Message]
    now: datetime
    zone: tzinfo

    def email(self, event: Row) -> Message | None:
        return self.emails.get(event.message_id or 0)

    def has(self, kind: EventKind, like: Row) -> Row | None:
        """Another event of the same person at the same instant."""
        return next((e for e in self._near(like) if e.kind is kind and e.at == like.at), None)

    def greeting(self, inquiry: Row) -> Message | None:
        """The acknowledgement that went out for this inquiry."""
        later = (self.email(each) for each in self._near(inquiry) if each.at >= inquiry.at)
        return next((m for m in later if m and m.sent_at and m.is_acknowledgement), None)

    def _near(self, event: Row) -> list[Row]:
        return [each for each in self.events if each.lead_id == event.lead_id]


def happenings(since: datetime, account_id: int, now: datetime, zone: tzinfo) -> list[Happening]:
    """Everything since then but what this account did itself. Two queries, where emails have part in it."""
    asked = {"since": since, "account_id": account_id}
    events = db.session.connection().execute(BY_ITSELF, asked).all()
    telling = Telling(events, _their_emails(events), now, zone)
    lines = (_told(event, telling) for event in events)
    return [happening for happening in lines if happening]


def _their_emails(events: Sequence[Row]) -> dict[int, Message]:
    """In a query of their own: joined to the events they take longer to plan than to read."""
    ids = {event.message_id for event in events if event.message_id}
    return {each.id: each for each in db.session.scalars(EMAILS, {"these": list(ids)})} if ids else {}


def _told(event: Row, telling: Telling) -> Happening | None:
    line = LINES.get(event.kind)
    return line(event, telling) if line else None


def _line(event: Row, *words: str, way_out: WayOut | None = None) -> Happening:
    """A sentence that begins with the person's name."""
    return Happening(event.at, event.lead_id, say(strong(_name(event)), *words), way_out)


def _wrote_in(event: Row, telling: Telling) -> Happening:
    if greeting := telling.greeting(event):
        return _line(event, f" wrote in and got “{_subject(greeting)}”.")
    unanswered = telling.has(EventKind.NO_AUTOMATIC_EMAIL, event)
    return _line(event, " wrote in. No email went out by itself." if unanswered else " wrote in.")


def _wrote_back(event: Row, telling: Telling) -> Happening:
    stopped = telling.has(EventKind.FOLLOW_UPS_STOPPED, event)
    return _line(event, " wrote back. Their follow-ups stopped." if stopped else " wrote back.")


def _went_out(event: Row, telling: Telling) -> Happening | None:
    message = telling.email(event)
    if message is None or message.kind is not MessageKind.STEP or message.is_acknowledgement:
        return None
    return _line(event, f" got “{_subject(message)}”.")


def _came_back(event: Row, telling: Telling) -> Happening:
    message = telling.email(event)
    enrollment = message.enrollment if message else None
    if enrollment and enrollment.stop_reason is StopReason.BOUNCED:
        words = say("Email to ", strong(_name(event)), " bounced.")
        way_out = WayOut("Fix the address", f"/people/{event.lead_id}/contact")
        return Happening(event.at, event.lead_id, words, way_out)
    words = say("Email to ", strong(_name(event)), " was turned away.")
    return Happening(event.at, event.lead_id, words, WayOut("See what to do", "/follow-ups#problems"))


def _nobody_knows(event: Row, _telling: Telling) -> Happening:
    words = say("We can’t tell if an email reached ", strong(_name(event)), ".")
    return Happening(event.at, event.lead_id, words, WayOut("See what to do", "/follow-ups#problems"))


def _left_out(event: Row, telling: Telling) -> Happening | None:
    """What the owner himself skipped is no news to him."""
    message = telling.email(event)
    if message is None or event.reason is None:
        return None
    teller = Teller(called(event.name), telling.now, telling.zone)
    why = left_out_because(event.reason, teller)
    return _line(event, f" didn’t get “{_subject(message)}”, because {why}.")


def _moved(event: Row, _telling: Telling) -> Happening | None:
    if event.facts.get("to") != Stage.CLOSED or event.account_id is not None:
        return None
    return _line(event, " moved to Closed, quietly, with no email.")


def _booked(event: Row, telling: Telling) -> Happening | None:
    starts_at = event.facts.get("starts_at")
    if starts_at is None:
        return None
    starts = datetime.fromisoformat(starts_at)
    when = moment(starts, telling.now, telling.zone)
    if event.account_id is None:
        return _line(event, f" booked a call for {when}.")
    return _line(event, f" {'has' if starts > telling.now else 'had'} a call with you {when}.")


def _wanted(event: Row, telling: Telling) -> Happening | None:
    when = moment(datetime.fromisoformat(event.facts["starts_at"]), telling.now, telling.zone)
    return _line(event, f" wants to talk {when}.")


def _call_moved(event: Row, telling: Telling) -> Happening | None:
    when = moment(datetime.fromisoformat(event.facts["starts_at"]), telling.now, telling.zone)
    return _line(
        event, f" moved your call to {when}." if event.account_id is None else f"’s call is {when} now."
    )


def _called_off(event: Row, _telling: Telling) -> Happening | None:
    return _line(event, " called off your call." if event.account_id is None else "’s call is off.")


def _changed_themselves(event: Row, _telling: Telling) -> Happening | None:
    """On their own page; what somebody of the practice changed is no news."""
    if not is_their_own(event.account_id, event.facts):
        return None
    return _line(event, f" changed their {listed(list(event.facts['changed']))}, on their page.")


def _says(words: str) -> Callable[[Row, Telling], Happening | None]:
    return lambda event, _telling: _line(event, words)


LINES: dict[EventKind, Callable[[Row, Telling], Happening | None]] = {
    EventKind.INQUIRY_RECEIVED: _wrote_in,
    EventKind.REPLY_RECEIVED: _wrote_back,
    EventKind.AUTO_REPLY_RECEIVED: _says("’s mailbox answered by itself. Nothing changed."),
    EventKind.EMAIL_BOUNCED: _says(": an email came back, nobody has that address. Follow-ups stopped."),
    EventKind.COMPLAINED: _says(" marked an email as spam. Nothing goes there any more."),
    EventKind.ANSWERED_ELSEWHERE: _says(" got an answer from your own mail program."),
    EventKind.MESSAGE_SENT: _went_out,
    EventKind.MESSAGE_SKIPPED: _left_out,
    EventKind.MESSAGE_FAILED: _came_back,
    EventKind.MESSAGE_UNCERTAIN: _nobody_knows,
    EventKind.STAGE_MOVED: _moved,
    EventKind.CALL_BOOKED: _booked,
    EventKind.CALL_ASKED: _wanted,
    EventKind.CALL_MOVED: _call_moved,
    EventKind.CALL_CANCELLED: _called_off,
    EventKind.PLACE_ACCEPTED: _says(" said yes to the place you offered."),
    EventKind.PLACE_DECLINED: _says(" said not now to the place you offered."),
    EventKind.UNSUBSCRIBED: _says(" stopped the emails. You can still write yourself."),
    EventKind.CONTACT_EDITED: _changed_themselves,
    EventKind.RESUBSCRIBED: _says(" wants the emails after all."),
    EventKind.WOKEN: _says(" is back on Today."),
}
TOLD_WITH_OTHERS = (EventKind.FOLLOW_UPS_STOPPED, EventKind.NO_AUTOMATIC_EMAIL)


def _name(event: Row) -> str:
    return called(event.name) or "Someone"


def _subject(message: Message) -> str:
    return message.sent_subject or message.wording.subject


EMAILS = (
    sa.select(Message)
    .options(joinedload(Message.enrollment), joinedload(Message.step), joinedload(Message.template_version))
    .where(among(Message.id, "these"))
)
BY_ITSELF = (
    Event.since(instant("since"))
    .join(Event.lead)
    .where(sa.or_(Event.account_id.is_(None), Event.account_id != sa.bindparam("account_id")))
    .where(Event.kind.in_(sa.literal_column(f"'{kind}'") for kind in (*LINES, *TOLD_WITH_OTHERS)))
    .where(Lead.quarantined_at.is_(None), Lead.stage != Stage.SPAM)
    .with_only_columns(
        Event.at,
        Event.lead_id,
        Event.kind,
        Event.account_id,
        Event.reason,
        Event.facts,
        Event.message_id,
        Lead.name,
    )
    .limit(READ_AT_MOST)
)
"""In the columns that are told of.

Asked by itself and only if there is any: after an instant that comes later Postgres expects a third of all
events, and so it plans this anew each time, with all that goes along.
"""
