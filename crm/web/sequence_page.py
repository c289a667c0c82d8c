"""The editor of a sequence as it shows: the line of emails, what saving would do, the month, one email."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import current_app

from crm.db import db
from crm.flows.foresight import emails_for, foresee, people_in, plan_of
from crm.flows.writing import begun_from
from crm.models import EmailTemplate, Lead, Practice, Sequence, Trigger
from crm.rules.hours import hours_in_words
from crm.rules.plans import UNIT_WORDS, Plan, PlanEmail, changes, length_in_words, told
from crm.rules.schedule import Forecast, forecast
from crm.rules.simulation import WROTE_WORDS, Day, Wrote, month, why_moved, wrote_at
from crm.rules.telling import clock, opening, people
from crm.rules.terms import Terms

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from crm.models import Enrollment
    from crm.rules.windows import SendingWindow


@dataclass(frozen=True)
class TriggerWords:
    """What starts a sequence: as a line above it, below that line, in its summary and in the simulation."""

    starts: str
    note: str
    summary: str
    if_: str


TRIGGER_WORDS = {
    Trigger.INQUIRY: TriggerWords(
        "Someone sends the “Schedule a call” form",
        "Spam gets nothing. “Read first” people get email 1, then wait for you.",
        "starting the moment someone writes",
        "If someone wrote",
    ),
    Trigger.ANSWERED: TriggerWords(
        "You answer someone",
        "Only when you choose “keep following up” as you send.",
        "starting when you answer someone",
        "If you answered",
    ),
    Trigger.NO_SHOW: TriggerWords(
        "Someone doesn’t come to their call",
        "As soon as you say on Today that they didn’t come.",
        "starting when someone misses their call",
        "If you said so",
    ),
    Trigger.REFERRED_OUT: TriggerWords(
        "You refer someone out",
        "Only when you choose to send the letter.",
        "starting when you refer someone out",
        "If you referred someone",
    ),
    Trigger.BY_HAND: TriggerWords(
        "You start it for someone", "From their page.", "starting when you say so", "If you started it"
    ),
}


_OTHER_TIMES = [(str(wrote), said) for wrote, said in WROTE_WORDS.items()]


@dataclass(frozen=True)
class Asked:
    """What the page is to show beside the plan: which email, and when the invented person wrote."""

    shown: int
    wrote: Wrote
    on: date | None

    @classmethod
    def from_request(cls, values: MultiDict[str, str]) -> Asked:
        """Anything that makes no sense becomes the first email, and now."""
        verb, _, number = values.get("do", "").partition("-")
        shown = number if verb == "show" else values.get("show", "")
        wrote = values.get("wrote", "")
        return cls(
            shown=int(shown) if shown.isdecimal() else 1,
            wrote=Wrote(wrote) if wrote in set(Wrote) else Wrote.NOW,
            on=_date(values.get("on", "")),
        )


@dataclass(frozen=True)
class Row:
    """One email on the line. `words`: how it begins."""

    number: int
    email: PlanEmail
    words: str
    may_go_up: bool
    may_go_down: bool


@dataclass(frozen=True)
class Simulated:
    """One email of the simulation. `why`: why it goes later than its wait."""

    when: str
    at: datetime
    name: str
    why: str


@dataclass(frozen=True)
class Shown:
    """The email at the right, as one of the people in the sequence would get it."""

    number: int
    email: PlanEmail
    person: Lead | None


@dataclass(frozen=True)
class Editor:
    """Everything the page says."""

    sequence: Sequence
    summary: str
    words: TriggerWords
    rows: list[Row]
    notice: str
    effect: str
    addable: list[tuple[int, str]]
    asked: Asked
    wrote_choices: list[tuple[str, str]]
    days: list[Day]
    simulated: list[Simulated]
    shown: Shown | None
    hours: str
    units: list[tuple[str, str]]


def editor(sequence: Sequence, plan: Plan, asked: Asked, now: datetime) -> Editor:
    """Read once, in a fixed number of queries, whatever the number of people."""
    saved, window, inside = plan_of(sequence), Practice.current().window, people_in(sequence)
    since = wrote_at(asked.wrote, now, window.zone, asked.on)
    forecasts = list(forecast(plan.steps, since, Terms(window, Practice.current().pace)))
    person = _someone(inside)
    notice = told(changes(saved, plan))
    return Editor(
        sequence=sequence,
        summary=sentence(sequence, len(inside)),
        words=TRIGGER_WORDS[sequence.trigger],
        rows=_rows(plan, person, now),
        notice=notice,
        effect=foresee(sequence, plan, now) if notice else "",
        addable=_addable(sequence, plan),
        asked=asked,
        wrote_choices=[(str(Wrote.NOW), f"now, {_day_and_time(now, window)}"), *_OTHER_TIMES],
        days=month(forecasts, since, window),
        simulated=[_simulated(each, plan, window) for each in forecasts],
        shown=_shown(plan, asked.shown, person),
        hours=hours_in_words(window),
        units=[(str(unit), many) for unit, (_, many) in UNIT_WORDS.items()],
    )


def sentence(sequence: Sequence, inside: int) -> str:
    """Four emails over eighteen days, starting the moment someone writes. Nine people are in it now."""
    length = opening(length_in_words(plan_of(sequence)))
    who = "Nobody is" if inside == 0 else f"{opening(people(inside))} {'is' if inside == 1 else 'are'}"
    return f"{length}, {TRIGGER_WORDS[sequence.trigger].summary}. {who} in it now."


def _addable(sequence: Sequence, plan: Plan) -> list[tuple[int, str]]:
    """The texts that are not in it yet, by the step they would be."""
    in_use = set(db.session.scalars(EmailTemplate.in_use().with_only_columns(EmailTemplate.id)))
    taken = {email.template_id for email in plan.emails}
    offered = (e for e in emails_for(sequence).values() if e.template_id in in_use - taken)
    return [(email.step_id, email.name) for email in offered]


def _rows(plan: Plan, person: Lead | None, now: datetime) -> list[Row]:
    wanted = [email.template_id for email in plan.emails]
    found = db.session.scalars(sa.select(EmailTemplate).where(EmailTemplate.id.in_(wanted)))
    templates = {template.id: template for template in found}
    return [
        Row(
            number=at + 1,
            email=email,
            words=_beginning(templates[email.template_id], person, now),
            may_go_up=plan.may_swap(at, at - 1),
            may_go_down=plan.may_swap(at, at + 1),
        )
        for at, email in enumerate(plan.emails)
    ]


def _beginning(template: EmailTemplate, person: Lead | None, now: datetime) -> str:
    """Its first paragraph after the greeting, as someone would read it."""
    wording = template.current.wording
    filled = begun_from(wording, person, current_app.extensions["links"], now) or wording
    paragraphs = [each.strip() for each in filled.body.split("\n\n") if each.strip()]
    return next(iter(paragraphs[1:] or paragraphs), "")


def _someone(inside: list[Enrollment]) -> Lead | None:
    """Whoever came last is the example."""
    if inside:
        return inside[-1].lead
    anyone = sa.select(Lead).where(Lead.quarantined_at.is_(None)).order_by(Lead.id.desc())
    return db.session.scalar(anyone.limit(1))


def _simulated(each: Forecast, plan: Plan, window: SendingWindow) -> Simulated:
    at = plan.position_of(each.step.id)
    name = plan.emails[at].name if at is not None else ""
    due_at = each.planned.due_at
    return Simulated(_day_and_time(due_at, window), due_at, name, why_moved(each.planned, window))


def _shown(plan: Plan, number: int, person: Lead | None) -> Shown | None:
    if not plan.emails:
        return None
    number = min(max(number, 1), len(plan.emails))
    return Shown(number, plan.emails[number - 1], person)


def _day_and_time(instant: datetime, window: SendingWindow) -> str:
    """Fri 13, 1:52 pm"""
    local = instant.astimezone(window.zone)
    return f"{local:%a} {local.day}, {clock(instant, window.zone)}"


def _date(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None
