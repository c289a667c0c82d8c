"""A public form as its sheet has it: an address or a number to answer to. The rest is up to the owner."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice, SelectFieldBase
from wtforms.validators import Length, StopValidation, ValidationError

from crm.flows.asking import CONSULTATION
from crm.rules.addresses import suggest
from crm.rules.intake import FIELD_LIMIT, MESSAGE_LIMIT, NAME_LIMIT
from crm.rules.sheet_words import ENGLISH, FormWords, words_of
from crm.rules.sheets import CHOICE_LIMIT, CHOICES_AT_MOST, CONTACT, Ask, Question, Sheet
from crm.web.forms.checks import deliverable, e164, one_line, tidy, tidy_text
from crm.web.forms.picks import picks
from crm.web.forms.spoken import address_in, number_in

__all__ = ["AGREED", "NOTICE", "PERSONAL_ONLY", "ConsultationForm", "form_of"]

Maker = Callable[[Question, FormWords, list[Any]], Any]
"""Makes a field of a question, with what is checked about it."""
PERSONAL_ONLY, AGREED, NOTICE = ENGLISH.personal_only, ENGLISH.box, ENGLISH.notice


class ConsultationForm(Form):
    """What every form has beside its questions. It carries its own signed token, so it needs no cookie."""

    sheet: ClassVar[Sheet] = CONSULTATION

    kept_email = HiddenField(filters=[tidy])
    proof = HiddenField()
    personal_only = BooleanField(PERSONAL_ONLY)
    agreed = BooleanField(AGREED)
    website = StringField(ENGLISH.leave_empty)
    token = HiddenField()
    version = HiddenField()
    page = HiddenField(filters=[tidy])
    article = HiddenField(filters=[tidy])
    button = HiddenField(filters=[tidy])
    touch = HiddenField()
    embed = HiddenField()
    zone = HiddenField(filters=[tidy])

    def __init__(self, *posted: Any, **more: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(*posted, **more)
        for field in self:
            if isinstance(field, SelectFieldBase):
                field.choices = [*(field.choices or []), *_said_beside(field)]

    def typed(self, ask: Ask) -> str:
        """What stands in the field for this fact; empty where the form does not ask for it."""
        return str(self[ask].data or "") if ask in self else ""

    def chosen(self, ask: Ask) -> list[str]:
        """The choices that were ticked for this fact."""
        return list(self[ask].data or []) if ask in self else []

    @property
    def has_phone(self) -> bool:
        return e164(self.typed(Ask.PHONE)) is not None

    @property
    def has_email(self) -> bool:
        """Whether mail could go to what was typed."""
        typed = self.typed(Ask.EMAIL)
        if not typed:
            return False
        try:
            deliverable(self, self[Ask.EMAIL])
        except ValueError:
            return bool(suggest(typed) and typed == self.kept_email.data)
        return True

    @property
    def more(self) -> tuple[tuple[str, str], ...]:
        """What the owner's own questions were answered with, by their labels."""
        answers = ((question.label, self._said(question.key)) for question in self.sheet.own)
        return tuple((label, said) for label, said in answers if said)

    def _said(self, key: str) -> str:
        said = self[key].data or ""
        return said if isinstance(said, str) else ", ".join(tidy(each) for each in said if tidy(each))

    @property
    def typed_beside(self) -> tuple[str, ...]:
        """What of it they put into words themselves, and did not choose from what the owner offers."""
        words = words_of(self.sheet)
        found: list[str] = []
        for question in self.sheet.own:
            said = self[question.key].data or []
            answers = [said] if isinstance(said, str) else said
            offered = question.choices or (words.yes, words.no)
            found += [each for each in answers if each not in offered]
        return tuple(each for each in found if each)


@lru_cache(maxsize=64)
def form_of(sheet: Sheet, *, is_strict: bool = True) -> type[ConsultationForm]:
    """The form of this sheet. What is not `is_strict` takes a note without the owner's own answers.

    A page that somebody pasted into his site long ago knows nothing of questions that were added since.
    """
    fields: dict[str, Any] = {each.key: _field(sheet, each, is_strict=is_strict) for each in sheet.questions}
    return type("AskedForm", (ConsultationForm,), {"sheet": sheet, **fields})


