"""Forms of a person's pages, in the language of whoever has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import Form
from wtforms.validators import ValidationError

from crm.rules.addresses import suggest
from crm.rules.sheets import FormLanguage
from crm.web.forms.checks import callable_number, deliverable

if TYPE_CHECKING:
    from wtforms import Field

    from crm.rules.page_words import PageWords
    from crm.rules.sheet_words import FormWords


class SpokenForm(Form):
    """Labels and complaints come from `words`."""

    def __init__(self, *posted: Any, words: PageWords, **more: Any) -> None:  # noqa: ANN401 - WTForms' own
        self.words = words
        super().__init__(*posted, **more)

    def call(self, **labels: str) -> None:
        """Give fields their labels."""
        for name, words in labels.items():
            self[name].label.text = words

    def check_number(self, field: Field) -> None:
        number_in(self.words.form, self, field)

    def check_address(self, field: Field) -> None:
        address_in(self.words.form, self.words.lang, self, field)


def number_in(words: FormWords, form: Form, field: Field) -> None:
    """A phone number in any way people write it."""
    try:
        callable_number(form, field)
    except ValidationError as error:
        raise ValidationError(words.bad_phone) from error


def address_in(words: FormWords, language: FormLanguage, form: Form, field: Field) -> None:
    """An address mail can go to. The finer hints there are in English only."""
    try:
        deliverable(form, field)
    except ValidationError as error:
        if language is FormLanguage.ENGLISH:
            raise
        meant, wrong = suggest(field.data), field.data.rpartition("@")[2]
        told = words.no_such_domain.format(wrong=wrong[:40], meant=meant.rpartition("@")[2]) if meant else ""
        raise ValidationError(told or words.bad_email) from error


def not_over(field: Field, limit: int, complaint: str) -> None:
    """At most so many characters."""
    if len(field.data or "") > limit:
        raise ValidationError(complaint)
