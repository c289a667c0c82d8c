"""Which field of another form is what: as the owner says, else by a good guess. English and Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crm.rules.answers import Answer

MESSAGE_LETTERS = 25
"""An answer of several words at least so long may be a message, where nothing else is called one."""


class Part(StrEnum):
    """What an answer is to us. `BESIDE` keeps it with the note, `NOTHING` leaves it out."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    PHONE = "phone"
    MESSAGE = "message"
    FREE_TIMES = "free_times"
    FOUND_US = "found_us"
    FOLLOW_UPS = "follow_ups"
    PAGE = "page"
    BESIDE = "beside"
    NOTHING = "nothing"


SEVERAL = frozenset({Part.BESIDE, Part.NOTHING, Part.MESSAGE})
"""What more than one field may be. Two messages are read one after the other."""


@dataclass(frozen=True)
class Filled:
    """A form in our own words. `follow_ups` is None where it was not asked."""

    name: str = ""
    email: str = ""
    phone: str = ""
    message: str = ""
    free_times: str = ""
    found_us: str = ""
    page: str = ""
    follow_ups: bool | None = None
    beside: tuple[tuple[str, str], ...] = ()


WORDS: dict[Part, tuple[str, ...]] = {
    Part.FOLLOW_UPS: (
        *(
            "newsletter",
            "subscribe",
            "opt ?in",
            r"suscri\w+",
            "follow ?ups?",
            "may (we|i) (write|email|contact)",
        ),
        r"(consent|agree|permission|acepto|consiento|autorizo)\b.*\b(emails?|write|contacted|correos?|escrib\w+)",
    ),
    Part.EMAIL: ("e ?mail", "mail", "correo"),
    Part.FIRST_NAME: ("^(name )?first$", "first name", "fname", "given name", "forename", "primer nombre"),
    Part.LAST_NAME: ("^(name )?last$", "last name", "lname", "surname", "family name", "apellidos?"),
    Part.PHONE: (
        *("phone", "tel", "telephone", "mobile", "cell", "telefono", "celular", "movil", "whatsapp"),
        *("best number", "number to (call|reach)"),
    ),
    Part.FREE_TIMES: (
        *(r"availab\w+", "best times?", "when .*(free|available|suits?|works?|call)"),
        *(r"preferred (day|time)\w*", "horario", r"disponib\w+", "cuando"),
    ),
    Part.FOUND_US: (
        *("how did you (find|hear|come)", "where did you (find|hear)", r"referr\w+", "hear about"),
        *("heard about", "found (me|us)", r"como (nos|me) (encontr|conoc)\w+", r"referid\w+"),
    ),
    Part.MESSAGE: (
        *("message", "mensaje", "comments?", "comentarios?", "what brings you", "how can (i|we) help"),
        *("tell (me|us)", "question", "inquiry", "enquiry", "consulta", "motivo", "body", "reason"),
        *("describe", "anything", "notes?", "en que puedo", "que (le|te) trae", "textarea", "your note"),
    ),
    Part.NAME: ("name", "fullname", "nombre", "what should i call you", "como te llamas", "quien"),
    Part.PAGE: ("page url", "source url", "pagina", "url", "page"),
}
"""How fields are called, the surest first: whole words of the label or the key, without accents."""

KINDS: tuple[tuple[Part, str], ...] = (
    (Part.EMAIL, r".*e-?mail.*"),
    (Part.PHONE, r".*(phone|tel).*"),
    (Part.MESSAGE, r".*(textarea|long_text|long text|paragraph).*"),
    (Part.NAME, r"name|full_?name|input_name"),
)
_PATTERNS = {part: re.compile(rf"\b(?:{'|'.join(words)})\b") for part, words in WORDS.items()}
_OF_THE_LAW = re.compile(r"\b(privacy|terms|policy|gdpr|privacidad|condiciones|aviso)\b")
"""Who agrees to a privacy policy has not asked for emails."""
_KINDS = {part: re.compile(words, re.IGNORECASE) for part, words in KINDS}
_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]{1,190}\.[a-z]{2,24}", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d\s().-]{7,24}(?:(?:x|ext\.?)\s?\d{1,6})?", re.IGNORECASE)
_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*")
_PLAIN_NAME = re.compile(r"[^\W\d_][\w’'.-]*(?: [^\W\d_][\w’'.-]*){0,3}")
_NO = frozenset({"", "no", "false", "0", "off", "n", "unchecked"})
_GRAVITY_NAME = {"3": Part.FIRST_NAME, "6": Part.LAST_NAME}
"""Gravity Forms numbers the parts of a name: 1.3 is the first, 1.6 the last."""


def guess(answers: tuple[Answer, ...], known: Mapping[str, Part] | None = None) -> dict[str, Part]:
    """What each field is: as `known`, then by kind, by name, by what is in it. Nothing is guessed twice."""
    found = {each.key: known[each.key] for each in answers if known and each.key in known}
    for look in (_by_kind, _by_name, _by_number, _by_value):
        for each in answers:
            part = look(each) if each.key not in found else None
            if part and (part in SEVERAL or part not in found.values()) and not _clashes(part, found):
                found[each.key] = part
    _longest_is_the_message(answers, found)
    _last_is_the_name(answers, found)
    return {each.key: found.get(each.key, Part.BESIDE) for each in answers}


