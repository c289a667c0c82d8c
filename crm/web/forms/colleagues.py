"""A colleague of the directory: who they are, how people reach them, and what only the practice knows."""

from __future__ import annotations

import re
from dataclasses import fields

from wtforms import EmailField, Form, HiddenField, StringField, TelField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp, ValidationError

from crm.rules.referring import Card
from crm.web.forms.checks import callable_number, deliverable, one_line, tidy_text
from crm.web.forms.correspondence import KEY

LIMIT = 200
NOTES_LIMIT = 5_000
TOO_LONG = Length(max=LIMIT, message="Keep it to 200 characters.")
SITE = re.compile(r"(https?://)?[^\s/.@]+(\.[^\s/.@]+)+(/\S*)?", re.IGNORECASE)


def _a_page(_form: Form, field: StringField) -> None:
    """An address of the web as anybody writes it."""
    if field.data and not SITE.fullmatch(field.data):
        raise ValidationError(
            "That is no address of a page. One looks like noor.example or https://noor.example."
        )


class ColleagueForm(Form):
    """`nonce` is made with the form, so that a double click makes one colleague."""

    name = StringField("Name", filters=[one_line(LIMIT)], validators=[DataRequired("Who is it?"), TOO_LONG])
    focus = StringField("What they work with", filters=[one_line(LIMIT)], validators=[TOO_LONG])
    payers = StringField("Insurance they take", filters=[one_line(LIMIT)], validators=[TOO_LONG])
    fees = StringField("Fees", filters=[one_line(LIMIT)], validators=[TOO_LONG])
    phone = TelField("Phone", filters=[one_line(LIMIT)], validators=[TOO_LONG, callable_number])
    email = EmailField("Email", filters=[one_line(LIMIT)], validators=[TOO_LONG, deliverable])
    site = StringField("Website", filters=[one_line(LIMIT)], validators=[TOO_LONG, _a_page])
    notes = TextAreaField(
        "Notes",
        filters=[tidy_text],
        validators=[Length(max=NOTES_LIMIT, message="Keep it to 5,000 characters.")],
    )
    nonce = HiddenField(validators=[Optional(), Regexp(KEY, message="Send it once more.")])

    @property
    def card(self) -> Card:
        return Card(**{each.name: self[each.name].data or "" for each in fields(Card)})
