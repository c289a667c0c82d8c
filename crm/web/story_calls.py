"""What a person's story says of calls: asked for, agreed, moved, called off, and how they went."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from crm.models import Medium, Outcome
from crm.rules.next_words import say, strong
from crm.rules.telling import Teller, opening, stamp
from crm.web.story_parts import Line, Look

if TYPE_CHECKING:
    from crm.models import Event
    from crm.rules.next_words import Span


def booked(event: Event, teller: Teller) -> Line:
    verb = "moved the call" if event.facts.get("was") else "agreed on a call"
    if not event.account_id:
        verb = "moved the call" if event.facts.get("was") else "booked a call"
    who = "You" if event.account_id or not event.facts.get("starts_at") else opening(teller.name)
    return _plain("calendar-check", strong(f"{who} {verb}"), _when_and_how(event, teller, "for"))


def wanted(event: Event, teller: Teller) -> Line:
    who = strong(f"{opening(teller.name)} asked for a call")
    return Line(Look.THEIRS, "calendar-days", say(who, _when_and_how(event, teller, "for")))


def moved(event: Event, teller: Teller) -> Line:
    who = "You" if event.account_id else opening(teller.name)
    return _plain("calendar-days", strong(f"{who} moved the call"), _when_and_how(event, teller, "to"))


def declined(event: Event, teller: Teller) -> Line:
    return _plain(
        "calendar-x", strong("You said no to the time they asked for"), _when_and_how(event, teller, "of")
    )


def called_off(event: Event, teller: Teller) -> Line:
    who = "You" if event.account_id else opening(teller.name)
    return _plain("calendar-x", strong(f"{who} called off the call"), _when_and_how(event, teller, "of"))


def _when_and_how(event: Event, teller: Teller, joined: str) -> str:
    """As in " for Thu, March 12, 10:15 am, by video"."""
    if (starts_at := event.facts.get("starts_at")) is None:
        return ""
    at = stamp(datetime.fromisoformat(starts_at), teller.now, teller.zone)
    medium = event.facts.get("medium")
    return f" {joined} {at}" + (f", {Medium(medium).told}" if medium else "")


OUTCOME_WORDS = {
    Outcome.HELD: ("calendar-check", "You talked"),
    Outcome.NO_SHOW: ("calendar-x", "You didn’t get to talk"),
    Outcome.CANCELLED: ("calendar-x", "The call was called off"),
}


def outcome(event: Event, _teller: Teller) -> Line:
    mark, words = OUTCOME_WORDS[Outcome(event.reason or Outcome.CANCELLED)]
    return _plain(mark, strong(words))


def _plain(mark: str, *words: str | Span) -> Line:
    return Line(Look.PLAIN, mark, say(*words))
