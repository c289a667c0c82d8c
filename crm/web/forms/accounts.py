"""Who signs in, as what, and with which passkeys."""

from __future__ import annotations

from typing import NamedTuple

from wtforms import EmailField, Form, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from crm.flows.entry_links import Guest
from crm.rules.roles import Role
from crm.web.forms.checks import deliverable, tidy
from crm.web.forms.picks import picks
from crm.web.forms.session import TOO_LONG


class PasskeyForm(Form):
    """A passkey and what it is called. `credential`: what the browser made, as it says it."""

    name = StringField(
        "Its name",
        filters=[tidy],
        validators=[DataRequired("What will you know it by?"), Length(max=100, message=TOO_LONG)],
    )
    credential = HiddenField()


class RoleWords(NamedTuple):
    """A role on screen: its name, what one is, and what they see."""

    name: str
    article: str
    sees: str


ROLE_WORDS = {
    Role.OWNER: RoleWords("Owner", "an owner", "Everything, and who signs in"),
    Role.COORDINATOR: RoleWords("Intake coordinator", "the intake coordinator", "Everybody who writes"),
    Role.CLINICIAN: RoleWords("Clinician", "a clinician", "Their own people"),
    Role.ASSISTANT: RoleWords("Assistant", "an assistant", "Names, times and stages, not messages or notes"),
    Role.READ_ONLY: RoleWords("Read only", "somebody who reads", "Looks, and changes nothing"),
}


class RoleForm(Form):
    """What somebody is in the practice."""

    role = SelectField("Role", choices=picks({role: words.name for role, words in ROLE_WORDS.items()}))


class InvitationForm(RoleForm):
    """Whom the owner asks to sign in here."""

    name = StringField(
        "Name",
        filters=[tidy],
        validators=[DataRequired("What do people call them?"), Length(max=100, message=TOO_LONG)],
    )
    email = EmailField(
        "Email", filters=[tidy], validators=[DataRequired("Where should the invitation go?"), deliverable]
    )
    role = SelectField(
        "Role",
        default=Role.ASSISTANT,
        choices=picks({role: words.name for role, words in ROLE_WORDS.items()}),
    )

    @property
    def guest(self) -> Guest:
        return Guest((self.email.data or "").lower(), self.name.data or "", Role(self.role.data))
