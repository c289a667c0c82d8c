"""Are these two probably one person? Said with reasons, and never on the strength of a name alone.

The keys below are what candidates are looked up by: two people are compared only where one of them is equal.
Of the near keys each has several, and one in common is enough.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

from crm.rules.addresses import base_mailbox, is_a_slip, suggest

DIGITS_OF_A_NUMBER = 7
"""Fewer are no phone number, but half of one."""
LETTERS_THAT_TELL = 4
"""In a shorter word one other letter makes another name: Ann, Dan."""
LETTERS_OF_A_SHORT_FORM = 3
"""Sam is Samuel; Al may be anybody."""
WORDS_OF_A_NAME = 4
"""So many words of a name are compared."""


class Sign(StrEnum):
    """What speaks for it; and `OTHER_NAME`, which is said because it speaks against it."""

    SAME_MAILBOX = "same_mailbox"
    NEAR_ADDRESS = "near_address"
    SAME_PHONE = "same_phone"
    NEAR_PHONE = "near_phone"
    SAME_NAME = "same_name"
    NEAR_NAME = "near_name"
    OTHER_NAME = "other_name"


WORDS = {
    Sign.SAME_MAILBOX: "same mailbox",
    Sign.NEAR_ADDRESS: "nearly the same address",
    Sign.SAME_PHONE: "same phone number",
    Sign.NEAR_PHONE: "nearly the same phone number",
    Sign.SAME_NAME: "same name",
    Sign.NEAR_NAME: "nearly the same name",
    Sign.OTHER_NAME: "different name",
}


class Names(StrEnum):
    """How two names stand to each other. `open`: one is missing, or a first name that fits."""

    SAME = "same"
    NEAR = "near"
    OPEN = "open"
    OTHER = "other"


@dataclass(frozen=True)
class Traits:
    """What is compared. Both contacts may be missing."""

    name: str
    email: str | None = None
    phone: str | None = None


def likeness(one: Traits, other: Traits) -> tuple[Sign, ...]:
    """The signs that these are one person, contact first; none where it should not even be asked.

    The same mailbox or number asks by itself, and says so where the names differ. What only nearly
    agrees asks where the names agree, too. A name by itself never asks. Symmetric.
    """
    names = compare(one.name, other.name)
    signs = [sign for sign in (_by_address(one, other, names), _by_phone(one, other, names)) if sign]
    return (*signs, *_NAME_SIGNS[names]) if signs else ()


_NAME_SIGNS: dict[Names, tuple[Sign, ...]] = {
    Names.SAME: (Sign.SAME_NAME,),
    Names.NEAR: (Sign.NEAR_NAME,),
    Names.OPEN: (),
    Names.OTHER: (Sign.OTHER_NAME,),
}


def compare(one: str, other: str) -> Names:
    """Two names, in any order of their words, without accents and capitals."""
    here, there = sorted((_words(one), _words(other)), key=len)
    if not here:
        return Names.OPEN
    if len(here) > 1 and sorted(here) == sorted(there):
        return Names.SAME
    ways = permutations(there, len(here))
    fits = any(all(map(_fits, here, way)) for way in ways)
    if len(here) == 1:
        return Names.OPEN if fits else Names.OTHER
    return Names.NEAR if fits else Names.OTHER


def name_key(name: str) -> str | None:
    """Equal for names that are the same but for order, accents and capitals. None for a first name alone."""
    words = _words(name)
    return " ".join(sorted(words)) if len(words) > 1 else None


def mailbox_key(email: str | None) -> str | None:
    """The mailbox behind tags, dots and the usual slips: equal for gmail.com and gmial.com."""
    return base_mailbox(suggest(email) or email) if email else None


def near_keys(name: str, email: str | None) -> tuple[str, ...]:
    """Two whose addresses differ by a slip have one in common: each is the address with one letter less.

    None without a full name, because then a near address asks nothing.
    """
    if not email or name_key(name) is None:
        return ()
    mailbox = base_mailbox(email)
    local, _, domain = mailbox.rpartition("@")
    shorter = {f"{local[:at]}{local[at + 1 :]}@{domain}" for at in range(len(local))}
    return (mailbox, f"{local}@", *sorted(shorter - {mailbox}))


def phone_key(phone: str | None) -> str | None:
    """The digits of a number; None where they are too few to be one."""
    digits = "".join(each for each in phone or "" if each.isdigit())
    return digits if len(digits) >= DIGITS_OF_A_NUMBER else None


def _by_address(one: Traits, other: Traits, names: Names) -> Sign | None:
    if not one.email or not other.email:
        return None
    here, there = base_mailbox(one.email), base_mailbox(other.email)
    if here == there:
        return Sign.SAME_MAILBOX
    is_a_usual_slip = mailbox_key(one.email) == mailbox_key(other.email) and names is not Names.OTHER
    agree = names in (Names.SAME, Names.NEAR) and _differ_by_a_slip(here, there)
    return Sign.NEAR_ADDRESS if is_a_usual_slip or agree else None


def _differ_by_a_slip(here: str, there: str) -> bool:
    (local, _, domain), (local_there, _, domain_there) = here.rpartition("@"), there.rpartition("@")
    if domain == domain_there:
        return is_a_slip(local, local_there)
    return local == local_there and is_a_slip(domain, domain_there)


def _by_phone(one: Traits, other: Traits, names: Names) -> Sign | None:
    here, there = phone_key(one.phone), phone_key(other.phone)
    if here is None or there is None:
        return None
    if here == there:
        return Sign.SAME_PHONE
    return Sign.NEAR_PHONE if names is Names.SAME and is_a_slip(here, there) else None


def _words(name: str) -> tuple[str, ...]:
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    letters = "".join(c if c.isalnum() or c in "'’" else " " for c in bare)
    return tuple(letters.replace("’", "'").split()[:WORDS_OF_A_NAME])


def _fits(one: str, other: str) -> bool:
    """The same word, its initial, a short form of it, or a slip in it."""
    short, long = sorted((one, other), key=len)
    begins = long.startswith(short) and (len(short) == 1 or len(short) >= LETTERS_OF_A_SHORT_FORM)
    return begins or one == other or (len(short) >= LETTERS_THAT_TELL and is_a_slip(one, other))
