"""Who someone is, in a few words: the line under their name, the path of stages, what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.models import EventKind
from crm.rules.addresses import suggest, unfinished
from crm.rules.sending import SuppressionReason
from crm.rules.stages import BOARD, CLOSE_WORDS, SCREEN_WORDS, Stage
from crm.rules.telling import ago, on_day
from crm.rules.touch import came_from

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from crm.models import Event, Inquiry, Lead
    from crm.together import Row


@dataclass(frozen=True)
class PathStep:
    """One stage of the path. `look` is past, now or ahead."""

    stage: Stage
    words: str
    look: str


@dataclass(frozen=True)
class Consent:
    """What is true about writing to this person today. `stopped`: by their own wish."""

    words: str
    stopped: bool = False


@dataclass(frozen=True)
class AddressHint:
    """What looks wrong with an address, and what was probably meant."""

    words: str
    meant: str | None


def context_line(lead: Lead, now: datetime, zone: tzinfo) -> str:
    """Wrote 8 days ago from your website. Last heard from March 3."""
    first = lead.inquiries[0] if lead.inquiries else None
    start = f"{_how_they_came(lead, first)} {_ago(first.received_at if first else lead.created_at, now)}"
    if first and not was_added(lead, first):
        start += f", from your article “{first.article}”" if first.article else " from your website"
    heard = lead.heard_at
    again = heard is not None and first is not None and heard > first.received_at
    said = f"Last heard from {on_day(heard, now, zone).removeprefix('on ')}." if heard and again else ""
    return f"{start}. {said} {_settled(lead, now, zone)}".replace("  ", " ").strip()


def way_here(lead: Lead) -> str:
    """Where they came from: the first time, and the last where that is another. Empty where nobody told."""
    told = [line for each in lead.inquiries if (line := came_from(each.touch, each.button))]
    if len(set(told)) < 2:
        return told[0] if told else ""
    return f"{told[0]} Last time: {told[-1][0].lower()}{told[-1][1:]}"


def was_added(lead: Lead, inquiry: Inquiry) -> bool:
    """Whether the owner wrote this person down himself."""
    event = _received(lead, inquiry)
    return event is not None and event.account_id is not None


def path(lead: Lead) -> list[PathStep]:
    """The stages of the board in order, up to where this person is."""
    place = BOARD.index(lead.stage) if lead.stage in BOARD else -1
    looks = ["past" if at < place else "now" if at == place else "ahead" for at in range(len(BOARD))]
    return [PathStep(stage, SCREEN_WORDS[stage], look) for stage, look in zip(BOARD, looks, strict=True)]


def elsewhere(lead: Lead) -> str | None:
    """The stage of someone who is off the path, with its reason."""
    if lead.stage in BOARD:
        return None
    why = f", {CLOSE_WORDS[lead.close_reason]}" if lead.close_reason else ""
    return f"{SCREEN_WORDS[lead.stage]}{why}"


def consent(lead: Lead, against: list[Row], now: datetime, zone: tzinfo) -> Consent:
    """What this person agreed to, and when; or that they said stop, which stands `against` their address."""
    inquiry = lead.last_inquiry
    if against:
        words = " ".join(f"{_SUPPRESSED[each.reason]} {on_day(each.at, now, zone)}." for each in against)
        return Consent(words, stopped=any(each.reason is SuppressionReason.UNSUBSCRIBED for each in against))
    if inquiry is not None and was_added(lead, inquiry):
        return Consent(f"You added them yourself {on_day(inquiry.received_at, now, zone)}.")
    if not lead.follow_ups_wanted:
        day = on_day(inquiry.received_at, now, zone) if inquiry else ""
        return Consent(f"Asked for a personal answer only {day}. No follow-ups are sent.")
    if lead.consent_at is None:
        return Consent("Has not been asked about follow-ups yet.")
    return Consent(f"Agreed to a few follow-up emails {on_day(lead.consent_at, now, zone)}.")


def address_hint(lead: Lead) -> AddressHint | None:
    """An address that mail probably can't reach, or one that was typed and couldn't be used."""
    if lead.email:
        words = unfinished(lead.email)
        return AddressHint(words, suggest(lead.email)) if words else None
    typed = lead.last_inquiry.email if lead.last_inquiry else ""
    return AddressHint(f"They typed “{typed}”, which mail can’t reach.", suggest(typed)) if typed else None


_SUPPRESSED = {
    SuppressionReason.UNSUBSCRIBED: "Stopped the follow-up emails",
    SuppressionReason.BOUNCED: "The address stopped taking mail",
    SuppressionReason.COMPLAINED: "Reported an email as spam",
    SuppressionReason.ERASED: "Was erased before, so no follow-ups go out",
}


def _how_they_came(lead: Lead, first: Inquiry | None) -> str:
    return "You added them" if first is None or was_added(lead, first) else "Wrote"


def _ago(instant: datetime, now: datetime) -> str:
    waited = ago(instant, now)
    return "just now" if waited == "0 min" else f"{waited} ago"


def _settled(lead: Lead, now: datetime, zone: tzinfo) -> str:
    match lead.stage:
        case Stage.CLIENT:
            return f"A client since {on_day(lead.stage_changed_at, now, zone).removeprefix('on ')}."
        case Stage.CLOSED | Stage.REFERRED_OUT | Stage.WAITLISTED | Stage.SPAM:
            return f"{elsewhere(lead)} {on_day(lead.stage_changed_at, now, zone)}."
        case _:
            return ""


def _received(lead: Lead, inquiry: Inquiry) -> Event | None:
    kind = EventKind.INQUIRY_RECEIVED
    return next((e for e in lead.events if e.kind is kind and e.inquiry_id == inquiry.id), None)
