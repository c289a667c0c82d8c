"""What a person can say on their own page, without an account and without writing an email."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import Form, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Length

from crm.rules.intake import MESSAGE_LIMIT
from crm.rules.later import Month, coming_months
from crm.web.forms.checks import tidy_text
from crm.web.forms.consultation import FREE_TIMES
from crm.web.forms.picks import picks

if TYPE_CHECKING:
    from datetime import date

ANSWERS = {
    "times": "I’d like to talk",
    "found": "I’ve found someone",
    "not_now": "Not now",
}
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


class PersonPageForm(Form):
    """An answer, and what goes with it."""

    answer = RadioField("Where are you with this?", choices=picks(ANSWERS), default="times")
    days = SelectMultipleField("Which days are good?", choices=DAYS, validate_choice=False)
    times = SelectMultipleField("What time of day?", choices=FREE_TIMES, validate_choice=False)
    by = RadioField("How shall we talk?", choices=["Phone", "Video"], default="Phone")
    again = SelectField("If it’s “not now”: may I write again?", validate_choice=False)
    message = TextAreaField(
        "Anything I should know?",
        filters=[tidy_text],
        validators=[Length(max=MESSAGE_LIMIT, message="A little shorter, please.")],
    )

    def offer_months(self, today: date) -> None:
        """The months of a year from now, the nearest first."""
        self._months = {month.key: month for month in coming_months(today)}
        self.again.choices = [("", "No, thank you"), *((key, m.words) for key, m in self._months.items())]

    @property
    def month(self) -> Month | None:
        """When they want to hear again, if they said "not now" and a month that was offered."""
        return self._months.get(self.again.data or "") if self.answer.data == "not_now" else None

    @property
    def in_words(self) -> str:
        """The answer as a note from them, as it stands in the story."""
        not_now = f"Not now. Please write again in {self.month.words}." if self.month else "Not now."
        words = {"found": "I’ve found someone.", "not_now": not_now}.get(self.answer.data, self._wish)
        return f"{words}\n\n{self.message.data}" if self.message.data else words

    @property
    def _wish(self) -> str:
        days = ", ".join(day for day in DAYS if day in (self.days.data or []))
        times = ", ".join(time.lower() for time in FREE_TIMES if time in (self.times.data or []))
        suits = (
            " in the ".join(part for part in (days or "any day", times) if part)
            if times
            else days or "any day"
        )
        return f"I’d like to talk, by {(self.by.data or 'Phone').lower()}. Good for me: {suits}."
