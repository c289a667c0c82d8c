"""What the owner types about a person: who they are, and how one of their emails should read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import (
    EmailField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from crm.flows.acquaintance import Contact
from crm.models import CallResult
from crm.rules.addresses import suggest
from crm.rules.intake import FIELD_LIMIT, MESSAGE_LIMIT, NAME_LIMIT
from crm.web.forms.checks import callable_number, deliverable, e164, national, tidy, tidy_text, zone_of
from crm.web.forms.picks import picks
from crm.web.forms.zones import ZONES

if TYPE_CHECKING:
    from wtforms import Field

    from crm.models import Lead

CAME_BY = [
    "They called",
    "They emailed",
    "A colleague’s referral",
    "A friend or family member",
    "Psychology Today",
]
NO_CALL = ""
CALLS = {
    NO_CALL: "Not yet",
    str(CallResult.SPOKE): "We talked",
    str(CallResult.VOICEMAIL): "Left a voicemail",
    str(CallResult.NO_ANSWER): "No answer",
}
NO_SEQUENCE = {"": "send nothing"}
SAME_AS_YOURS = SelectChoice("", "same as yours")
SHORT = Length(max=FIELD_LIMIT, message="That is longer than fits here. A note has room for it.")


class WhoForm(Form):
    """How someone is called and reached. An address that looks mistyped is asked about once."""

    name = StringField(
        "Name",
        filters=[tidy],
        validators=[
            InputRequired("What are they called? A first name is enough."),
            Length(max=NAME_LIMIT, message="That is longer than a name can be here."),
        ],
    )
    email = EmailField("Email", filters=[tidy])
    kept_email = HiddenField(filters=[tidy])
    phone = TelField("Phone", filters=[tidy])
    found_us = StringField("How they came to you", filters=[tidy], validators=[SHORT])

    def validate_email(self, field: Field) -> None:
        if not field.data and not self.phone.data:
            raise ValidationError("An email address or a phone number is needed, to know who this is.")
        if not (field.data == self.kept_email.data and suggest(field.data or "")):
            deliverable(self, field)

    def validate_phone(self, field: Field) -> None:
        """A number that could not be read before may stay as it is."""
        if field.data != national(field.object_data):
            callable_number(self, field)

    @property
    def number(self) -> str:
        return e164(self.phone.data or "") or self.phone.data or ""


class NewPersonForm(WhoForm):
    """Someone who came another way than by the form."""

    note = TextAreaField(
        "A note",
        filters=[tidy_text],
        validators=[
            Length(max=MESSAGE_LIMIT, message="That is long for a note. The first pages are plenty.")
        ],
    )
    call = RadioField("Have you called them?", choices=picks(CALLS), default=NO_CALL)
    sequence = SelectField("Emails that go by themselves", default="", validate_choice=True)

    @property
    def contact(self) -> Contact:
        zone = zone_of(self.phone.data or "") or ""
        return Contact(
            self.name.data, self.email.data, self.number, found_us=self.found_us.data, zone_name=zone
        )


class ContactForm(WhoForm):
    """Everything that stands in the Contact card."""

    prefers = StringField("Prefers", filters=[tidy], validators=[SHORT])
    free_times = StringField("Free", filters=[tidy], validators=[SHORT])
    looking_for = StringField("Looking for", filters=[tidy], validators=[SHORT])
    zone_name = SelectField("Their time zone", filters=[tidy], choices=[SAME_AS_YOURS, *ZONES])

    @classmethod
    def of(cls, lead: Lead) -> ContactForm:
        form = cls(obj=lead)
        form.phone.data = national(lead.phone)
        return form

    @property
    def contact(self) -> Contact:
        return Contact(
            name=self.name.data,
            email=self.email.data,
            phone=self.number,
            prefers=self.prefers.data,
            free_times=self.free_times.data,
            found_us=self.found_us.data,
            looking_for=self.looking_for.data,
            zone_name=self.zone_name.data or "",
        )


class WordingForm(Form):
    """One email, for one person."""

    subject = StringField("Subject", filters=[tidy], validators=[InputRequired("An email needs a subject.")])
    # `preview` is the region that shows how it reads
    preview = StringField("Preview line", id="preview-line", filters=[tidy])
    body = TextAreaField(
        "Message",
        filters=[tidy_text],
        validators=[InputRequired("Write something first.")],
    )
