"""What the owner sets about the front door: his own crisis phrases, a text to try, and what he teaches."""

from __future__ import annotations

from wtforms import Field, Form, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from crm.rules.crisis_phrases import OWN_AT_MOST, own_phrase, why_not
from crm.rules.intake import MESSAGE_LIMIT
from crm.web.forms.checks import tidy_text


def readable(_form: Form, field: Field) -> None:
    """Each line is something that can be looked for."""
    own = phrases(field)
    if len(own) > OWN_AT_MOST:
        raise ValidationError(f"Up to {OWN_AT_MOST} phrases. These are {len(own)}.")
    if problem := next((problem for each in own if (problem := why_not(each))), None):
        raise ValidationError(problem)


def phrases(field: Field) -> list[str]:
    """What was typed, a phrase a line, each once."""
    lines = (own_phrase(line) for line in (field.data or "").splitlines())
    return list(dict.fromkeys(line for line in lines if line))


class OwnPhrasesForm(Form):
    """A phrase a line. `edition`: which rules they were changed from."""

    english = TextAreaField("In English", filters=[tidy_text], validators=[readable])
    spanish = TextAreaField("In Spanish", filters=[tidy_text], validators=[readable])
    edition = HiddenField()


class TrialForm(Form):
    """Any text, to see whether it would be read first. It is kept nowhere."""

    text = TextAreaField(
        "A note to try",
        validators=[
            InputRequired("Type or paste what somebody might write."),
            Length(max=MESSAGE_LIMIT, message="That is longer than any note can be."),
        ],
    )
