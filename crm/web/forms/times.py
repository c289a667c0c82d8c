"""What somebody chooses on the page of times, and what they write where none of them fits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from crm.models import Medium
from crm.rules.intake import MESSAGE_LIMIT
from crm.rules.zones import places
from crm.web.forms.checks import e164, one_line, tidy_text
from crm.web.forms.spoken import SpokenForm, not_over

LINE = 200
YEARS = range(2000, 3000)
"""Beyond these no sum with a day is a day of the calendar."""


class TimesForm(SpokenForm):
    """A time, how to talk, and where to be rung. Its choices of times are the page's own."""

    at = HiddenField()
    by = RadioField(choices=[], validate_choice=False)
    number = StringField(filters=[one_line(40)])
    zone = HiddenField()
    nonce = HiddenField()

    asks_number = False

    def __init__(self, *posted: Any, **more: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(*posted, **more)
        self.call(number=self.words.times.your_number)

    def offer(self, media: tuple[Medium, ...], *, asks_number: bool) -> None:
        """The ways they may choose from, and whether a number is needed to be rung."""
        self.by.choices = [(str(medium), str(medium)) for medium in media]
        self.by.data = self.by.data if self.by.data in tuple(media) else str(media[0])
        self.asks_number = asks_number

    def validate_by(self, field: RadioField) -> None:
        if field.data not in {value for value, _ in field.choices}:
            raise ValidationError(self.words.times.which_way)

    def validate_number(self, field: StringField) -> None:
        self.check_number(field)
        if self.asks_number and self.by.data == Medium.PHONE and not field.data:
            raise ValidationError(self.words.times.where_to_call)

    def validate_at(self, field: HiddenField) -> None:
        if self.starts_at is None:
            raise ValidationError(self.words.times.choose_first)
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


class WishesForm(SpokenForm):
    """Up to three times that would suit, in their own words."""

    first = StringField(filters=[one_line(LINE)])
    second = StringField(filters=[one_line(LINE)])
    third = StringField(filters=[one_line(LINE)])
    message = TextAreaField(filters=[tidy_text])

    def __init__(self, *posted: Any, **more: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(*posted, **more)
        says = self.words.wishes
        self.call(first=says.first, second=says.second, third=says.third, message=says.anything)

    def validate_first(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(self.words.wishes.one_at_least)
        self._short(field)

    def validate_second(self, field: StringField) -> None:
        self._short(field)

    def validate_third(self, field: StringField) -> None:
        self._short(field)

    def validate_message(self, field: TextAreaField) -> None:
        not_over(field, MESSAGE_LIMIT, self.words.wishes.too_long)

    def _short(self, field: StringField) -> None:
        not_over(field, LINE, self.words.wishes.too_long)

    @property
    def in_words(self) -> str:
        """As a note from them, as it stands in the story."""
        windows = [each.data for each in (self.first, self.second, self.third) if each.data]
        words = "None of the times fit. What would: " + "; ".join(windows) + "."
        return f"{words}\n\n{self.message.data}" if self.message.data else words
