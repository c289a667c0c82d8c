"""A sequence being made, named or edited: its emails and waits, what stops them, when silence closes."""

from __future__ import annotations

from dataclasses import replace

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from crm.rules.plans import LATEST_HOURS, LONGEST_WAIT, MOST_EMAILS, UNIT_WORDS, Plan, PlanEmail
from crm.rules.stops import StopRules
from crm.rules.windows import Wait, WaitUnit
from crm.web.forms.checks import tidy
from crm.web.forms.picks import picks

UNITS = {unit: many for unit, (_, many) in UNIT_WORDS.items()}
LATE_UNITS = {unit: UNITS[unit] for unit in (WaitUnit.DAYS, WaitUnit.HOURS)}
A_NUMBER = f"Write a whole number, from 1 to {LONGEST_WAIT}."
NOT_SO_LATE = f"At least 1 hour, at most {LATEST_HOURS // 24} days."
NAME_LIMIT = 80
RIGHT_AWAY, LATER = "now", "later"


class WholeNumber(IntegerField):
    """A number typed by hand. What is none is said in our words, and stays on the page."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(A_NUMBER) from None


class EmailForm(Form):
    """One email. `step` names its row; what is not saved yet has a negative one."""

    step = IntegerField()
    count = WholeNumber("Wait", validators=[InputRequired(A_NUMBER), NumberRange(0, LONGEST_WAIT, A_NUMBER)])
    unit = SelectField("Unit", choices=picks(UNITS))
    late = WholeNumber(
        "Late", validators=[InputRequired(A_NUMBER), NumberRange(1, LATEST_HOURS, NOT_SO_LATE)]
    )
    asks_first = BooleanField("Ask me before it goes")
    late_unit = SelectField("Unit", choices=picks(LATE_UNITS))

    def validate_late(self, field: WholeNumber) -> None:
        if (field.data or 0) * _hours(self.late_unit.data) > LATEST_HOURS:
            raise ValidationError(NOT_SO_LATE)


class PlanForm(Form):
    """The whole plan as it stands on the page; `seen` is what it was when the page was opened."""

    emails = FieldList(FormField(EmailForm), max_entries=MOST_EMAILS)
    quiet_days = WholeNumber(
        "Quiet days",
        validators=[Optional(), NumberRange(1, LONGEST_WAIT, A_NUMBER)],
        filters=[lambda n: n or None],
    )
    asks_first = BooleanField("Ask me before each email goes")
    stops_on_call = BooleanField("you log a call with them")
    stops_on_move = BooleanField("you move them to another stage")
    seen = HiddenField()

    @classmethod
    def of(cls, plan: Plan) -> PlanForm:
        """The form that shows this plan."""
        return cls(
            data={
                "emails": [_fields(email) for email in plan.emails],
                "quiet_days": plan.quiet_days,
                "asks_first": plan.asks_first,
                "stops_on_call": plan.stops.on_call,
                "stops_on_move": plan.stops.on_move,
                "seen": plan.mark,
            }
        )

    def plan(self, known: dict[int, PlanEmail]) -> Plan:
        """What the page says. `known`: the emails it may speak of, by step; anything else is left out.

        A number that is none keeps the one that was known, so that the rest can still be shown.
        """
        entries = {entry.form.step.data: entry.form for entry in self.emails.entries}
        emails = tuple(_as_typed(entry, known[step]) for step, entry in entries.items() if step in known)
        quiet_days = None if self.quiet_days.errors else self.quiet_days.data
        stops = StopRules(self.stops_on_call.data, self.stops_on_move.data)
        return Plan(emails, quiet_days, self.asks_first.data, stops)


class NameForm(Form):
    """What a sequence is called."""

    name = StringField(
        "Name",
        filters=[tidy],
        validators=[
            DataRequired("A sequence needs a name."),
            Length(max=NAME_LIMIT, message="That is too long for a name."),
        ],
    )


class NewSequenceForm(NameForm):
    """A sequence with its first email. The choices of `trigger` and `email` are given by the page."""

    trigger = RadioField("What starts it?", validators=[InputRequired("Choose what starts it.")])
    email = SelectField("First email", coerce=int)
    first = RadioField(
        "When does it go?",
        choices=picks({RIGHT_AWAY: "Right away, at any hour", LATER: "After a wait"}),
        default=LATER,
    )


def _fields(email: PlanEmail) -> dict[str, int | str]:
    in_days = email.max_late_hours % 24 == 0
    return {
        "step": email.step_id,
        "count": email.wait.count,
        "unit": str(email.wait.unit),
        "asks_first": email.asks_first,
        "late": email.max_late_hours // 24 if in_days else email.max_late_hours,
        "late_unit": str(WaitUnit.DAYS if in_days else WaitUnit.HOURS),
    }


def _as_typed(entry: EmailForm, known: PlanEmail) -> PlanEmail:
    return replace(
        known,
        wait=_wait(entry, known),
        asks_first=entry.asks_first.data,
        max_late_hours=_late(entry, known),
    )


def _late(entry: EmailForm, known: PlanEmail) -> int:
    if entry.late.errors or not isinstance(entry.late.data, int):
        return known.max_late_hours
    hours = entry.late.data * _hours(entry.late_unit.data)
    return hours if 0 < hours <= LATEST_HOURS else known.max_late_hours


def _hours(unit: str) -> int:
    return 24 if unit == WaitUnit.DAYS else 1


def _wait(entry: EmailForm, known: PlanEmail) -> Wait:
    count, unit = entry.count.data, entry.unit.data
    if known.at_once or unit not in set(WaitUnit) or not isinstance(count, int):
        return known.wait
    return Wait(count, WaitUnit(unit)) if 0 <= count <= LONGEST_WAIT else known.wait
