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
        """A phone number in any way people write it."""
        try:
            callable_number(self, field)
        except ValidationError:
            raise ValidationError(self.words.form.bad_phone) from None

    def check_address(self, field: Field) -> None:
        """An address mail can go to. The finer hints there are in English only."""
        try:
            deliverable(self, field)
        except ValidationError:
            if self.words.lang == FormLanguage.ENGLISH:
                raise
            raise ValidationError(self._meant(field.data) or self.words.form.bad_email) from None

    def _meant(self, typed: str) -> str:
        meant = suggest(typed)
        wrong = typed.rpartition("@")[2][:40]
        return (
            self.words.form.no_such_domain.format(wrong=wrong, meant=meant.rpartition("@")[2])
            if meant
            else ""
        )


def not_over(field: Field, limit: int, complaint: str) -> None:
    """At most so many characters."""
    if len(field.data or "") > limit:
        raise ValidationError(complaint)
