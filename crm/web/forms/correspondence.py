"""What the owner writes: to a person, or down for himself."""

from __future__ import annotations

from wtforms import Form, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from crm.models import CallResult, DraftKind
from crm.rules.intake import clean, clean_line
from crm.web.forms.picks import picks

SUBJECT_LIMIT = 150
LETTER_LIMIT = 20_000
KEY = r"[A-Za-z0-9_-]{16,64}\Z"
KEEP, NOTHING = "keep", "nothing"
AFTER = {KEEP: "keep following up", NOTHING: "do nothing"}
RESULT_WORDS = {
    CallResult.SPOKE: "We talked",
    CallResult.VOICEMAIL: "Left a voicemail",
    CallResult.NO_ANSWER: "Nobody answered",
}


def _text(typed: str | None) -> str:
    return clean(typed or "", LETTER_LIMIT + 1)


def _line(typed: str | None) -> str:
    return clean_line(typed or "")


class ReplyForm(Form):
    """A letter. `key` is made with the form, so that a double click sends once."""

    subject = StringField(
        "Subject",
        filters=[_line],
        validators=[Length(max=SUBJECT_LIMIT, message="That subject is too long.")],
    )
    words = TextAreaField(
        "Message",
        filters=[_text],
        validators=[
            DataRequired("Write something first."),
            Length(max=LETTER_LIMIT, message="That is longer than an email should be."),
        ],
    )
    after = SelectField("If they don’t answer", choices=picks(AFTER), default=KEEP, validators=[Optional()])
    key = HiddenField(validators=[Optional(), Regexp(KEY, message="Send it once more.")])


class NoteForm(Form):
    """A note to himself."""

    words = TextAreaField(
        "Note",
        filters=[_text],
        validators=[
            DataRequired("Write something first."),
            Length(max=LETTER_LIMIT, message="That is longer than a note can be here."),
        ],
    )


class CallForm(Form):
    """What came of a call he made."""

    result = RadioField(
        "What came of it?",
        choices=picks(RESULT_WORDS),
        validators=[InputRequired("Say what came of it.")],
    )
    words = TextAreaField(
        "Note",
        filters=[_text],
        validators=[Length(max=LETTER_LIMIT, message="That is longer than a note can be here.")],
    )


class DraftForm(Form):
    """What is typed and not sent yet."""

    kind = SelectField(choices=picks({kind: kind for kind in DraftKind}), default=str(DraftKind.REPLY))
    subject = StringField(filters=[_line])
    words = TextAreaField(filters=[_text])
