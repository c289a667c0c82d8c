"""What a person can say on their own page, without an account and without writing an email."""

from __future__ import annotations

from wtforms import Form, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import Length

from crm.rules.intake import MESSAGE_LIMIT
from crm.web.forms.checks import tidy_text
from crm.web.forms.consultation import FREE_TIMES
from crm.web.forms.picks import picks

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
    message = TextAreaField(
        "Anything I should know?",
        filters=[tidy_text],
        validators=[Length(max=MESSAGE_LIMIT, message="A little shorter, please.")],
    )

    @property
    def in_words(self) -> str:
        """The answer as a note from them, as it stands in the story."""
        words = {"found": "I’ve found someone.", "not_now": "Not now."}.get(self.answer.data, self._wish)
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
