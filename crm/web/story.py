"""A person's story: what happened, oldest first, so that it reads like a correspondence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from crm.models import Event, EventKind, Lead, Message
from crm.rules.next_words import say
from crm.rules.sending import MessageKind, MessageState, StopReason, Withdrawal
from crm.rules.stages import SETTLED
from crm.rules.telling import Teller, stamp
from crm.web.story_lines import line_of, unsent
from crm.web.story_parts import Line, paragraphs

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

__all__ = ["Fold", "StoryItem", "folded", "paragraphs", "story"]

SHOWN = 15
"""So many past items stand open; the ones before them fold."""


@dataclass(frozen=True)
class StoryItem:
    """One line of the story. `when` leaves out the day where the item before has told it."""

    line: Line
    at: datetime
    when: str = ""

    @property
    def is_inquiry(self) -> bool:
        return self.line.letter is not None and self.line.letter.is_inquiry


@dataclass(frozen=True)
class Fold:
    """Earlier items, behind "Show 14 earlier"."""

    items: tuple[StoryItem, ...]


def story(lead: Lead, now: datetime, zone: tzinfo) -> list[StoryItem]:
    """Everything that happened with this person, oldest first."""
    teller = teller_of(lead, now, zone)
    items = sorted([*_told(lead, teller), *_held_back(lead)], key=lambda item: item.at)
    return list(stamped(items, teller))


def teller_of(lead: Lead | None, now: datetime, zone: tzinfo) -> Teller:
    """A notice or a test is about nobody."""
    return Teller((lead.first_name if lead else "") or "This person", now, zone)


def folded(items: list[StoryItem]) -> list[StoryItem | Fold]:
    """The newest items, the older ones folded; an inquiry never is."""
    if len(items) <= SHOWN:
        return list(items)
    older, newer = items[: -SHOWN + 1], items[-SHOWN + 1 :]
    parts: list[StoryItem | Fold] = []
    for is_inquiry, run in groupby(older, lambda item: item.is_inquiry):
        together = tuple(run)
        parts += together if is_inquiry else (Fold(together),)
    return [*parts, *newer]


def _told(lead: Lead, teller: Teller) -> Iterator[StoryItem]:
    """An item for each event, but for those that only follow from another one."""
    tails = _tails(lead)
    for event in lead.events:
        if event.id not in tails.hosts:
            line = line_of(event, teller)
            words = "".join(tails.of(event))
            line = replace(line, email_id=_email_of(event, tails, lead))
            yield StoryItem(replace(line, words=(*line.words, *say(words))) if words else line, event.at)


def _email_of(event: Event, tails: _Tails, lead: Lead) -> int | None:
    """The email it is about; of a stop, told here or in a tail of this, the one that did not go for it."""
    if event.kind in ABOUT_AN_EMAIL:
        return event.message_id
    stops = [each for each in (event, *tails.small) if each.kind is EventKind.FOLLOW_UPS_STOPPED]
    told_here = {each.at for each in stops if each is event or tails.hosts[each.id] is event}
    return next((m.id for m in lead.messages if m.enrollment_id and m.cancelled_at in told_here), None)


def _held_back(lead: Lead) -> Iterator[StoryItem]:
    """Letters that never left though nobody took them back: no event tells of them."""
    for message in lead.messages:
        held_back = message.kind is MessageKind.REPLY and message.state is MessageState.CANCELLED
        if held_back and message.cancelled_at and message.cancel_reason != Withdrawal.UNDONE:
            yield StoryItem(replace(unsent(message), email_id=message.id), message.cancelled_at)


def stamped(items: Iterable[StoryItem], teller: Teller) -> Iterator[StoryItem]:
    """Each with its time; the day is told once."""
    before: datetime | None = None
    for item in items:
        yield replace(item, when=stamp(item.at, teller.now, teller.zone, after=before))
        before = item.at


@dataclass(frozen=True)
class _Tails:
    """What follows from what: `hosts` says after which event (or letter) a small event is told, if at all."""

    hosts: dict[int, Event | Message]
    small: tuple[Event, ...]

    def of(self, event: Event) -> Iterator[str]:
        for each in self.small:
            host = self.hosts[each.id]
            if host is event or (host is event.message and event.kind in _LEFT):
                yield _tail(each, host)


_LEFT = (EventKind.MESSAGE_SENT, EventKind.MESSAGE_FAILED, EventKind.MESSAGE_UNCERTAIN)
ABOUT_AN_EMAIL = (
    *_LEFT,
    EventKind.MESSAGE_SKIPPED,
    EventKind.MESSAGE_APPROVED,
    EventKind.MESSAGE_ARRIVED,
    EventKind.MESSAGE_AGAIN,
)
"""The owner may ask why: the item leads to the email's own page."""


