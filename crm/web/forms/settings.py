"""What the owner sets, a form for each card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from wtforms import (
    BooleanField,
    EmailField,
    Form,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from crm.flows.guessable import weakness
from crm.models import FollowUpPolicy
from crm.rules.promises import SCREEN_WORDS, Promise
from crm.rules.windows import Absence
from crm.web.forms.checks import deliverable, tidy, tidy_text
from crm.web.forms.fields import DayField, WallTimeField
from crm.web.forms.picks import picks
from crm.web.forms.session import TOO_LONG
from crm.web.forms.zones import ZONES

WEEKDAYS = picks(
    {str(day): name for day, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))}
)
LONGEST_ABSENCE = timedelta(days=366)
_SITE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?::[0-9]{1,5})?")


class PracticeForm(Form):
    """Who the practice is. Field names are the practice's own."""

    name = StringField(
        "Practice name",
        filters=[tidy],
        validators=[DataRequired("What stands on your door?"), Length(max=100, message=TOO_LONG)],
    )
    signer = StringField(
        "You sign emails as",
        filters=[tidy],
        validators=[DataRequired("How do your letters end?"), Length(max=100, message=TOO_LONG)],
    )
    office_address = StringField("Office address", filters=[tidy], validators=[Length(max=300)])
    locality = StringField("Where you are", filters=[tidy], validators=[Length(max=100, message=TOO_LONG)])
    zone_name = SelectField("Your time zone", choices=ZONES)
    promise = SelectField("You promise to answer within", choices=picks(SCREEN_WORDS))

    @property
    def promised(self) -> Promise:
        return Promise(self.promise.data)


class DailyNoteForm(Form):
    """When the note of the day comes; empty for none."""

    daily_note_at = WallTimeField("Your day, by email, at", validators=[Optional()])


class ChecklistForm(Form):
    """His own list for a bad moment."""

    crisis_checklist = TextAreaField(
        "Your list",
        filters=[tidy_text],
        validators=[
            Length(max=5000, message="Keep it short enough to read in that moment: 5,000 characters.")
        ],
    )


class SenderForm(Form):
    """Who emails come from."""

    sender_name = StringField(
        "Shown as",
        filters=[tidy],
        validators=[DataRequired("Whose name should people see?"), Length(max=100, message=TOO_LONG)],
    )
    sender_address = EmailField(
        "Email address",
        filters=[tidy],
        validators=[DataRequired("Which address do you write from?"), deliverable],
    )


class HoursForm(Form):
    """When follow-ups may leave."""

    weekdays = SelectMultipleField("Days", coerce=int, choices=WEEKDAYS)
    opens = WallTimeField("From", validators=[InputRequired("From when?")])
    closes = WallTimeField("to", validators=[InputRequired("Until when?")])
    rests_on_holidays = BooleanField("Not on federal holidays")

    def validate_weekdays(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(
                "Choose at least one day. To stop everything, use “Hold everything” instead."
            )

    def validate_closes(self, field: WallTimeField) -> None:
        if self.opens.data and field.data and field.data <= self.opens.data:
            raise ValidationError("It should be later than the first time.")


class AbsenceForm(Form):
    """Whole days on which nothing goes out."""

    away_from = DayField("First day", validators=[Optional()])
    away_until = DayField("Last day", validators=[Optional()])

    def validate(self, extra_validators: dict[str, Sequence[Any]] | None = None) -> bool:
        """One thing is wrong at a time, and it is about both days."""
        is_fine = super().validate(extra_validators)
        trouble = _what_is_wrong(self.away_from.data, self.away_until.data)
        if trouble:
            self.away_until.errors = [trouble]
        return bool(is_fine and not trouble)

    @property
    def absence(self) -> Absence:
        return Absence(self.away_from.data, self.away_until.data)


class FormForm(Form):
    """How the public form asks, and where it stands."""

    website = StringField("Your website", filters=[tidy], validators=[Length(max=200)])
    follow_up_policy = RadioField(
        "How your forms ask about follow-ups",
        choices=picks(
            {FollowUpPolicy.NOTICE: "A sentence says so", FollowUpPolicy.ASK_FIRST: "A box asks first"}
        ),
    )

    def validate_website(self, field: StringField) -> None:
        if field.data and site_address(field.data) is None:
            raise ValidationError("It should read like springstreet.example or https://springstreet.example.")

    @property
    def site(self) -> str:
        return site_address(self.website.data or "") or ""


class AccountForm(Form):
    """Who signs in."""

    name = StringField(
        "Your name",
        filters=[tidy],
        validators=[DataRequired("What do people call you?"), Length(max=100, message=TOO_LONG)],
    )
    email = EmailField(
        "Email",
        filters=[tidy],
        validators=[DataRequired("You need one to sign in."), deliverable],
    )
    password = PasswordField("Your password")


class PasswordForm(Form):
    """A new password, by someone who knows the old one."""

    current = PasswordField("Password now", validators=[InputRequired("The one you sign in with today.")])
    new = PasswordField("New password", validators=[InputRequired("Choose one you use nowhere else.")])

    def __init__(self, *posted: object, known: tuple[str, ...] = ()) -> None:
        super().__init__(*posted)
        self.known = known

    def validate_new(self, field: PasswordField) -> None:
        if weak := weakness(field.data, *self.known):
            raise ValidationError(weak)
        if field.data == self.current.data:
            raise ValidationError("That is the one you have. Choose another.")


def site_address(typed: str) -> str | None:
    """https://springstreet.example from any way to write it; None when it can't be a website."""
    with_scheme = typed if re.match(r"https?://", typed, re.IGNORECASE) else f"https://{typed}"
    try:
        parts = urlsplit(with_scheme)
        host = parts.netloc.lower().encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if not _SITE.fullmatch(host) or ("." not in host and not host.startswith("localhost")):
        return None
    path = parts.path.rstrip("/")
    return f"{parts.scheme.lower()}://{host}{path}" if re.fullmatch(r"[\w/.~%-]*", path) else None


def _what_is_wrong(first: date | None, last: date | None) -> str | None:
    if first is None or last is None:
        return "Which days? Say the first and the last day you’re away."
    if last < first:
        return "The last day is before the first."
    if last - first > LONGEST_ABSENCE:
        return "That is more than a year. To stop everything, use “Hold everything” instead."
    return None
