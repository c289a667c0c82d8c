"""What is planned for a person, soonest first: dashed, because none of it has happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import shorten
from typing import TYPE_CHECKING

from crm.flows.explaining import last_look_at, tries_of
from crm.flows.follow_up import upcoming
from crm.flows.writing import begun_from
from crm.models import Practice
from crm.rules.explaining import look_words, try_words, why_then
from crm.rules.sending import EnrollmentState, MessageKind, MessageState, Verdict
from crm.rules.stages import Stage
from crm.rules.telling import brief_moment, opening
from crm.web.story import teller_of

if TYPE_CHECKING:
    from crm.links import Links
    from crm.models import Enrollment, Lead, Message
    from crm.rules.schedule import Forecast
    from crm.rules.telling import Teller

BEGINNING = 240
"""Characters of the next email that are shown before it goes."""

UNDERWAY = (MessageState.SCHEDULED, MessageState.SENDING)


@dataclass(frozen=True)
class PlannedItem:
    """One thing to come. `when` opens its line, `condition` says on what it depends, `why` its time."""

    mark: str
    when: str
    condition: str
    at: datetime
    about: str = ""
    subject: str = ""
    beginning: str = ""
    email_id: int | None = None
    why: str = ""
    note: str = ""


def planned(lead: Lead, links: Links, now: datetime) -> list[PlannedItem]:
    """The owner's letters about to leave, the follow-ups still to come, and the quiet closing."""
    zone = Practice.current().zone
    teller = teller_of(lead, now, zone)
    items = [_letter(m, teller) for m in lead.messages if m.kind is MessageKind.REPLY and m.state in UNDERWAY]
    if (enrollment := lead.enrollment) and not _is_in_doubt(enrollment):
        forecasts = upcoming(enrollment)
        items += (_follow_up(enrollment, each, links, teller) for each in forecasts[:1])
        items += (_later_one(enrollment, each, teller) for each in forecasts[1:])
        items += _closing(enrollment, forecasts)
    return sorted(items, key=lambda item: item.at.astimezone(zone))


def _is_in_doubt(enrollment: Enrollment) -> bool:
    message = enrollment.open_message
    return message is not None and message.state is MessageState.UNCERTAIN


def _letter(message: Message, teller: Teller) -> PlannedItem:
    condition = "your letter goes" if not message.attempts else "your letter is tried again"
    when = (
        "In a moment" if message.due_at - teller.now < timedelta(minutes=1) else _when(message.due_at, teller)
    )
    text = message.body or ""
    subject, why = message.subject or "", _why_put_off(message, teller)
    return PlannedItem("mail", when, condition, message.due_at, "", subject, text, message.id, why)


def _follow_up(enrollment: Enrollment, forecast: Forecast, links: Links, teller: Teller) -> PlannedItem:
    """The next one, with how it begins."""
    message = enrollment.open_message
    step = enrollment.sequence.step(forecast.step.id)
    if step is None:
        return _later_one(enrollment, forecast, teller)
    wording = message.wording if message else step.template.current.wording
    anonymous = message is not None and message.is_acknowledgement
    filled = begun_from(wording, enrollment.lead, links, teller.now, anonymous=anonymous) or wording
    steps = enrollment.sequence.steps
    return PlannedItem(
        mark="clock",
        when=_when_it_goes(enrollment, forecast, teller),
        condition=_condition(enrollment, forecast),
        at=forecast.planned.due_at,
        about=f"Step {steps.index(step) + 1} of {len(steps)} of “{enrollment.sequence.name}”",
        subject=filled.subject,
        beginning=_beginning(filled.body),
        email_id=message.id if message else None,
        why=_why(enrollment, forecast, teller, is_next=True),
    )


def _beginning(text: str) -> str:
    """How it begins, after the greeting."""
    first, _, rest = text.strip().partition("\n")
    words = " ".join((rest if first.endswith(",") else text).split())
    return shorten(words[: 2 * BEGINNING], BEGINNING, placeholder="…")  # it takes all it is given apart


def _later_one(enrollment: Enrollment, forecast: Forecast, teller: Teller) -> PlannedItem:
    step = enrollment.sequence.step(forecast.step.id)
    subject = step.template.name if step else ""
    return PlannedItem(
        mark="clock",
        when=_when_it_goes(enrollment, forecast, teller),
        condition="then",
        at=forecast.planned.due_at,
        subject=subject,
        note="with your yes" if forecast.step.asks_first else "",
        why=_why(enrollment, forecast, teller),
    )


def _why(enrollment: Enrollment, forecast: Forecast, teller: Teller, *, is_next: bool = False) -> str:
    """Why then: the owner's word, else what last put it off, else its wait and the hours."""
    message = enrollment.open_message
    if is_next and message and message.by_hand_at:
        return "You said to send it now."
    if is_next and message and (put_off := _why_put_off(message, teller)):
        return put_off
    if forecast.step.at_once:
        return "It goes right away, at any hour."
    is_first = is_next and not enrollment.gone
    return why_then(forecast.step.wait, forecast.planned, teller, is_first=is_first)


def _why_put_off(message: Message, teller: Teller) -> str:
    """What the last look or the last try says of an email that has been put off; else nothing."""
    if message.claimed_by is None:  # no worker has had it in hand, so nobody has looked or tried
        return ""
    look, tries = last_look_at(message), tries_of(message)
    if tries and (look is None or look.last_at <= tries[-1].at):
        return try_words(tries[-1])
    is_why = look is not None and look.verdict is Verdict.WAIT and look.until == message.due_at
    return look_words(look, teller) if look and is_why else ""


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


def _when_it_goes(enrollment: Enrollment, forecast: Forecast, teller: Teller) -> str:
    if enrollment.state is EnrollmentState.PAUSED:
        return "Paused"
    return "Waiting" if _waits_for_the_owner(enrollment, forecast) else _when(forecast.planned.due_at, teller)


def _condition(enrollment: Enrollment, forecast: Forecast) -> str:
    if enrollment.state is EnrollmentState.PAUSED:
        return "until you turn it back on"
    if _waits_for_the_owner(enrollment, forecast):
        return "until you say so"
    if forecast.step.asks_first:
        return "with your yes, if they haven’t written or booked"
    return "by itself" if forecast.step.at_once else "if they haven’t written or booked"


def _waits_for_the_owner(enrollment: Enrollment, forecast: Forecast) -> bool:
    return enrollment.lead.read_first_at is not None and not forecast.step.at_once


def _when(instant: datetime, teller: Teller) -> str:
    return opening(brief_moment(instant, teller.now, teller.zone))
