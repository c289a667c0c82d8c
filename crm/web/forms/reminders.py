"""What the owner means to do for someone, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import BooleanField, Form, RadioField, StringField
from wtforms.validators import DataRequired, Length, Optional

from crm.rules import later
from crm.web.forms.checks import tidy
from crm.web.forms.fields import DayField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from crm.rules.later import Offer
    from crm.rules.windows import SendingWindow

MOST = 200


class ReminderForm(Form):
    """The words, and one of the moments that "Later" offers, or a day: that one counts where it is given."""

    words = StringField(
        "What will you do?",
        filters=[tidy],
        validators=[
            DataRequired("Write a word or two, so that you know what it was."),
            Length(max=MOST, message=f"At most {MOST} letters, please. A note holds more."),
        ],
    )
    moment = RadioField("When?", validators=[Optional()], validate_choice=False)
    day = DayField("Or on a day", validators=[Optional()])
    off = BooleanField("Off Today until then")

    @classmethod
    def offering(cls, offers: Sequence[Offer], typed: Mapping[str, str] | None = None) -> ReminderForm:
        """With these moments to choose from; the first of another day is chosen."""
        form = cls(typed)
        form.moment.choices = [(str(offer.choice), offer.words) for offer in offers]
        if typed is None:
            form.moment.data = str(later.Later.TOMORROW)
        return form

    def due_at(self, now: datetime, window: SendingWindow) -> datetime | None:
        """When they are back; None, with the reason at the field, where it can't be set like that."""
        fine = self.validate()
        chosen = self.day.data.isoformat() if self.day.data else self.moment.data or ""
        due_at = later.until(chosen, now, window)
        if due_at is None and not self.day.errors:
            self.day.errors = ["Choose a day to come."]
        return due_at if fine else None
