"""A way in: what it is called, what stands at its other end, and what is known of whoever comes by it."""

from __future__ import annotations

from wtforms import Form, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from crm.rules.ways_in import SourceKind
from crm.web.forms.checks import tidy
from crm.web.forms.picks import picks
from crm.web.forms.session import TOO_LONG
from crm.web.ways_in_words import KIND_WORDS

NOBODY = ""


class NewSourceForm(Form):
    """What is needed to make one."""

    name = StringField(
        "What do you call it?",
        filters=[tidy],
        validators=[
            DataRequired("A name to know it by, such as “Contact page”."),
            Length(max=80, message=TOO_LONG),
        ],
    )
    kind = SelectField("What sends it?", choices=picks(KIND_WORDS), default=SourceKind.CONTACT_FORM_7.value)


class SourceForm(Form):
    """What is true of whoever comes in by it. The choices of people and plans come from the database."""

    name = NewSourceForm.name
    found_us = StringField(
        "They found you through", filters=[tidy], validators=[Length(max=200, message=TOO_LONG)]
    )
    account_id = SelectField("They are with")
    sequence_id = SelectField("What follows")

    def offer(self, accounts: dict[int, str], sequences: dict[int, str]) -> None:
        """Whose they can be, and what can follow."""
        self.account_id.choices = picks({NOBODY: "nobody in particular", **_by_number(accounts)})
        self.sequence_id.choices = picks({NOBODY: "what every inquiry starts", **_by_number(sequences)})


class SecretForm(Form):
    """The secret the builder signs with."""

    signing_secret = PasswordField(
        "Signing secret", filters=[tidy], validators=[Length(max=500, message=TOO_LONG)]
    )


def _by_number(names: dict[int, str]) -> dict[str, str]:
    return {str(number): name for number, name in names.items()}


def number_in(field: SelectField) -> int | None:
    """The chosen row’s id, none where nobody was chosen."""
    return int(field.data) if field.data else None
