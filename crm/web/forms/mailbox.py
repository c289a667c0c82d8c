"""Which mail provider hands over what comes in, and what it signs with."""

from __future__ import annotations

from collections.abc import Collection

from wtforms import Form, PasswordField, SelectField
from wtforms.validators import DataRequired, Length

from crm.rules.providers import ProviderKind
from crm.web.forms.checks import tidy
from crm.web.forms.picks import picks
from crm.web.forms.session import TOO_LONG
from crm.web.mail_words import PROVIDER_WORDS


class NewProviderForm(Form):
    """One that is not connected yet."""

    kind = SelectField("Who takes your mail?", choices=picks(PROVIDER_WORDS))

    def offer(self, but: Collection[ProviderKind]) -> None:
        """Each once."""
        self.kind.choices = picks({kind: words for kind, words in PROVIDER_WORDS.items() if kind not in but})


class SigningKeyForm(Form):
    """Mailgun's."""

    signing_secret = PasswordField(
        "HTTP webhook signing key",
        filters=[tidy],
        validators=[
            DataRequired("Mailgun shows it in its account settings."),
            Length(max=200, message=TOO_LONG),
        ],
    )
