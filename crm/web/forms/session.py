"""Signing in, and the owner's first account."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from crm.web.forms.checks import deliverable, tidy
from crm.web.forms.zones import ZONES


class SignInForm(FlaskForm):
    """The pair that opens the practice."""

    email = EmailField("Email", filters=[tidy])
    password = PasswordField("Password")


class SetupForm(FlaskForm):
    """The owner's account and the least a practice needs to write to people."""

    name = StringField(
        "Your name", filters=[tidy], validators=[InputRequired("What do people call you?"), Length(max=100)]
    )
    practice_name = StringField(
        "Practice name",
        filters=[tidy],
        validators=[InputRequired("It stands on your form and under every email."), Length(max=100)],
    )
    email = EmailField(
        "Email",
        filters=[tidy],
        validators=[InputRequired("You sign in with it, and replies come here."), deliverable],
    )
    zone = SelectField("Your time zone", choices=ZONES, default="America/Los_Angeles")
    password = PasswordField(
        "Password",
        validators=[
            InputRequired("Choose one you use nowhere else."),
            Length(
                min=12, max=1000, message="Use at least twelve characters. A few words in a row work well."
            ),
        ],
    )
