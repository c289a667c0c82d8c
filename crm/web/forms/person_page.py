"""What a person can say on their own page, without an account and without writing an email.

They read it in their language; what is kept of it stands in the owner's, with their own words as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import (
    EmailField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from crm.flows.own_details import Details
from crm.rules.intake import MESSAGE_LIMIT, NAME_LIMIT
from crm.rules.later import Month, coming_months
from crm.rules.pages_english import ENGLISH
from crm.rules.sheets import FormLanguage
from crm.web.forms.checks import e164, national, one_line, tidy, tidy_text
from crm.web.forms.picks import picks
from crm.web.forms.spoken import SpokenForm, not_over

if TYPE_CHECKING:
    from datetime import date

    from wtforms import Field

DAYS, TIMES, WAYS = ENGLISH.own.day_names, ENGLISH.own.time_names, ENGLISH.own.by_names
"""How an answer is kept."""


class PersonPageForm(SpokenForm):
    """An answer, and what goes with it."""

    answer = RadioField(default="times")
    days = SelectMultipleField(validate_choice=False)
    times = SelectMultipleField(validate_choice=False)
    by = RadioField(default="Phone")
    again = SelectField(validate_choice=False)
    message = TextAreaField(filters=[tidy_text])

    def offer(self, today: date, *, has_call: bool = False) -> None:
        """What can be answered. Who has a call chooses another time on its own page, and not here."""
        says = self.words.own
        self._offer_months(today)
        self.answer.choices = picks(says.answers_with_call if has_call else says.answers)
        self.call(answer=says.where, again=says.again, message=says.anything)
        if has_call:
            if not self.answer.raw_data:
                self.answer.data = "stays"
            del self.days, self.times, self.by
            return
        self.call(days=says.days, times=says.times, by=says.by)
        self.days.choices = list(zip(DAYS, says.day_names, strict=True))
        self.times.choices = list(zip(TIMES, says.time_names, strict=True))
        self.by.choices = list(zip(WAYS, says.by_names, strict=True))

    def validate_message(self, field: TextAreaField) -> None:
        not_over(field, MESSAGE_LIMIT, self.words.own.too_long)
        if self.answer.data == "stays" and not field.data:
            raise ValidationError(self.words.own.write_a_line)

    def _offer_months(self, today: date) -> None:
        """The months of a year from now, the nearest first."""
        self._months = {month.key: month for month in coming_months(today)}
        language = FormLanguage(self.words.lang)
        told = ((key, month.told(language)) for key, month in self._months.items())
        self.again.choices = [("", self.words.own.no_thanks), *told]

    @property
    def month(self) -> Month | None:
        """When they want to hear again, if they said "not now" and a month that was offered."""
        return self._months.get(self.again.data or "") if self.answer.data == "not_now" else None

    @property
    def wants_no_call(self) -> bool:
        return self.answer.data in ("found", "not_now")

    @property
    def in_words(self) -> str:
        """The answer as a note from them, as it stands in the story."""
        if self.answer.data == "stays":
            return str(self.message.data)
        not_now = f"Not now. Please write again in {self.month.words}." if self.month else "Not now."
        words = {"found": "I’ve found someone.", "not_now": not_now}.get(self.answer.data) or self._wish
        return f"{words}\n\n{self.message.data}" if self.message.data else words

    @property
    def _wish(self) -> str:
        days = ", ".join(day for day in DAYS if day in (self.days.data or []))
        times = ", ".join(time.lower() for time in TIMES if time in (self.times.data or []))
        suits = (
            " in the ".join(part for part in (days or "any day", times) if part)
            if times
            else days or "any day"
        )
        return f"I’d like to talk, by {(self.by.data or 'Phone').lower()}. Good for me: {suits}."


class DetailsForm(SpokenForm):
    """What has changed about them; whatever stays is left empty."""

    name = StringField(filters=[one_line(NAME_LIMIT)])
    phone = TelField(filters=[one_line(40)])
    email = EmailField(filters=[tidy])

    def __init__(self, *posted: Any, **more: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(*posted, **more)
        says = self.words.details
        self.call(name=says.name, phone=says.phone, email=says.email)

    def validate_name(self, field: Field) -> None:
        not_over(field, NAME_LIMIT, self.words.form.long_name)
        if not (field.data or self.phone.data or self.email.data):
            raise ValidationError(self.words.details.nothing)

    def validate_phone(self, field: Field) -> None:
        self.check_number(field)

    def validate_email(self, field: Field) -> None:
        self.check_address(field)

    @property
    def details(self) -> Details:
        number = e164(self.phone.data or "") or ""
        return Details(self.name.data or "", number, self.email.data or "", national(number))
