"""A program that is told what happens: what it is called, where it is, and what it may hear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import BooleanField, Form, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from crm.flows.listeners import Wish
from crm.rules.dispatches import DispatchKind, Wants
from crm.web.forms.checks import tidy
from crm.web.forms.picks import picks
from crm.web.forms.session import TOO_LONG
from crm.web.listener_words import KINDS, SINCE

if TYPE_CHECKING:
    from crm.models import Listener


class ListenerForm(Form):
    """The address is checked by whoever asks, because that takes a look-up."""

    name = StringField(
        "What do you call it?",
        filters=[tidy],
        validators=[
            DataRequired("A name to know it by, such as “My spreadsheet”."),
            Length(max=80, message=TOO_LONG),
        ],
    )
    url = StringField(
        "Its address",
        filters=[lambda text: (text or "").strip()],
        validators=[DataRequired("Paste the address that your tool shows you. It begins with https://")],
    )
    tells = SelectMultipleField("Tell it when", choices=picks(KINDS), default=[str(kind) for kind in KINDS])
    with_contact = BooleanField("Also send their name, email address and phone number")
    with_words = BooleanField("Also send what they wrote")

    def validate_tells(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError("Choose at least one. To tell it nothing for a while, pause it.")

    @classmethod
    def of(cls, listener: Listener) -> ListenerForm:
        return cls(obj=listener)

    @property
    def wish(self) -> Wish:
        wants = Wants(contact=self.with_contact.data, words=self.with_words.data)
        kinds = tuple(DispatchKind(each) for each in self.tells.data)
        return Wish(self.name.data, self.url.data, kinds, wants)


class AgainForm(Form):
    """Since when what failed is told again."""

    since = SelectField("What failed", choices=picks(SINCE))
