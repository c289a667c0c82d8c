"""What one form asks and says, as the owner wrote it: a sheet. Someone can always be reached through it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

QUESTIONS_AT_MOST = 30
CHOICES_AT_MOST = 30
LABEL_LIMIT = 300
CHOICE_LIMIT = 200
LINE_LIMIT = 200
TEXT_LIMIT = 2_000
SLUG_LIMIT = 60
SENTENCE_LIMIT = 500
"""How long each may be, in characters; a sentence about follow-ups is kept whole with every inquiry."""


_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


def is_slug(name: str) -> bool:
    """Whether a form's address may end in it: small letters and numbers, with hyphens between them."""
    return len(name) <= SLUG_LIMIT and _SLUG.fullmatch(name) is not None


class FormLanguage(StrEnum):
    """The language of what the owner does not write himself; an HTML language tag."""

    ENGLISH = "en"
    SPANISH = "es"


class Ask(StrEnum):
    """What a question asks for. The first six are facts of a person, the others are the owner's own."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    FREE_TIMES = "free_times"
    MESSAGE = "message"
    FOUND_US = "found_us"
    SHORT = "short"
    LONG = "long"
    ONE = "one"
    SEVERAL = "several"
    YES_NO = "yes_no"


KNOWN = (Ask.NAME, Ask.EMAIL, Ask.PHONE, Ask.FREE_TIMES, Ask.MESSAGE, Ask.FOUND_US)
OWN = (Ask.SHORT, Ask.LONG, Ask.ONE, Ask.SEVERAL, Ask.YES_NO)
WITH_CHOICES = frozenset({Ask.FREE_TIMES, Ask.FOUND_US, Ask.ONE, Ask.SEVERAL})
CONTACT = frozenset({Ask.EMAIL, Ask.PHONE})


class Manner(StrEnum):
    """How a form asks about follow-ups: as the practice does, by a sentence, or by a box."""

    AS_PRACTICE = "practice"
    NOTICE = "notice"
    ASK_FIRST = "ask_first"


@dataclass(frozen=True)
class Question:
    """One question. `key` is its name in the form: the fact it asks for, or q1, q2 for the owner's own."""

    key: str
    ask: Ask
    label: str
    help: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def is_own(self) -> bool:
        return self.ask in OWN


@dataclass(frozen=True)
class Consent:
    """What is said about follow-ups: of `notice` and `box` one; `personal_only` is the box under a notice."""

    manner: Manner
    notice: str
    box: str
    personal_only: str


@dataclass(frozen=True)
class Sheet:
    """All of it. An empty `button` sends to whoever signs."""

    questions: tuple[Question, ...]
    headline: str
    opening: str
    thanks: str
    thanks_words: str
    consent: Consent
    button: str = ""
    language: FormLanguage = FormLanguage.ENGLISH

    @property
    def own(self) -> tuple[Question, ...]:
        return tuple(each for each in self.questions if each.is_own)

    @property
    def reaches(self) -> bool:
        """Whether whoever fills it in could be answered."""
        return any(each.ask in CONTACT for each in self.questions)

    def asks_for(self, ask: Ask) -> bool:
        return any(each.ask is ask for each in self.questions)

    def needs(self, question: Question) -> bool:
        """Whether it has to be filled in: as the owner says, or because it is the only way to an answer."""
        if question.ask not in CONTACT:
            return question.required
        return question.required or not all(self.asks_for(each) for each in CONTACT)

    def may_ask(self, question: Question) -> bool:
        """Whether it can be asked besides: a fact once, the owner's own as often as their words differ."""
        if question.is_own:
            return all(each.label != question.label for each in self.questions)
        return not self.asks_for(question.ask)

    def moved(self, at: int, by: int) -> Sheet:
        """With one question a place up or down; the ends stay ends."""
        to = at + by
        if not (0 <= at < len(self.questions) and 0 <= to < len(self.questions)):
            return self
        rows = list(self.questions)
        rows.insert(to, rows.pop(at))
        return replace(self, questions=tuple(rows))

    def without(self, at: int) -> Sheet:
        return replace(self, questions=tuple(q for i, q in enumerate(self.questions) if i != at))

    def with_question(self, question: Question, used: Collection[str] = ()) -> Sheet:
        """At the end; one of the owner's own gets the next free name. A fact is asked for once.

        `used`: names that questions of before had. A page of then still sends what it asked under them.
        """
        if len(self.questions) >= QUESTIONS_AT_MOST or (not question.is_own and self.asks_for(question.ask)):
            return self
        if question.is_own:
            question = replace(question, key=self._free_key(used))
        return replace(self, questions=(*self.questions, question))

    def _free_key(self, used: Collection[str]) -> str:
        taken = (key.removeprefix("q") for key in (*used, *(each.key for each in self.own)))
        return f"q{max((int(n) for n in taken if n.isdecimal()), default=0) + 1}"
