"""The forms of Settings for how much goes out: to one person, and through the account."""

from __future__ import annotations

from wtforms import Form, IntegerField
from wtforms.validators import NumberRange, Optional

MOST = 100_000
"""More than any account a practice has."""


class WholeField(IntegerField):
    """A whole number. What is none is told in our words, and stays in the field as it was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([typed.strip() for typed in valuelist])
        except ValueError:
            raise ValueError("It should be a whole number, such as 3.") from None


class PaceForm(Form):
    """How often one person gets a follow-up."""

    gap_days = WholeField(
        "Days between two follow-ups, at least",
        validators=[NumberRange(1, 60, message="It should be a number from 1 to 60.")],
    )
    weekly_cap = WholeField(
        "Follow-ups in seven days, at most",
        validators=[NumberRange(1, 7, message="It should be a number from 1 to 7.")],
    )


class LimitsForm(Form):
    """What the sending account takes. An empty field is no limit."""

    hourly_limit = WholeField(
        "Emails an hour, at most",
        validators=[
            Optional(),
            NumberRange(1, MOST, message="It should be 1 or more, or empty for no limit."),
        ],
    )
    daily_limit = WholeField(
        "Emails in 24 hours, at most",
        validators=[
            Optional(),
            NumberRange(1, MOST, message="It should be 1 or more, or empty for no limit."),
        ],
    )
