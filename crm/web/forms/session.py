"""Signing in, and the owner's first account."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from crm.flows.guessable import weakness
from crm.web.forms.checks import deliverable, tidy
from crm.web.forms.zones import ZONES

TOO_LONG = "That is longer than it can be here. A hundred characters are the most."


class SignInForm(FlaskForm):
    """The pair that opens the practice."""

    email = EmailField("Email", filters=[tidy])
    password = PasswordField("Password")


class ForgottenForm(FlaskForm):
    """Where the link goes, if somebody signs in with that address."""

    email = EmailField(
        "Email",
        filters=[tidy],
        validators=[DataRequired("Which address do you sign in with?"), Length(max=320, message=TOO_LONG)],
    )


class NewPasswordForm(FlaskForm):
    """A password by somebody who came with a link. `known`: words everybody can read about them."""

    password = PasswordField("New password", validators=[InputRequired("Choose one you use nowhere else.")])

    def __init__(self, *given: object, known: tuple[str, ...] = (), **more: object) -> None:
        super().__init__(*given, **more)
        self.known = known

    def validate_password(self, field: PasswordField) -> None:
        if weak := weakness(field.data, *self.known):
            raise ValidationError(weak)


class JoiningForm(NewPasswordForm):
    """Somebody who was invited."""

    name = StringField(
        "Your name",
        filters=[tidy],
        validators=[DataRequired("What do people call you?"), Length(max=100, message=TOO_LONG)],
    )

    def validate_password(self, field: PasswordField) -> None:
        self.known = (*self.known, self.name.data or "")
        super().validate_password(field)


class SetupForm(FlaskForm):
    """The owner's account and the least a practice needs to write to people."""

    name = StringField(
        "Your name",
        filters=[tidy],
        validators=[DataRequired("What do people call you?"), Length(max=100, message=TOO_LONG)],
    )
    practice_name = StringField(
        "Practice name",
        filters=[tidy],
        validators=[DataRequired("What stands on your door?"), Length(max=100, message=TOO_LONG)],
    )
    email = EmailField(
        "Email", filters=[tidy], validators=[DataRequired("You need one to sign in."), deliverable]
    )
    zone = SelectField("Your time zone", choices=ZONES, default="America/Los_Angeles")
    password = PasswordField("Password", validators=[InputRequired("Choose one you use nowhere else.")])

    def validate_password(self, field: PasswordField) -> None:
        known = (self.name.data or "", self.practice_name.data or "", self.email.data or "")
        if weak := weakness(field.data, *known):
            raise ValidationError(weak)
