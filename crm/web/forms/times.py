"""What somebody chooses on the page of times, and what they write where none of them fits."""

from __future__ import annotations

from datetime import UTC, datetime

from wtforms import Form, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from crm.models import Medium
from crm.rules.intake import MESSAGE_LIMIT
from crm.rules.zones import places
from crm.web.forms.checks import callable_number, e164, one_line, tidy_text

LINE = 200
YEARS = range(2000, 3000)
"""Beyond these no sum with a day is a day of the calendar."""


class TimesForm(Form):
    """A time, how to talk, and where to be rung. Its choices of times are the page's own."""

    at = HiddenField(validators=[InputRequired("Choose a time first.")])
    by = RadioField(choices=[], validators=[InputRequired("By phone or by video?")])
    number = StringField("Your phone number", filters=[one_line(40)], validators=[callable_number])
    zone = HiddenField()
    nonce = HiddenField()

    asks_number = False

    def offer(self, media: tuple[Medium, ...], *, asks_number: bool) -> None:
        """The ways they may choose from, and whether a number is needed to be rung."""
        self.by.choices = [(str(medium), str(medium)) for medium in media]
        self.by.data = self.by.data if self.by.data in tuple(media) else str(media[0])
        self.asks_number = asks_number

    def validate_number(self, field: StringField) -> None:
        if self.asks_number and self.by.data == Medium.PHONE and not field.data:
            raise ValidationError("Where shall I call you? It reads like (213) 555-0148.")

    def validate_at(self, field: HiddenField) -> None:
        if self.starts_at is None:
            raise ValidationError("Choose a time first.")
        del field

    @property
    def starts_at(self) -> datetime | None:
        """The instant that was chosen, as its radio says it."""
        try:
            chosen = datetime.strptime(self.at.data or "", "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
        except ValueError:
            return None
        return chosen if chosen.year in YEARS else None

    @property
    def zone_name(self) -> str | None:
        return self.zone.data if self.zone.data in places() else None

    @property
    def as_e164(self) -> str:
        return e164(self.number.data or "") or ""


class WishesForm(Form):
    """Up to three times that would suit, in their own words."""

    first = StringField(
        "A time that suits you",
        filters=[one_line(LINE)],
        validators=[
            InputRequired("Say one time at least."),
            Length(max=LINE, message="A little shorter, please."),
        ],
    )
    second = StringField(
        "Another",
        filters=[one_line(LINE)],
        validators=[Length(max=LINE, message="A little shorter, please.")],
    )
    third = StringField(
        "And another",
        filters=[one_line(LINE)],
        validators=[Length(max=LINE, message="A little shorter, please.")],
    )
    message = TextAreaField(
        "Anything I should know?",
        filters=[tidy_text],
        validators=[Length(max=MESSAGE_LIMIT, message="A little shorter, please.")],
    )

    @property
    def in_words(self) -> str:
        """As a note from them, as it stands in the story."""
        windows = [each.data for each in (self.first, self.second, self.third) if each.data]
        words = "None of the times fit. What would: " + "; ".join(windows) + "."
        return f"{words}\n\n{self.message.data}" if self.message.data else words
