"""How a clinician takes calls: hours of the week, days that differ, how long, how soon and by what means."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from wtforms import (
    BooleanField,
    Field,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from crm.models import Confirms
from crm.rules.hour_words import EXAMPLE, NotRead, read_hours
from crm.rules.slots import Hours, Week
from crm.web.forms.checks import callable_number, e164, tidy, tidy_text
from crm.web.forms.fields import DayField
from crm.web.forms.picks import picks
from crm.web.forms.zones import ZONES

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST = 40
CONFIRMS_WORDS = {
    Confirms.AT_ONCE: "It is agreed at once",
    Confirms.ASKED: "I say yes to each",
}
TOO_LONG = "A little shorter, please."


def _readable(_form: Form, field: Field) -> None:
    try:
        read_hours(field.data or "")
    except NotRead as why:
        raise ValidationError(str(why)) from None


def _day(name: str) -> StringField:
    return StringField(name, filters=[tidy], validators=[Length(max=200, message=TOO_LONG), _readable])


class WeekForm(Form):
    """A line for each weekday."""

    day0, day1, day2, day3, day4, day5, day6 = map(_day, WEEKDAYS)

    @property
    def days(self) -> list[Any]:
        return [self[f"day{weekday}"] for weekday in range(7)]

    @property
    def week(self) -> Week:
        return Week.of(
            (weekday, each) for weekday, day in enumerate(self.days) for each in read_hours(day.data or "")
        )


class SpecialDaysForm(Form):
    """Days that differ. Without hours no calls are taken on them."""

    first = DayField("From", validators=[InputRequired("Which day?")])
    last = DayField("Until, and including", validators=[Optional()])
    hours = StringField(
        "Hours on these days", filters=[tidy], validators=[Length(max=200, message=TOO_LONG), _readable]
    )

    def validate_last(self, field: DayField) -> None:
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError("That is before the first day.")

    @property
    def stretches(self) -> list[Hours | None]:
        """One row each; a day without calls is a row, too."""
        return list(read_hours(self.hours.data or "")) or [None]


def _number(words: str, least: int, most: int, hint: str) -> IntegerField:
    return IntegerField(words, validators=[InputRequired(hint), NumberRange(least, most, message=hint)])


class MannerForm(Form):
    """How long, how soon, how many."""

    length_minutes = _number("A call takes, in minutes", 5, 240, "It should be from 5 to 240 minutes.")
    pause_before = _number("Keep free before, in minutes", 0, 240, "It should be from 0 to 240 minutes.")
    pause_after = _number("Keep free after, in minutes", 0, 240, "It should be from 0 to 240 minutes.")
    notice_hours = _number("Not sooner than, in hours", 0, 720, "It should be from 0 to 720 hours.")
    horizon_days = _number("Not later than, in days", 1, 365, "It should be from 1 to 365 days.")
    most_per_day = IntegerField(
        "At most so many a day",
        validators=[
            Optional(),
            NumberRange(1, MOST, message="It should be from 1 to 40, or empty for no limit."),
        ],
    )
    confirms = RadioField("When somebody chooses a time", choices=picks(CONFIRMS_WORDS))
    zone_name = SelectField("These hours are told by the clock of", choices=ZONES)


class WaysForm(Form):
    """By what means, and what people are told about it."""

    by_phone = BooleanField("By phone")
    by_video = BooleanField("By video")
    in_person = BooleanField("In person")
    phone_number = StringField(
        "A number they ring", filters=[tidy], validators=[Length(max=40, message=TOO_LONG), callable_number]
    )
    video_link = StringField(
        "Link to your video room", filters=[tidy], validators=[Length(max=500, message=TOO_LONG)]
    )
    address = StringField("Where you meet", filters=[tidy], validators=[Length(max=300, message=TOO_LONG)])
    instructions = TextAreaField(
        "What they should know", filters=[tidy_text], validators=[Length(max=600, message=TOO_LONG)]
    )

    def validate_by_phone(self, field: BooleanField) -> None:
        if not (field.data or self.by_video.data or self.in_person.data):
            raise ValidationError("Choose one way to talk at least.")

    def validate_video_link(self, field: StringField) -> None:
        if self.by_video.data and not field.data:
            raise ValidationError("Paste the link people open to meet you.")
        if field.data and not _is_link(field.data):
            raise ValidationError("That isn’t a web address. One begins with https://.")

    def validate_address(self, field: StringField) -> None:
        if self.in_person.data and not field.data:
            raise ValidationError("Where do people find you?")

    @property
    def number(self) -> str:
        return e164(self.phone_number.data or "") or ""


class OwnCalendarForm(Form):
    """The private address of a calendar elsewhere."""

    url = StringField(
        "Its private address",
        filters=[tidy],
        validators=[InputRequired("Paste the address here."), Length(max=2000)],
    )


class CaldavForm(Form):
    """A calendar that asks who reads it."""

    server = StringField(
        "Its server, or the calendar itself",
        filters=[tidy],
        validators=[InputRequired("Where is it? One begins with https://."), Length(max=2000)],
    )
    username = StringField(
        "User", filters=[tidy], validators=[InputRequired("As whom is it read?"), Length(max=300)]
    )
    password = PasswordField(
        "Password of its own",
        validators=[InputRequired("Without a password nothing can be read."), Length(max=1000)],
    )


def _is_link(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme == "https" and "." in parts.netloc and " " not in text


HOURS_HINT = f"Like {EXAMPLE}. Empty: no calls."
