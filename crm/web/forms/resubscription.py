"""How somebody asked to be written to again."""

from __future__ import annotations

from wtforms import Form, TextAreaField
from wtforms.validators import DataRequired, Length

from crm.web.forms.checks import tidy_text

LIMIT = 2_000


class ResubscriptionForm(Form):
    """In words, because nobody else may lift what they wished."""

    words = TextAreaField(
        "When and how did they ask?",
        filters=[tidy_text],
        validators=[
            DataRequired("Write down how they asked, such as “On the phone on Tuesday”."),
            Length(max=LIMIT, message="That is very long. The beginning is enough."),
        ],
    )
