"""Referring somebody to colleagues: whom, and the letter that names them."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    SearchField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, Regexp, ValidationError

from crm.flows.correspondence import OwnLetter
from crm.rules.intake import clean, clean_line
from crm.rules.referring import NAMED_AT_MOST
from crm.rules.wording import Wording
from crm.web.forms.checks import row_id
from crm.web.forms.correspondence import KEY, LETTER_LIMIT, SUBJECT_LIMIT

WANTED_LIMIT = 100


class ReferralForm(Form):
    """`wanted` are words to look for. `to` are those chosen; `named` those who stand in the letter by now.

    `call` is the one after which somebody was found not to fit; `key` makes a double click one letter.
    The ids are its own, because its dialog lies over pages with other letters.
    """

    wanted = SearchField(
        "Who would suit them?",
        filters=[lambda typed: clean_line(typed or "", WANTED_LIMIT)],
    )
    to = SelectMultipleField("Colleagues", coerce=row_id, choices=[], validate_choice=False)
    send = BooleanField("Send the letter", id="letter-send")
    subject = StringField(
        "Subject",
        id="letter-subject",
        filters=[lambda typed: clean_line(typed or "")],
        validators=[Length(max=SUBJECT_LIMIT, message="That subject is too long.")],
    )
    words = TextAreaField(
        "Your letter",
        id="letter-words",
        filters=[lambda typed: clean(typed or "", LETTER_LIMIT + 1)],
        validators=[Length(max=LETTER_LIMIT, message="That is longer than an email should be.")],
    )
    named = HiddenField(id="letter-names")
    call = HiddenField(id="letter-call")
    key = HiddenField(id="letter-key", validators=[Optional(), Regexp(KEY, message="Send it once more.")])

    def validate_to(self, field: SelectMultipleField) -> None:
        if len(set(field.data or ())) > NAMED_AT_MOST:
            raise ValidationError("Three names are enough. Take one out.")

    def validate_words(self, field: TextAreaField) -> None:
        if self.send.data and not (field.data or "").strip():
            raise ValidationError("Write something first, or don’t send it.")

    def validate_subject(self, field: StringField) -> None:
        if self.send.data and not field.data:
            raise ValidationError("An email has a subject.")

    @property
    def chosen(self) -> list[int]:
        """At most three, each once."""
        return list(dict.fromkeys(self.to.data or ()))[:NAMED_AT_MOST]

    @property
    def in_the_letter(self) -> list[int]:
        return [each for each in map(row_id, (self.named.data or "").split(",")) if each]

    @property
    def call_id(self) -> int:
        return row_id(self.call.data or "")

    @property
    def letter(self) -> OwnLetter | None:
        """None where none goes."""
        if not self.send.data:
            return None
        wording = Wording(self.subject.data or "", "", self.words.data or "")
        return OwnLetter(wording, keep_following_up=False, key=self.key.data or "")
