"""What is planned for a person, soonest first: dashed, because none of it has happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import shorten
from typing import TYPE_CHECKING

from crm.flows.follow_up import upcoming
from crm.flows.writing import begun_from
from crm.models import Practice
from crm.rules.sending import EnrollmentState, MessageKind, MessageState
from crm.rules.stages import Stage
from crm.rules.telling import brief_moment, opening

if TYPE_CHECKING:
    from crm.links import Links
    from crm.models import Enrollment, Lead, Message
    from crm.rules.schedule import Forecast

BEGINNING = 240
"""Characters of the next email that are shown before it goes."""

UNDERWAY = (MessageState.SCHEDULED, MessageState.SENDING)


@dataclass(frozen=True)
class PlannedItem:
    """One thing to come. `when` opens its line, `condition` says on what it depends."""

    mark: str
    when: str
    condition: str
    at: datetime
    about: str = ""
    subject: str = ""
    beginning: str = ""
    editable_id: int | None = None


def planned(lead: Lead, links: Links, now: datetime) -> list[PlannedItem]:
    """The owner's letters about to leave, the follow-ups still to come, and the quiet closing."""
    zone = Practice.current().zone
    items = [_letter(m, now) for m in lead.messages if m.kind is MessageKind.REPLY and m.state in UNDERWAY]
    if (enrollment := lead.enrollment) and not _is_in_doubt(enrollment):
        forecasts = upcoming(enrollment)
        items += (_follow_up(enrollment, each, links, now) for each in forecasts[:1])
        items += (_later_one(enrollment, each, now) for each in forecasts[1:])
        items += _closing(enrollment, forecasts)
    return sorted(items, key=lambda item: item.at.astimezone(zone))


def _is_in_doubt(enrollment: Enrollment) -> bool:
    message = enrollment.open_message
    return message is not None and message.state is MessageState.UNCERTAIN


def _letter(message: Message, now: datetime) -> PlannedItem:
    condition = "your letter goes" if not message.attempts else "your letter is tried again"
    when = "In a moment" if message.due_at - now < timedelta(minutes=1) else _when(message.due_at, now)
    text = message.body or ""
    return PlannedItem("mail", when, condition, message.due_at, subject=message.subject or "", beginning=text)


def _follow_up(enrollment: Enrollment, forecast: Forecast, links: Links, now: datetime) -> PlannedItem:
    """The next one, with how it begins."""
    message = enrollment.open_message
    step = enrollment.sequence.step(forecast.step.id)
    if step is None:
        return _later_one(enrollment, forecast, now)
    wording = message.wording if message else step.template.current.wording
    anonymous = message is not None and message.is_acknowledgement
    filled = begun_from(wording, enrollment.lead, links, now, anonymous=anonymous) or wording
    steps = enrollment.sequence.steps
    return PlannedItem(
        mark="clock",
        when=_when_it_goes(enrollment, forecast, now),
        condition=_condition(enrollment, forecast),
        at=forecast.planned.due_at,
        about=f"Step {steps.index(step) + 1} of {len(steps)} of “{enrollment.sequence.name}”",
        subject=filled.subject,
        beginning=_beginning(filled.body),
        editable_id=message.id if message and message.state is MessageState.SCHEDULED else None,
    )


def _beginning(text: str) -> str:
    """How it begins, after the greeting."""
    first, _, rest = text.strip().partition("\n")
    return shorten(rest if first.endswith(",") else text, BEGINNING, placeholder="…")


def _later_one(enrollment: Enrollment, forecast: Forecast, now: datetime) -> PlannedItem:
    step = enrollment.sequence.step(forecast.step.id)
    subject = step.template.name if step else ""
    return PlannedItem(
        "clock", _when_it_goes(enrollment, forecast, now), "then", forecast.planned.due_at, subject=subject
    )


def _closing(enrollment: Enrollment, forecasts: list[Forecast]) -> Iterator[PlannedItem]:
    """Silence closes, but never someone who waits for the owner (flows/follow_up.close_quietly)."""
    lead, quiet_days = enrollment.lead, enrollment.sequence.quiet_days
    closes_at = enrollment.closes_at
    if closes_at is None and quiet_days is not None and forecasts:
        closes_at = forecasts[-1].planned.due_at + timedelta(days=quiet_days)
    if closes_at is None or lead.waiting_for or lead.stage not in (Stage.NEW, Stage.CONTACTED):
        return
    if enrollment.state is EnrollmentState.ACTIVE and lead.read_first_at is None:
        day = closes_at.astimezone(Practice.current().zone)
        yield PlannedItem(
            "moon", f"{day:%a, %B} {day.day}", "moves to Closed, quietly, with no email", closes_at
        )


def _when_it_goes(enrollment: Enrollment, forecast: Forecast, now: datetime) -> str:
    if enrollment.state is EnrollmentState.PAUSED:
        return "Paused"
    return "Waiting" if _waits_for_the_owner(enrollment, forecast) else _when(forecast.planned.due_at, now)


def _condition(enrollment: Enrollment, forecast: Forecast) -> str:
    if enrollment.state is EnrollmentState.PAUSED:
        return "until you turn it back on"
    if _waits_for_the_owner(enrollment, forecast):
        return "until you say so"
    return "by itself" if forecast.step.at_once else "if they haven’t written or booked"


def _waits_for_the_owner(enrollment: Enrollment, forecast: Forecast) -> bool:
    return enrollment.lead.read_first_at is not None and not forecast.step.at_once


def _when(instant: datetime, now: datetime) -> str:
    return opening(brief_moment(instant, now, Practice.current().zone))
