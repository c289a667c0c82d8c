"""One question of a form being written, and the fields that its editor has elsewhere, too."""

from __future__ import annotations

import re

from wtforms import BooleanField, Form, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from crm.rules.intake import clean
from crm.rules.sheets import (
    CHOICE_LIMIT,
    CHOICES_AT_MOST,
    KNOWN,
    LABEL_LIMIT,
    OWN,
    SENTENCE_LIMIT,
    TEXT_LIMIT,
    WITH_CHOICES,
    Ask,
    Question,
)
from crm.web.forms.checks import one_line, tidy
from crm.web.forms.session import TOO_LONG

_OWN_KEY = re.compile(r"q[1-9]\d{0,3}", re.ASCII)


def several_lines(text: str | None) -> str:
    """Cleaned, and one character more than fits, so that too much is told and not cut."""
    return clean(text or "", TEXT_LIMIT + 1)


def one_line_of(label: str, limit: int, needed: str = "") -> StringField:
    needs = [DataRequired(needed)] if needed else []
    return StringField(
        label, filters=[one_line(limit)], validators=[*needs, Length(max=limit, message=TOO_LONG)]
    )


def a_sentence(label: str, needed: str) -> TextAreaField:
    """One sentence, in a box in which all of it can be read."""
    checks = [DataRequired(needed), Length(max=SENTENCE_LIMIT, message=TOO_LONG)]
    return TextAreaField(label, filters=[one_line(SENTENCE_LIMIT)], validators=checks)


def a_text(label: str) -> TextAreaField:
    return TextAreaField(
        label, filters=[several_lines], validators=[Length(max=TEXT_LIMIT, message=TOO_LONG)]
    )


def every_line(text: str | None) -> str:
    """Cleaned and whole: how many lines there may be, and how long each, is checked line by line."""
    return clean(text or "", None)


class QuestionForm(Form):
    """One question. What it asks for and its name in the form go along unseen."""

    key = HiddenField()
    ask = HiddenField()
    label = one_line_of("Question", LABEL_LIMIT, "What do you ask? A few words are enough.")
    help = one_line_of("Help below it", SENTENCE_LIMIT)
    required = BooleanField("They have to answer it")
    choices = TextAreaField("Choices, one a line", filters=[every_line])

    def validate_choices(self, field: TextAreaField) -> None:
        if self.ask.data not in {str(each) for each in WITH_CHOICES}:
            return
        choices = lines_of(field.data)
        if len(choices) < (2 if self.ask.data == Ask.ONE else 1):
            raise ValidationError("Write what they can choose from, one a line.")
        if len(choices) > CHOICES_AT_MOST:
            raise ValidationError(f"Up to {CHOICES_AT_MOST} choices. These are {len(choices)}.")
        if any(len(each) > CHOICE_LIMIT for each in choices):
            raise ValidationError(f"One of them is longer than {CHOICE_LIMIT} characters.")

    @property
    def question(self) -> Question | None:
        """As it is typed; none where the unseen parts were tampered with."""
        ask = next((each for each in (*KNOWN, *OWN) if each == self.ask.data), None)
        key = self.key.data or ""
        if ask is None or not (_OWN_KEY.fullmatch(key) if ask in OWN else key == ask):
            return None
        choices = tuple(lines_of(self.choices.data)) if ask in WITH_CHOICES else ()
        return Question(
            key, ask, self.label.data or "", self.help.data or "", bool(self.required.data), choices
        )


def lines_of(text: str | None) -> list[str]:
    """Each once, in their order."""
    return list(dict.fromkeys(tidy(each) for each in (text or "").splitlines() if tidy(each)))
