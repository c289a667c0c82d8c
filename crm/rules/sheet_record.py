"""A sheet as plain JSON, for the versions of a form. What makes no sense in it is left out, never raised.

A form stands on somebody's website: whatever has happened to its record, whoever opens it can still write.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, TypeVar

from crm.rules.intake import clean, clean_line
from crm.rules.sheets import (
    CHOICE_LIMIT,
    CHOICES_AT_MOST,
    CONTACT,
    LABEL_LIMIT,
    LINE_LIMIT,
    OWN,
    QUESTIONS_AT_MOST,
    SENTENCE_LIMIT,
    TEXT_LIMIT,
    Ask,
    Consent,
    FormLanguage,
    Manner,
    Question,
    Sheet,
)

Word = TypeVar("Word", bound=StrEnum)
_OWN_KEY = re.compile(r"q[1-9]\d{0,3}", re.ASCII)
_LAST_RESORT = Question("email", Ask.EMAIL, "Email", required=True)


def kept(sheet: Sheet) -> dict[str, Any]:
    """Everything about this sheet. `sheet_from` makes it a sheet again."""
    return {
        "language": str(sheet.language),
        "headline": sheet.headline,
        "opening": sheet.opening,
        "button": sheet.button,
        "thanks": sheet.thanks,
        "thanks_words": sheet.thanks_words,
        "manner": str(sheet.consent.manner),
        "notice": sheet.consent.notice,
        "box": sheet.consent.box,
        "personal_only": sheet.consent.personal_only,
        "questions": [_kept_question(each) for each in sheet.questions],
    }


def sheet_from(record: object) -> Sheet:
    """The sheet that `kept` wrote down, as much of it as is there."""
    found = record if isinstance(record, dict) else {}
    return Sheet(
        questions=_questions(found.get("questions")),
        headline=_line(found.get("headline"), LINE_LIMIT),
        opening=_text(found.get("opening")),
        button=_line(found.get("button"), LINE_LIMIT),
        thanks=_line(found.get("thanks"), LINE_LIMIT),
        thanks_words=_text(found.get("thanks_words")),
        consent=Consent(
            manner=_one_of(Manner, found.get("manner"), Manner.AS_PRACTICE),
            notice=_line(found.get("notice"), SENTENCE_LIMIT),
            box=_line(found.get("box"), SENTENCE_LIMIT),
            personal_only=_line(found.get("personal_only"), SENTENCE_LIMIT),
        ),
        language=_one_of(FormLanguage, found.get("language"), FormLanguage.ENGLISH),
    )


def _kept_question(question: Question) -> dict[str, Any]:
    return {
        "key": question.key,
        "ask": str(question.ask),
        "label": question.label,
        "help": question.help,
        "required": question.required,
        "choices": list(question.choices),
    }


def _questions(found: object) -> tuple[Question, ...]:
    read = [_question(each) for each in found[:QUESTIONS_AT_MOST]] if isinstance(found, list) else []
    by_key = {each.key: each for each in reversed(read) if each is not None}
    questions = tuple(each for each in read if each is not None and by_key[each.key] is each)
    is_reached = any(each.ask in CONTACT for each in questions)
    return questions if is_reached else (*questions, _LAST_RESORT)


def _question(found: object) -> Question | None:
    """One question. One of the owner's own of a kind that another version knows is asked for in words."""
    if not isinstance(found, dict):
        return None
    key, label = found.get("key"), _line(found.get("label"), LABEL_LIMIT)
    choices = tuple(_choices(found.get("choices")))
    known = next((each for each in Ask if each == found.get("ask")), None)
    ask = known or (Ask.SEVERAL if choices else Ask.LONG)
    if not label or not isinstance(key, str) or not (_OWN_KEY.fullmatch(key) if ask in OWN else key == ask):
        return None
    return Question(
        key=key,
        ask=ask,
        label=label,
        help=_line(found.get("help"), SENTENCE_LIMIT),
        required=known is not None and found.get("required") is True,
        choices=choices,
    )


def _choices(found: object) -> dict[str, None]:
    """Each once, in their order."""
    lines = (
        _line(each, CHOICE_LIMIT) for each in (found if isinstance(found, list) else [])[:CHOICES_AT_MOST]
    )
    return dict.fromkeys(each for each in lines if each)


def _line(found: object, limit: int) -> str:
    return clean_line(found, limit) if isinstance(found, str) else ""


def _text(found: object) -> str:
    return clean(found, TEXT_LIMIT) if isinstance(found, str) else ""


def _one_of(words: type[Word], found: object, usual: Word) -> Word:
    return next((word for word in words if word == found), usual)
