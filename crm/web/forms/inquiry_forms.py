"""A form of the practice being written: its questions, its words, where it stands and what it starts."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, ValidationError

from crm.flows.asking import KINDS, Terms
from crm.models import Starts
from crm.rules.framing import SITES_AT_MOST, origin_of
from crm.rules.intake import clean
from crm.rules.sheets import (
    CHOICE_LIMIT,
    CHOICES_AT_MOST,
    KNOWN,
    LABEL_LIMIT,
    LINE_LIMIT,
    OWN,
    QUESTIONS_AT_MOST,
    SENTENCE_LIMIT,
    SLUG_LIMIT,
    TEXT_LIMIT,
    WITH_CHOICES,
    Ask,
    Consent,
    FormLanguage,
    Manner,
    Question,
    Sheet,
    is_slug,
)
from crm.web.forms.checks import one_line, tidy
from crm.web.forms.picks import picks
from crm.web.forms.session import TOO_LONG

NOBODY = ""
LANGUAGES = {FormLanguage.ENGLISH: "English", FormLanguage.SPANISH: "Spanish"}
MANNERS = {
    Manner.AS_PRACTICE: "As the practice does",
    Manner.NOTICE: "A sentence says so",
    Manner.ASK_FIRST: "A box asks first",
}
USUAL, NOTHING = str(Starts.USUAL), str(Starts.NOTHING)
NO_CONTACT = "Nobody could be answered. Ask for an email address or a phone number."
SLUG_HINT = "Small letters, numbers and hyphens, such as couples or waiting-list."
_OWN_KEY = re.compile(r"q[1-9]\d{0,3}", re.ASCII)


def several_lines(text: str | None) -> str:
    """Cleaned, and one character more than fits, so that too much is told and not cut."""
    return clean(text or "", TEXT_LIMIT + 1)


def _line(label: str, limit: int, needed: str = "") -> StringField:
    needs = [DataRequired(needed)] if needed else []
    return StringField(
        label, filters=[one_line(limit)], validators=[*needs, Length(max=limit, message=TOO_LONG)]
    )


def _sentence(label: str, needed: str) -> TextAreaField:
    """One sentence, in a box in which all of it can be read."""
    checks = [DataRequired(needed), Length(max=SENTENCE_LIMIT, message=TOO_LONG)]
    return TextAreaField(label, filters=[one_line(SENTENCE_LIMIT)], validators=checks)


def _text(label: str) -> TextAreaField:
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
    label = _line("Question", LABEL_LIMIT, "What do you ask? A few words are enough.")
    help = _line("Help below it", SENTENCE_LIMIT)
    required = BooleanField("They have to answer it")
    choices = TextAreaField("Choices, one a line", filters=[every_line])

    def validate_choices(self, field: TextAreaField) -> None:
        if self.ask.data not in {str(each) for each in WITH_CHOICES}:
            return
        choices = _lines(field.data)
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
        choices = tuple(_lines(self.choices.data)) if ask in WITH_CHOICES else ()
        return Question(
            key, ask, self.label.data or "", self.help.data or "", bool(self.required.data), choices
        )


class SheetForm(Form):
    """The whole form as it stands on the page; `seen` is the revision it was opened with."""

    name = _line("What do you call it?", 80, "A name to know it by, such as “Couples”.")
    slug = _line("Its address", SLUG_LIMIT, f"It needs an address. {SLUG_HINT}")
    language = SelectField("Language", choices=picks(LANGUAGES))
    headline = _line("Headline", LINE_LIMIT, "What stands on top? A few words.")
    opening = _text("Opening words")
    button_words = _line("Words on the button", 60)
    thanks = _line("Headline of the thank-you page", LINE_LIMIT, "A thank you, at least.")
    thanks_words = _text("Thank-you words")
    questions = FieldList(FormField(QuestionForm), max_entries=QUESTIONS_AT_MOST)
    manner = SelectField("It asks", choices=picks(MANNERS))
    notice = _sentence("The sentence", "Say that notes may follow, and how they stop.")
    box = _sentence("What the box says", "Say what they agree to by ticking it.")
    personal_only = _line("The box under the sentence", LINE_LIMIT, "Say what it means to tick it.")
    found_us = _line("They found you through", 200)
    account_id = SelectField("They are with")
    follows = SelectField("What follows")
    hosts = TextAreaField("Other sites it may stand on", filters=[every_line])
    seen = HiddenField()

    def __init__(self, *posted: Any, **more: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(*posted, **more)
        self.asked_errors: list[str] = []
        self.posted = posted[0] if posted else None

    def offer(self, accounts: dict[int, str], sequences: dict[int, str]) -> None:
        """Whose they can be, and what can follow."""
        self.account_id.choices = picks({NOBODY: "nobody in particular", **_by_number(accounts)})
        follows = {
            USUAL: "what every inquiry starts",
            **_by_number(sequences),
            NOTHING: "nothing, not even an answer",
        }
        self.follows.choices = picks(follows)

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms' own
        """Each field by itself, and the questions together."""
        is_fine = super().validate(extra_validators)
        self.asked_errors = list(self._wrong_together())
        return bool(is_fine and not self.asked_errors)

    def validate_slug(self, field: StringField) -> None:
        if not is_slug(field.data):
            raise ValidationError(SLUG_HINT)

    def validate_hosts(self, field: TextAreaField) -> None:
        lines = _lines(field.data)
        if wrong := next((each for each in lines if origin_of(each) is None), None):
            told = "Write the exact name, such as springstreet.example; a * covers more than you know of."
            raise ValidationError(f"“{wrong[:80]}” is no site it could stand on. {told}")
        if len(lines) > SITES_AT_MOST:
            raise ValidationError(f"Up to {SITES_AT_MOST} sites. These are {len(lines)}.")

    def _wrong_together(self) -> list[str]:
        labels = Counter(each.label.casefold() for each in self.sheet.questions if each.label)
        twice = next((label for label, count in labels.items() if count > 1), None)
        return [
            words
            for applies, words in (
                (not self.sheet.reaches, NO_CONTACT),
                (
                    twice is not None,
                    f"“{(twice or '')[:80]}” is asked twice. Each answer needs a name of its own.",
                ),
                (self._too_many, f"Up to {QUESTIONS_AT_MOST} questions. What came after them was left out."),
            )
            if applies
        ]

    @property
    def _too_many(self) -> bool:
        last = f"questions-{QUESTIONS_AT_MOST}-key"
        return self.posted is not None and last in self.posted

    @property
    def sheet(self) -> Sheet:
        """What is typed, right or wrong."""
        rows = [entry.form.question for entry in self.questions.entries]
        return Sheet(
            questions=tuple({each.key: each for each in rows if each is not None}.values()),
            headline=self.headline.data or "",
            opening=self.opening.data or "",
            thanks=self.thanks.data or "",
            thanks_words=self.thanks_words.data or "",
            consent=Consent(
                manner=_word(Manner, self.manner.data),
                notice=self.notice.data or "",
                box=self.box.data or "",
                personal_only=self.personal_only.data or "",
            ),
            button=self.button_words.data or "",
            language=_word(FormLanguage, self.language.data),
        )

    @property
    def terms(self) -> Terms:
        """What is typed beside it. Only of a form that is fine."""
        chosen = self.follows.data not in (USUAL, NOTHING)
        return Terms(
            name=self.name.data,
            slug=self.slug.data,
            found_us=self.found_us.data or "",
            account_id=int(self.account_id.data) if self.account_id.data else None,
            starts=Starts.CHOSEN if chosen else Starts(self.follows.data),
            sequence_id=int(self.follows.data) if chosen else None,
            hosts=self.origins,
        )

    @property
    def origins(self) -> tuple[str, ...]:
        found = (origin_of(each) for each in _lines(self.hosts.data))
        return tuple(dict.fromkeys(each for each in found if each))


def fields_of(terms: Terms, sheet: Sheet, seen: str) -> dict[str, Any]:
    """What stands in the fields of a form that is like this."""
    return {
        "name": terms.name,
        "slug": terms.slug,
        "found_us": terms.found_us,
        "account_id": str(terms.account_id or NOBODY),
        "follows": str(terms.sequence_id) if terms.sequence_id else _without_a_sequence(terms.starts),
        "hosts": "\n".join(terms.hosts),
        "seen": seen,
        **fields_of_sheet(sheet),
    }


def fields_of_sheet(sheet: Sheet) -> dict[str, Any]:
    return {
        "language": str(sheet.language),
        "headline": sheet.headline,
        "opening": sheet.opening,
        "button_words": sheet.button,
        "thanks": sheet.thanks,
        "thanks_words": sheet.thanks_words,
        "manner": str(sheet.consent.manner),
        "notice": sheet.consent.notice,
        "box": sheet.consent.box,
        "personal_only": sheet.consent.personal_only,
        "questions": [
            {
                "key": each.key,
                "ask": str(each.ask),
                "label": each.label,
                "help": each.help,
                "required": each.required,
                "choices": "\n".join(each.choices),
            }
            for each in sheet.questions
        ],
    }


class NewFormForm(Form):
    """What is needed to make one."""

    name = SheetForm.name
    start = SelectField("Start from")

    def offer(self, forms: dict[int, str]) -> None:
        """What one can begin with: a kind of ours, or a form there is."""
        kinds = {f"kind-{key}": kind.name for key, kind in KINDS.items()}
        copies = {f"form-{number}": f"A copy of “{name}”" for number, name in forms.items()}
        self.start.choices = picks({**kinds, **copies})


class PauseForm(Form):
    """What its page says while it rests."""

    pause_words = _text("What its page says instead")


def _without_a_sequence(starts: Starts) -> str:
    """A sequence that is gone is as if none had been chosen."""
    return NOTHING if starts is Starts.NOTHING else USUAL


def _lines(text: str | None) -> list[str]:
    """Each once, in their order."""
    return list(dict.fromkeys(tidy(each) for each in (text or "").splitlines() if tidy(each)))


def _by_number(names: dict[int, str]) -> dict[str, str]:
    return {str(number): name for number, name in names.items()}


def _word(words: Any, typed: str | None) -> Any:  # noqa: ANN401 - one of several enums
    return next((word for word in words if word == typed), next(iter(words)))
