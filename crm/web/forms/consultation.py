"""The public form: a name, and an address or a number to answer to. The rest is up to them."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    EmailField,
    Form,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, ValidationError

from crm.rules.addresses import suggest
from crm.rules.intake import MESSAGE_LIMIT, NAME_LIMIT
from crm.web.forms.checks import callable_number, deliverable, e164, tidy, tidy_text
from crm.web.forms.picks import picks

FREE_TIMES = ["Mornings", "Midday", "Late afternoon", "Evenings"]
FOUND_US = [
    "An article on this site",
    "A search",
    "Psychology Today",
    "A friend or family member",
    "A colleague’s referral",
    "Somewhere else",
]
PERSONAL_ONLY = "Only answer me yourself, please"
AGREED = "If we lose touch, you may send me up to three more notes. Each has a link to stop."
NOTICE = "If we lose touch, I may send up to three more notes. Each has a link to stop."


class ConsultationForm(Form):
    """What a visitor types. It carries its own signed token, so it needs no cookie."""

    name = StringField(
        "Your name",
        filters=[tidy],
        validators=[
            DataRequired("What should I call you? A first name is enough."),
            Length(max=NAME_LIMIT, message="That is longer than a name can be here. A short form is fine."),
        ],
    )
    email = EmailField("Email", filters=[tidy])
    kept_email = HiddenField(filters=[tidy])
    proof = HiddenField()
    phone = TelField("Phone", filters=[tidy])
    free_times = SelectMultipleField("When are you usually free?", choices=FREE_TIMES, validate_choice=False)
    message = TextAreaField(
        "What brings you here?",
        filters=[tidy_text],
        validators=[
            Length(
                max=MESSAGE_LIMIT,
                message="That is longer than I can take in one note. The first pages are plenty.",
            )
        ],
    )
    found_us = SelectField(
        "How did you find me?", choices=picks({w: w for w in ("", *FOUND_US)}), validate_choice=False
    )
    personal_only = BooleanField(PERSONAL_ONLY)
    agreed = BooleanField(AGREED)
    website = StringField("Leave this empty")
    token = HiddenField()
    page = HiddenField(filters=[tidy])
    article = HiddenField(filters=[tidy])
    button = HiddenField(filters=[tidy])
    embed = HiddenField()
    zone = HiddenField(filters=[tidy])

    def validate_email(self, field: EmailField) -> None:
        """Something to answer to. A domain that looks mistyped is asked about once, then believed."""
        if not field.data and not self.phone.data:
            raise ValidationError("How can I reach you? An email address or a phone number is enough.")
        sure = field.data == self.kept_email.data and suggest(field.data or "")
        if not sure and not self.has_phone:
            deliverable(self, field)

    def validate_phone(self, field: TelField) -> None:
        if not self.has_email:
            callable_number(self, field)

    @property
    def has_phone(self) -> bool:
        return e164(self.phone.data or "") is not None

    @property
    def has_email(self) -> bool:
        """Whether mail could go to what was typed."""
        try:
            deliverable(self, self.email)
        except ValueError:
            return bool(
                self.email.data and suggest(self.email.data) and self.email.data == self.kept_email.data
            )
        return bool(self.email.data)
