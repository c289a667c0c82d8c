"""An email being written: its subject, preview line and message."""

from __future__ import annotations

from wtforms import Form, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from crm.flows.writing import objections
from crm.rules.intake import clean
from crm.rules.wording import Wording
from crm.web.forms.checks import tidy

SUBJECT_LIMIT = 150
PREVIEW_LIMIT = 200
BODY_LIMIT = 60_000
"""Characters; a little more than an email may have, so that too much is told and not cut."""


def ends_with_a_line(text: str | None) -> str:
    """As the texts we ship are kept, so that opening and saving one changes nothing."""
    return f"{text}\n" if text else ""


class LetterForm(Form):
    """The three texts. `person` is whom the preview is for, `seen` the version that was opened."""

    subject = StringField(
        "Subject",
        filters=[tidy],
        validators=[
            DataRequired("An email needs a subject."),
            Length(max=SUBJECT_LIMIT, message="That is too long for a subject."),
        ],
    )
    preview = StringField(
        "Preview line",
        filters=[tidy],
        validators=[Length(max=PREVIEW_LIMIT, message="That is too long for one line.")],
    )
    body = TextAreaField(
        "Message",
        filters=[lambda text: clean(text or "", BODY_LIMIT)],
        validators=[DataRequired("Write something first.")],
    )
    person = IntegerField(validators=[Optional()])
    template = IntegerField(validators=[Optional()])
    seen = HiddenField()

    @property
    def wording(self) -> Wording:
        return Wording(self.subject.data or "", self.preview.data or "", ends_with_a_line(self.body.data))

    def holds_together(self) -> bool:
        """Whether it can be saved: filled in, and with no unknown blank or forbidden construct.

        What is wrong stands beside the field it is wrong in.
        """
        fine = bool(self.validate())
        for problem in objections(self.wording):
            field, fine = self[problem.where], False
            field.errors = [*field.errors, problem.message]
        return fine
