"""A form of the practice being written: its questions, its words, where it stands and what it starts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from crm.flows.asking import KINDS, Terms
from crm.models import Starts
from crm.rules.framing import SITES_AT_MOST, origin_of
from crm.rules.sheet_record import kept
from crm.rules.sheets import (
    LINE_LIMIT,
    QUESTIONS_AT_MOST,
    SLUG_LIMIT,
    Consent,
    FormLanguage,
    Manner,
    Sheet,
    is_slug,
)
from crm.web.forms.picks import picks
from crm.web.forms.questions import QuestionForm, a_sentence, a_text, every_line, lines_of, one_line_of

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


class SheetForm(Form):
    """The whole form as it stands on the page; `seen` is the revision it was opened with."""

    name = one_line_of("What do you call it?", 80, "A name to know it by, such as “Couples”.")
    slug = one_line_of("Its address", SLUG_LIMIT, f"It needs an address. {SLUG_HINT}")
    language = SelectField("Language", choices=picks(LANGUAGES))
    headline = one_line_of("Headline", LINE_LIMIT, "What stands on top? A few words.")
    opening = a_text("Opening words")
    button_words = one_line_of("Words on the button", 60)
    thanks = one_line_of("Headline of the thank-you page", LINE_LIMIT, "A thank you, at least.")
    thanks_words = a_text("Thank-you words")
    questions = FieldList(FormField(QuestionForm), max_entries=QUESTIONS_AT_MOST)
    manner = SelectField("It asks", choices=picks(MANNERS))
    notice = a_sentence("The sentence", "Say that notes may follow, and how they stop.")
    box = a_sentence("What the box says", "Say what they agree to by ticking it.")
    personal_only = one_line_of("The box under the sentence", LINE_LIMIT, "Say what it means to tick it.")
    found_us = one_line_of("They found you through", 200)
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
        lines = lines_of(field.data)
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
        found = (origin_of(each) for each in lines_of(self.hosts.data))
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
    """As it is kept, but for where a field is called otherwise or has a line for each."""
    record = kept(sheet)
    questions = [each | {"choices": "\n".join(each["choices"])} for each in record["questions"]]
    return record | {"button_words": record.pop("button"), "questions": questions}


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

    pause_words = a_text("What its page says instead")


def _without_a_sequence(starts: Starts) -> str:
    """A sequence that is gone is as if none had been chosen."""
    return NOTHING if starts is Starts.NOTHING else USUAL


def _by_number(names: dict[int, str]) -> dict[str, str]:
    return {str(number): name for number, name in names.items()}


def _word(words: Any, typed: str | None) -> Any:  # noqa: ANN401 - one of several enums
    return next((word for word in words if word == typed), next(iter(words)))