def filled(answers: tuple[Answer, ...], parts: Mapping[str, Part]) -> Filled:
    """The form, by what each of its fields is."""
    by_part: dict[Part, list[Answer]] = {}
    for each in answers:
        by_part.setdefault(parts.get(each.key, Part.BESIDE), []).append(each)

    def said(part: Part) -> str:
        return next((each.value for each in by_part.get(part, []) if each.value), "")

    both = " ".join(each for each in (said(Part.FIRST_NAME), said(Part.LAST_NAME)) if each)
    asked = by_part.get(Part.FOLLOW_UPS)
    return Filled(
        name=said(Part.NAME) or both,
        email=_only_address(said(Part.EMAIL)),
        phone=said(Part.PHONE),
        message="\n\n".join(each.value for each in by_part.get(Part.MESSAGE, []) if each.value),
        free_times=said(Part.FREE_TIMES),
        found_us=said(Part.FOUND_US),
        page=said(Part.PAGE),
        follow_ups=said(Part.FOLLOW_UPS).strip().casefold() not in _NO if asked else None,
        beside=tuple((each.question, each.value) for each in by_part.get(Part.BESIDE, []) if each.value),
    )


def parts_from(kept: Mapping[str, str]) -> dict[str, Part]:
    """A mapping as it is kept; what is no part of ours any more is left out."""
    return {key: Part(word) for key, word in kept.items() if word in set(Part)}


def _by_kind(each: Answer) -> Part | None:
    return next(
        (part for part, pattern in _KINDS.items() if each.kind and pattern.fullmatch(each.kind)), None
    )


def _by_name(each: Answer) -> Part | None:
    for words in (_words(each.label), _words(each.key)):
        if _OF_THE_LAW.search(words):
            return None
        part = next((part for part, pattern in _PATTERNS.items() if pattern.search(words)), None)
        if part and _can_be(part, each.value):
            return part
    return None


def _by_number(each: Answer) -> Part | None:
    whole, dot, number = each.key.partition(".")
    return _GRAVITY_NAME.get(number) if dot and whole.isdigit() else None


def _by_value(each: Answer) -> Part | None:
    if _EMAIL.fullmatch(each.value.strip()):
        return Part.EMAIL
    digits = sum(map(str.isdigit, each.value))
    if _DAY.fullmatch(each.value.strip()):
        return None
    return Part.PHONE if 7 <= digits <= 15 and _PHONE.fullmatch(each.value.strip()) else None


def _can_be(part: Part, value: str) -> bool:
    """A field may be called one thing and hold another: “Best way to reach you by phone or email”."""
    match part:
        case Part.EMAIL:
            return not value or "@" in value
        case Part.PHONE:
            return not value or any(map(str.isdigit, value))
        case Part.NAME:
            return "\n" not in value and len(value) < 120 and "@" not in value
        case Part.PAGE:
            return "/" in value or "." in value
        case _:
            return True


def _clashes(part: Part, found: Mapping[str, Part]) -> bool:
    """A second message is only what its own form says is one."""
    return part is Part.MESSAGE and Part.MESSAGE in found.values()


def _longest_is_the_message(answers: tuple[Answer, ...], found: dict[str, Part]) -> None:
    if Part.MESSAGE in found.values():
        return
    free = [each for each in answers if each.key not in found and " " in each.value]
    longest = max(free, key=lambda each: len(each.value), default=None)
    if longest and len(longest.value) >= MESSAGE_LETTERS:
        found[longest.key] = Part.MESSAGE


def _last_is_the_name(answers: tuple[Answer, ...], found: dict[str, Part]) -> None:
    """Where nothing is called a name, the first short answer of letters only is one."""
    if {Part.NAME, Part.FIRST_NAME, Part.LAST_NAME} & set(found.values()):
        return
    unnamed = (each for each in answers if each.key not in found and _is_numbered(each))
    if one := next((each for each in unnamed if _PLAIN_NAME.fullmatch(each.value)), None):
        found[one.key] = Part.NAME


def _is_numbered(each: Answer) -> bool:
    """Its form does not say what it is: only then a guess at a name is better than none."""
    return not re.search(r"[a-z]{3}", each.question.casefold()) or bool(
        re.fullmatch(r"(field|input|text|question|short_?text)[\W_]*\w{0,12}", each.question, re.IGNORECASE)
    )


def _only_address(said: str) -> str:
    found = _EMAIL.search(said)
    return found[0] if found and found[0] != said.strip() and " " in said.strip() else said


def _words(name: str) -> str:
    """A name as words: `yourEmail`, `your-email`, `Correo electrónico`."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", name)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain.casefold()).split())
