"""Checks that forms share. Each says what looks wrong and what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import timezone
from wtforms import Field, Form
from wtforms.validators import ValidationError

from crm.rules.addresses import LOOKS_UNFINISHED, unfinished
from crm.rules.intake import MESSAGE_LIMIT, clean, clean_line
from crm.rules.zones import places

HOME_REGION = "US"
BAD_ADDRESS = f"{LOOKS_UNFINISHED} It should read like name@example.com."
_FROM_ELSEWHERE = re.compile(r"^\s*00")
"""What most of the world dials before a country; here it is 011."""
_AT_HOME = re.compile(r"\+1([2-9]\d{2})(\d{3})(\d{4})")
"""How nearly all stored numbers look: read so, a page of them takes no time."""


def tidy(text: str | None) -> str:
    """One clean line: no control characters, single spaces."""
    return clean_line(text or "")


def one_line(limit: int) -> Callable[[str | None], str]:
    """The same for a field of so many characters: one too many survives for the length check."""
    return lambda text: clean_line(text or "", limit + 1)


def tidy_text(text: str | None) -> str:
    """Several lines, without what no database keeps. One character too many survives for the length check."""
    return clean(text or "", MESSAGE_LIMIT + 1)


def row_id(text: str) -> int:
    """The number of a row as a page or an address has it; 0, which is nobody's, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def deliverable(_form: Form, field: Field) -> None:
    """An address mail can go to; nothing is asked of the network."""
    if not field.data:
        return
    if hint := unfinished(field.data):
        raise ValidationError(hint)
    if not takes_mail(field.data):
        raise ValidationError(BAD_ADDRESS)


@lru_cache(maxsize=256)  # of one form it is asked several times
def takes_mail(address: str) -> bool:
    """Whether mail could go there, by its shape alone."""
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def callable_number(_form: Form, field: Field) -> None:
    """A phone number in any way people write it."""
    if field.data and e164(field.data) is None:
        raise ValidationError(
            "That number looks unfinished. With its area code it reads like (213) 555-0148."
        )


def e164(typed: str | None) -> str | None:
    """The number as +12135550148 (ITU-T E.164), or None when it cannot be one."""
    number = _parsed(typed or "")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if number else None


def zone_of(typed: str) -> str | None:
    """The time zone a number belongs to, where it is exactly one and a place's."""
    try:
        zones = timezone.time_zones_for_number(phonenumbers.parse(typed, HOME_REGION))
    except phonenumbers.NumberParseException:
        return None
    return zones[0] if len(zones) == 1 and zones[0] in places() else None


def national(number: str | None) -> str:
    """A stored number as people here read it: (213) 555-0148; a foreign one with its country.

    What can't be a number stays as it was typed.
    """
    if not number:
        return ""
    if usual := _AT_HOME.fullmatch(number):
        return f"({usual[1]}) {usual[2]}-{usual[3]}"
    parsed = _parsed(number)
    if parsed is None:
        return number
    here = phonenumbers.region_code_for_number(parsed) == HOME_REGION or parsed.country_code == 1
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if here else form.INTERNATIONAL)


def _parsed(typed: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(_FROM_ELSEWHERE.sub("+", typed), HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None