def _field(sheet: Sheet, question: Question, *, is_strict: bool) -> Any:  # noqa: ANN401 - WTForms' unbound field
    words, checks = words_of(sheet), []
    if question.required and question.ask is Ask.NAME:
        checks.append(_needed(words.need_name))
    elif is_strict and question.required and question.ask not in CONTACT:
        checks.append(_needed(words.need_answer))
    if limit := LIMITS.get(question.ask):
        too_long = {Ask.NAME: words.long_name, Ask.MESSAGE: words.long_message}
        checks.append(Length(max=limit, message=too_long.get(question.ask, _too_long(words, limit))))
    if question.ask in CONTACT:
        checks.append(_address if question.ask is Ask.EMAIL else _number)
    return MAKERS[question.ask](question, words, checks)


LIMITS = {Ask.NAME: NAME_LIMIT, Ask.MESSAGE: MESSAGE_LIMIT, Ask.SHORT: FIELD_LIMIT, Ask.LONG: MESSAGE_LIMIT}


def _too_long(words: FormWords, limit: int) -> str:
    return words.long_answer.format(limit=f"{limit:,}")


def _line(kind: type[Field], tidies: Callable[[str | None], str] = tidy) -> Maker:
    """Something that is typed."""
    return lambda question, _words, checks: kind(question.label, filters=[tidies], validators=checks)


def _several(question: Question, _words: FormWords, checks: list[Any]) -> Any:  # noqa: ANN401 - as above
    return SelectMultipleField(
        question.label, choices=list(question.choices), validate_choice=False, validators=checks
    )


def _one(question: Question, words: FormWords, checks: list[Any]) -> Any:  # noqa: ANN401 - as above
    options = picks({each: each for each in question.choices or (words.yes, words.no)})
    return RadioField(
        question.label, choices=options, validate_choice=False, filters=[tidy], validators=checks
    )


def _from_list(question: Question, _words: FormWords, checks: list[Any]) -> Any:  # noqa: ANN401 - as above
    options = picks({each: each for each in ("", *question.choices)})
    return SelectField(question.label, choices=options, validate_choice=False, validators=checks)


MAKERS: dict[Ask, Maker] = {
    Ask.NAME: _line(StringField),
    Ask.EMAIL: _line(EmailField),
    Ask.PHONE: _line(TelField),
    Ask.FREE_TIMES: _several,
    Ask.MESSAGE: _line(TextAreaField, tidy_text),
    Ask.FOUND_US: _from_list,
    Ask.SHORT: _line(StringField, one_line(FIELD_LIMIT)),
    Ask.LONG: _line(TextAreaField, tidy_text),
    Ask.ONE: _one,
    Ask.SEVERAL: _several,
    Ask.YES_NO: _one,
}


def _needed(words: str) -> Any:  # noqa: ANN401 - a validator
    """Something has to be said. Unlike WTForms' own it leaves the browser out of it."""

    def check(_form: Form, field: Field) -> None:
        if not field.data:
            raise StopValidation(words)

    return check


def _address(form: ConsultationForm, field: Field) -> None:
    """Something to answer to. A domain that looks mistyped is asked about once, then believed."""
    if not field.data and (not form.typed(Ask.PHONE) or _is_required(form, Ask.EMAIL)):
        raise ValidationError(_how_to_reach(form, Ask.EMAIL))
    sure = field.data == form.kept_email.data and suggest(field.data or "")
    if not sure and not form.has_phone:
        address_in(words_of(form.sheet), form.sheet.language, form, field)


def _number(form: ConsultationForm, field: Field) -> None:
    is_alone = not form.sheet.asks_for(Ask.EMAIL)
    if not field.data and (is_alone or _is_required(form, Ask.PHONE)):
        raise ValidationError(_how_to_reach(form, Ask.PHONE))
    if not form.has_email:
        number_in(words_of(form.sheet), form, field)


def _is_required(form: ConsultationForm, ask: Ask) -> bool:
    return any(each.ask is ask and each.required for each in form.sheet.questions)


def _how_to_reach(form: ConsultationForm, ask: Ask) -> str:
    words = words_of(form.sheet)
    if form.sheet.asks_for(Ask.EMAIL) and form.sheet.asks_for(Ask.PHONE) and not _is_required(form, ask):
        return words.need_any
    return words.need_email if ask is Ask.EMAIL else words.need_phone


def _said_beside(field: SelectFieldBase) -> list[SelectChoice]:
    """What was chosen and is no choice any more: it is kept as it was said."""
    said = field.data if isinstance(field.data, list) else [field.data]
    known = {value for value, *_ in field.iter_choices()}
    beside = dict.fromkeys(tidy(each)[:CHOICE_LIMIT] for each in said[:CHOICES_AT_MOST] if each)
    return [SelectChoice(each, each) for each in beside if each and each not in known]
