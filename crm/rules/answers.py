"""What a form builder handed in, as a list of answers: each within bounds, no key twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crm.rules.intake import ANSWERS_AT_MOST, NAME_LIMIT, clean, clean_line
from crm.rules.payloads import Unreadable

FURTHER = "Further answers"
LONGEST_NUMBER = 100
_NOISE = re.compile(
    r"_wpcf7|_wpnonce|_wp_http|g-recaptcha|h-captcha|cf-turnstile|(form[_-]?(id|name)|submit|_id)$",
    re.IGNORECASE,
)
"""What builders send about themselves and no form asks."""


@dataclass(frozen=True)
class Answer:
    """One field. `key` is what the form calls it and stays the same; `label` is what people read, if told."""

    key: str
    value: str
    label: str = ""
    kind: str = ""

    @property
    def question(self) -> str:
        return self.label or self.key


@dataclass(frozen=True)
class Payload:
    """What was handed in. `delivery_id` is the builder's own, equal when it sends the same again."""

    answers: tuple[Answer, ...]
    delivery_id: str = ""
    visitor_ip: str = ""
    page: str = ""


def tidied(answers: list[Answer]) -> tuple[Answer, ...]:
    """Without what builders tell about themselves, each within bounds, no key twice."""
    found: dict[str, Answer] = {}
    for each in answers:
        key, value = clean_line(each.key, NAME_LIMIT), clean(each.value, None)
        if key and key not in found and not _NOISE.match(key.rpartition(".")[2] or key):
            found[key] = Answer(key, value, clean_line(each.label, NAME_LIMIT), clean_line(each.kind, 40))
    answers = list(found.values())
    return (*answers[:ANSWERS_AT_MOST], *_in_one(answers[ANSWERS_AT_MOST:]))


def _in_one(answers: list[Answer]) -> Iterator[Answer]:
    """What is beyond any form a person fills in is kept as one answer, so that it is kept at all."""
    if answers:
        yield Answer(FURTHER, "\n".join(f"{each.question}: {each.value}" for each in answers), FURTHER)


def text(value: object) -> str:
    """Any value as words: lists with commas, yes and no as they are asked for."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(said for each in value if (said := text(each)))
        case dict():
            return " ".join(said for each in value.values() if (said := text(each)))
        case _:
            return str(value)


def dict_in(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def dicts_in(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def as_written(number: str) -> str:
    """A telephone number may come as a number; its figures count, not its value."""
    if len(number) > LONGEST_NUMBER:
        raise Unreadable("There is a number in this that is too long to be one.")
    return number
