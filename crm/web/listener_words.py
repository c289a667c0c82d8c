"""How programs that are told things fare, and what they were told, in the owner's words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from crm.rules.dispatches import DispatchKind, DispatchState, OffReason
from crm.rules.reach import Objection
from crm.rules.telling import moment, opening, things

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from crm.models import Dispatch, DispatchTry, Listener

KINDS = {
    DispatchKind.INQUIRY_RECEIVED: "Someone asks for a call",
    DispatchKind.STAGE_CHANGED: "Someone moves to another stage",
    DispatchKind.REPLY_RECEIVED: "Someone writes back",
    DispatchKind.CALL_BOOKED: "A call is booked",
}
WORDS = {
    DispatchKind.INQUIRY_RECEIVED: "Asked for a call",
    DispatchKind.STAGE_CHANGED: "Moved to another stage",
    DispatchKind.REPLY_RECEIVED: "Wrote back",
    DispatchKind.CALL_BOOKED: "Booked a call",
    DispatchKind.TEST: "A test",
}
STATES = {"waiting": "Waiting", "delivered": "Told", "failed": "Failed"}
"""The filter of the log."""
SHOWN_AS = {
    DispatchState.WAITING: "waiting",
    DispatchState.SENDING: "waiting",
    DispatchState.DELIVERED: "delivered",
    DispatchState.FAILED: "failed",
}
SINCE = {"1": "within the last hour", "24": "since yesterday", "168": "within a week", "720": "at any time"}
"""By hours."""
OBJECTIONS = {
    Objection.UNREADABLE: "That can’t be read. An address looks like https://hooks.zapier.com/…",
    Objection.NOT_HTTPS: "It must begin with https://, so that nobody on the way can read along.",
    Objection.CREDENTIALS: "There is a password in that address. Take it out; what is sent is signed.",
    Objection.PORT: "That port belongs to something else. Use the usual one, which needs no number, or 8443.",
    Objection.ODD_NUMBER: "That number is written in an unusual way. Use a name, if your tool shows one.",
    Objection.ODD_NAME: "That name can’t be read. Copy the address from your tool once more.",
    Objection.NO_NAME: "There is no machine of that name. Is it spelled right?",
    Objection.INSIDE: "That address leads inside, to this machine or the network it stands in. "
    "Only what is on the open internet can be told.",
}


class Fares(NamedTuple):
    """A tag, its look, and a sentence."""

    word: str
    look: str
    sentence: str


def health(listener: Listener, now: datetime, zone: tzinfo) -> Fares:
    if listener.off_at and not listener.paused_at:
        why = {
            OffReason.GONE: "It answered that it is gone",
            OffReason.FAILING: "It took nothing for five days",
        }
        said = why[listener.off_reason or OffReason.GONE]
        return Fares("Off", "bad", f"{said}, so it isn’t told anything. What happens waits.")
    if listener.paused_at:
        return Fares("Paused", "", "What happens meanwhile waits for it, for thirty days.")
    if listener.failing_since:
        since = moment(listener.failing_since, now, zone)
        return Fares("Trouble", "now", f"It has taken nothing since {since}. It is tried again by itself.")
    if listener.delivered_at:
        return Fares("Works", "good", f"Last told {moment(listener.delivered_at, now, zone)}.")
    return Fares("New", "", "Nothing was told yet. Send it a test.")


def outcome(dispatch: Dispatch, now: datetime, zone: tzinfo) -> Fares:
    match dispatch.state:
        case DispatchState.DELIVERED:
            tries = "" if dispatch.tries == 1 else f", at try {dispatch.tries}"
            return Fares(
                "Told", "good", f"It took this {moment(dispatch.ended_at or now, now, zone)}{tries}."
            )
        case DispatchState.FAILED:
            sentence = f"{_tries(dispatch)}, and it did not take this. That was the last by itself."
            return Fares("Failed", "bad", sentence)
        case DispatchState.SENDING:
            return Fares("Waiting", "next", "It is being told at this moment.")
        case DispatchState.WAITING if dispatch.tries == 0:
            return Fares("Waiting", "next", "It goes in a moment, unless the program is paused or off.")
        case _:
            when = f"is {moment(dispatch.due_at, now, zone)}" if dispatch.due_at > now else "is due"
            return Fares("Waiting", "next", f"It did not take this yet. The next try {when}.")


def _tries(dispatch: Dispatch) -> str:
    return opening(things(dispatch.tries, "try", "tries"))


def answered(each: DispatchTry) -> str:
    """What came of one try, on one line."""
    return each.problem or f"It answered {each.status}."


def since(hours: str, now: datetime) -> datetime:
    return now - timedelta(hours=int(hours))