_STOPPED_BY = {
    StopReason.REPLIED: (EventKind.REPLY_RECEIVED, EventKind.INQUIRY_RECEIVED),
    StopReason.CALLED: (EventKind.CALL_LOGGED,),
    StopReason.BOOKED: (EventKind.CALL_BOOKED, EventKind.CALL_ASKED),
    StopReason.STAGE_CHANGED: (EventKind.STAGE_MOVED,),
    StopReason.UNSUBSCRIBED: (EventKind.UNSUBSCRIBED,),
    StopReason.BOUNCED: (EventKind.MESSAGE_FAILED,),
    StopReason.OTHER_SEQUENCE: (EventKind.FOLLOW_UPS_STARTED, EventKind.CALL_OUTCOME),
    StopReason.NO_ADDRESS: (EventKind.CONTACT_EDITED,),
    StopReason.BY_HAND: (EventKind.UNDONE,),
}
_FOLLOWS = {
    EventKind.FOLLOW_UPS_STARTED: (
        EventKind.INQUIRY_RECEIVED, EventKind.FREED, EventKind.CALL_OUTCOME, EventKind.STAGE_MOVED,
    ),
    EventKind.FOLLOW_UPS_PAUSED: (EventKind.MESSAGE_FAILED,),
    EventKind.FOLLOW_UPS_FINISHED: (EventKind.STAGE_MOVED,),
    EventKind.STAGE_MOVED: (
        EventKind.CALL_BOOKED, EventKind.CALL_OUTCOME, EventKind.CALL_CANCELLED, EventKind.CALL_DECLINED,
    ),
}  # fmt: skip


def _tails(lead: Lead) -> _Tails:
    letters = {m.created_at: m for m in lead.messages if m.kind is MessageKind.REPLY}
    hosts: dict[int, Event | Message] = {}
    for at, run in groupby(lead.events, lambda event: event.at):
        together = list(run)
        for event in together:
            if host := _host(event, together) or (letters.get(at) if _belongs_to_a_letter(event) else None):
                hosts[event.id] = host
    return _Tails(hosts, tuple(event for event in lead.events if event.id in hosts))


def _host(event: Event, together: list[Event]) -> Event | None:
    """The event of the same instant that brought this one about."""
    kinds = _FOLLOWS.get(event.kind, ())
    if event.kind is EventKind.STAGE_MOVED and event.facts.get("to") in SETTLED:
        return None  # no call brings that about: somebody decided it
    if event.kind is EventKind.FOLLOW_UPS_STOPPED and event.reason:
        kinds = _STOPPED_BY.get(StopReason(event.reason), ())
    return next((each for each in together if each.kind in kinds), None)


def _belongs_to_a_letter(event: Event) -> bool:
    stopped = event.kind is EventKind.FOLLOW_UPS_STOPPED and event.reason == StopReason.ANSWERED
    return stopped or (event.kind is EventKind.FOLLOW_UPS_STARTED and event.account_id is not None)


def _tail(event: Event, host: Event | Message) -> str:
    """What is said of it after its host's own words."""
    match event.kind:
        case EventKind.FOLLOW_UPS_STARTED:
            by_itself = isinstance(host, Event) and host.kind in (EventKind.INQUIRY_RECEIVED, EventKind.FREED)
            return "" if by_itself else f" and started “{event.reason}”"
        case EventKind.FOLLOW_UPS_STOPPED:
            return (
                ". Follow-ups stopped" if isinstance(host, Event) and host.kind in _TOLD_WITH_A_STOP else ""
            )
        case EventKind.FOLLOW_UPS_PAUSED:
            return ". Follow-ups are paused"
        case EventKind.FOLLOW_UPS_FINISHED:
            return ", quietly, with no email"
        case _:
            return ""


_TOLD_WITH_A_STOP = (
    EventKind.REPLY_RECEIVED,
    EventKind.CALL_BOOKED,
    EventKind.CALL_ASKED,
    EventKind.STAGE_MOVED,
    EventKind.UNSUBSCRIBED,
    EventKind.MESSAGE_FAILED,
    EventKind.CALL_LOGGED,
    EventKind.CONTACT_EDITED,
)
