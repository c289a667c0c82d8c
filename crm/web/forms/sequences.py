"""A sequence being edited: its emails in order with their waits, and when silence closes."""

from __future__ import annotations

from dataclasses import replace

from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from crm.rules.plans import LONGEST_WAIT, MOST_EMAILS, UNIT_WORDS, Plan, PlanEmail
from crm.rules.windows import Wait, WaitUnit
from crm.web.forms.picks import picks

UNITS = {unit: many for unit, (_, many) in UNIT_WORDS.items()}
A_NUMBER = f"Write a whole number, from 1 to {LONGEST_WAIT}."


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
    asks_first = BooleanField("Ask me before it goes")


class PlanForm(Form):
    """The whole plan as it stands on the page; `seen` is what it was when the page was opened."""

    emails = FieldList(FormField(EmailForm), max_entries=MOST_EMAILS)
    quiet_days = WholeNumber(
        "Quiet days",
        validators=[Optional(), NumberRange(1, LONGEST_WAIT, A_NUMBER)],
        filters=[lambda n: n or None],
    )
    asks_first = BooleanField("Ask me before each email goes")
    seen = HiddenField()

    @classmethod
    def of(cls, plan: Plan) -> PlanForm:
        """The form that shows this plan."""
        emails = [
            {"step": e.step_id, "count": e.wait.count, "unit": str(e.wait.unit), "asks_first": e.asks_first}
            for e in plan.emails
        ]
        ends = {"quiet_days": plan.quiet_days, "asks_first": plan.asks_first}
        return cls(data={"emails": emails, "seen": plan.mark, **ends})

    def plan(self, known: dict[int, PlanEmail]) -> Plan:
        """What the page says. `known`: the emails it may speak of, by step; anything else is left out.

        A wait that is no number keeps the one that was known, so that the rest can still be shown.
        """
        entries = {entry.form.step.data: entry.form for entry in self.emails.entries}
        emails = tuple(
            replace(known[step], wait=_wait(entry, known[step]), asks_first=entry.asks_first.data)
            for step, entry in entries.items()
            if step in known
        )
        quiet_days = None if self.quiet_days.errors else self.quiet_days.data
        return Plan(emails, quiet_days, self.asks_first.data)


def _wait(entry: EmailForm, known: PlanEmail) -> Wait:
    count, unit = entry.count.data, entry.unit.data
    if known.at_once or unit not in set(WaitUnit) or not isinstance(count, int):
        return known.wait
    return Wait(count, WaitUnit(unit)) if 0 <= count <= LONGEST_WAIT else known.wait
