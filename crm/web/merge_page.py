"""Two records side by side, and in words what becomes of them as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from crm.flows import marking
from crm.flows.pairing import CARE, FIELDS, STAGE
from crm.models import Suppression
from crm.models.suppression import WISHES
from crm.rules.explaining_words import WHY_STOPPED
from crm.rules.merging import Whose
from crm.rules.sending import StopReason
from crm.rules.stages import CLOSE_WORDS, SCREEN_WORDS
from crm.rules.telling import moment
from crm.web.forms.checks import national

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from crm.flows.pairing import Outcome, Pair
    from crm.models import Enrollment, Lead
    from crm.rules.merging import Place

LABELS = {
    "name": "Name",
    "email": "Email",
    "phone": "Phone",
    "prefers": "Prefers",
    "free_times": "Free",
    "found_us": "Found you",
    "looking_for": "Looking for",
    "zone_name": "Time zone",
    STAGE: "Stage",
    CARE: "With",
}
CHOSEN = (*FIELDS, STAGE, CARE)
"""What is shown of both, and chosen where it differs."""


@dataclass(frozen=True)
class Compared:
    """One field of both. Where they agree there is nothing to choose."""

    name: str
    label: str
    kept: str
    other: str
    chosen: Whose

    @property
    def differs(self) -> bool:
        return self.kept != self.other

    @property
    def result(self) -> str:
        return self.kept if self.chosen is Whose.KEPT else self.other


def compared(pair: Pair, choices: Mapping[str, Whose]) -> list[Compared]:
    """What is known of either, field by field."""
    both = ((name, _shown(pair.kept, name), _shown(pair.other, name)) for name in CHOSEN)
    return [Compared(name, LABELS[name], a, b, choices[name]) for name, a, b in both if a or b]


def signature(pair: Pair) -> str:
    """Changes with whatever a merge decides on, so that nobody merges what they have not seen."""
    facts = [(_shown(lead, name) for name in CHOSEN) for lead in pair.leads]
    runs = [lead.enrollment and (lead.enrollment.id, lead.enrollment.state) for lead in pair.leads]
    words = "\n".join([*(str(fact) for each in facts for fact in each), str(pair.ids), str(runs)])
    return sha256(words.encode()).hexdigest()[:16]


def consequences(pair: Pair, outcome: Outcome, now: datetime, zone: ZoneInfo) -> list[str]:
    """What a merge does, a sentence each: what waits, which emails go on, what holds."""
    return [
        *_waiting(outcome, now, zone),
        *_follow_ups(pair, outcome, now, zone),
        *_calls(pair),
        "The story shows the notes, emails and calls of both.",
        "New notes from either address come here, and the links in emails already sent go on working.",
    ]


def stage_words(place: Place | Lead) -> str:
    why = f", {CLOSE_WORDS[place.close_reason]}" if place.close_reason else ""
    return f"{SCREEN_WORDS[place.stage]}{why}"


def _shown(lead: Lead, name: str) -> str:
    match name:
        case "stage":
            return stage_words(lead)
        case "care":
            return marking.whose([lead.id]).get(lead.id, "")
        case "phone":
            return national(lead.phone)
        case "zone_name":
            return (lead.zone_name or "").split("/")[-1].replace("_", " ")
        case _:
            return getattr(lead, name) or ""


def _waiting(outcome: Outcome, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    signals = outcome.signals
    if signals.read_first_at:
        yield "They stay on top, to be read first."
    if signals.waiting_since and not signals.snoozed_until:
        yield f"On Today they wait for you since {moment(signals.waiting_since, now, zone)}."


def _follow_ups(pair: Pair, outcome: Outcome, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    running = [lead.enrollment for lead in pair.leads if lead.enrollment]
    for enrollment in running:
        if enrollment.id == outcome.course.goes_on:
            yield _goes_on(enrollment, outcome, now, zone)
        else:
            yield _ends(enrollment, outcome.course.stops[enrollment.id])
    if len(running) > 1:
        yield "Nothing that went to one address goes to the other as well."
    keys = pair.wish_keys
    if Suppression.against_any(keys, WISHES):
        yield "They asked for no more emails at one address, and that holds for every address."
    elif not outcome.signals.follow_ups_wanted and not running:
        yield "No follow-ups: one of the two asked for a personal answer only."


def _goes_on(enrollment: Enrollment, outcome: Outcome, now: datetime, zone: ZoneInfo) -> str:
    to = outcome.contact["email"]
    if outcome.course.paused:
        return f"“{enrollment.sequence.name}” goes to {to} once you turn it back on. It is paused."
    message = enrollment.open_message
    when = f": next “{message.wording.subject}”, {moment(message.due_at, now, zone)}" if message else ""
    return f"“{enrollment.sequence.name}” goes on, to {to}{when}."


def _ends(enrollment: Enrollment, reason: StopReason) -> str:
    name = enrollment.lead.first_name or "this person"
    once = (
        "so that they get it once" if reason is StopReason.MERGED else WHY_STOPPED[reason].format(name=name)
    )
    return f"“{enrollment.sequence.name}” to {enrollment.lead.email} ends, {once}."


def _calls(pair: Pair) -> Iterator[str]:
    match sum(lead.booking is not None for lead in pair.leads):
        case 2:
            yield "Two calls are agreed, and both stay in your calendar."
        case 1:
            yield "The call you agreed on stays."
