"""What a person's story says of places: offered, taken, and gone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from crm.rules.next_words import say, strong
from crm.rules.offers import OfferState
from crm.rules.telling import opening, stamp
from crm.web.story_parts import Line, Look

if TYPE_CHECKING:
    from crm.models import Event
    from crm.rules.telling import Teller

WHY_GONE = {
    OfferState.TAKEN: "Somebody else took the place: ",
    OfferState.LAPSED: "The time to say yes was over: ",
    OfferState.WITHDRAWN: "You took the offer back: ",
    OfferState.MERGED: "The offer ended, because two records became one: ",
}


def offered(event: Event, teller: Teller) -> Line:
    until = event.facts.get("until")
    last = f", until {stamp(datetime.fromisoformat(until), teller.now, teller.zone)}" if until else ""
    return Line(Look.YOURS, "mail", say(strong("You offered a place: "), f"{_words(event)}{last}"))


def accepted(event: Event, teller: Teller) -> Line:
    who = (
        "You wrote down that they said yes to" if event.account_id else f"{opening(teller.name)} said yes to"
    )
    look = Look.YOURS if event.account_id else Look.THEIRS
    return Line(look, "check", say(strong(f"{who} the place: "), _words(event)))


def declined(event: Event, teller: Teller) -> Line:
    who = strong(f"{opening(teller.name)} said not now")
    return Line(Look.THEIRS, "reply", say(who, f" to the place: {_words(event)}. They stay on the list"))


def gone(event: Event, _teller: Teller) -> Line:
    why = WHY_GONE[OfferState(event.reason or OfferState.LAPSED)]
    return Line(Look.PLAIN, "moon", say(why, _words(event)))


def _words(event: Event) -> str:
    return str(event.facts.get("words") or "")
