"""Who an address belongs to, and what to say about one that looks unfinished.

Whether an address is valid is decided in web/forms; here are the keys and the sentences.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

GMAIL = frozenset({"gmail.com", "googlemail.com"})

PROVIDERS = (
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "protonmail.com",
    "fastmail.com",
    "comcast.net",
    "verizon.net",
    "sbcglobal.net",
    "earthlink.net",
)
"""Where people have mailboxes, with names long enough that one wrong letter is a slip."""

MADE_UP_ENDINGS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "vom": "com",
    "xom": "com",
    "cpm": "com",
    "cim": "com",
    "comm": "com",
    "coom": "com",
    "ccom": "com",
    "ner": "net",
    "nte": "net",
    "ent": "net",
    "nett": "net",
    "ogr": "org",
    "orgg": "org",
    "prg": "org",
    "eud": "edu",
    "edi": "edu",
}
"""Endings that no registry has (IANA root zone), and what was meant."""

MAIL = "mailto:"
"""How the key of someone with an address begins."""
LOOKS_UNFINISHED = "That address looks unfinished."
QUOTED_LENGTH = 60


@lru_cache(maxsize=4096)  # of one mail it is asked several times
def normalize_email(address: str) -> str:
    """The address as a key: trimmed, NFC, lower case, its domain in ASCII (IDNA).

    Plus tags and dots stay: two addresses are one person only when they are one mailbox for sure.
    """
    address = unicodedata.normalize("NFC", unicodedata.normalize("NFC", address.strip()).lower())
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{_in_ascii(domain)}"


def contact_key(email: str | None, phone_e164: str | None) -> str | None:
    """Who someone is: their address, else their phone number in E.164; None without either."""
    if email and email.strip():
        return f"{MAIL}{normalize_email(email)}"
    if phone_e164 and phone_e164.strip():
        return f"tel:{phone_e164.strip()}"
    return None


def base_mailbox(address: str) -> str:
    """The mailbox behind tags and dots. Only for limits against abuse, never for who someone is."""
    local, at, domain = normalize_email(address).rpartition("@")
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        return f"{local.replace('.', '') or local}@gmail.com"
    return f"{local}{at}{domain}"


def suggest(address: str) -> str | None:
    """The address that was probably meant, when its domain looks like a slip of the finger."""
    local, at, domain = address.strip().rpartition("@")
    meant = _meant(domain.lower())
    return f"{local}@{meant}" if local and at and meant != domain.lower() else None


def unfinished(address: str) -> str | None:
    """What looks wrong about an address and what would be right; None when nothing does.

    A guess at a slip may be wrong: let the same address pass when it is sent a second time.
    """
    address = address.strip()
    if not address:
        return None
    return _looks_odd(address) or _misses_something(address) or _looks_mistyped(address)


def _looks_odd(address: str) -> str | None:
    checks = (
        (address.count("@") > 1, "There are two @ signs in that address. Which one belongs?"),
        (any(letter.isspace() for letter in address), "There is a space in that address."),
        ("," in address, "There is a comma in that address. Should it be a dot?"),
        (".." in address, "There are two dots in a row in that address."),
    )
    return next((sentence for applies, sentence in checks if applies), None)


def _misses_something(address: str) -> str | None:
    local, at, domain = address.rpartition("@")
    if not at:
        return f"{LOOKS_UNFINISHED} Is the @ missing?"
    if not local:
        return f"{LOOKS_UNFINISHED} Is something missing before the @?"
    if not domain:
        return f"{LOOKS_UNFINISHED} Is something missing after the @?"
    if meant := suggest(address) if "." not in domain else None:
        return f"{LOOKS_UNFINISHED} Did you mean {meant}?"
    name, _, ending = domain.rpartition(".")
    if not name or len(ending) < 2:
        return f"{LOOKS_UNFINISHED} Is something missing {_where(domain)}?"
    return None


def _where(domain: str) -> str:
    quoted = f"“{domain[:QUOTED_LENGTH]}”"
    return f"before {quoted}" if domain.startswith(".") else f"after {quoted}"


def _looks_mistyped(address: str) -> str | None:
    meant = suggest(address)
    if meant is None:
        return None
    wrong = address.rpartition("@")[2].lower()
    return f"There is no “{wrong[:QUOTED_LENGTH]}”. Did you mean {meant.rpartition('@')[2]}?"


def _meant(domain: str) -> str:
    name, dot, ending = domain.rpartition(".")
    domain = f"{name}{dot}{MADE_UP_ENDINGS.get(ending, ending)}" if dot else domain
    if domain in PROVIDERS:
        return domain
    likely = (known for known in PROVIDERS if domain == known.partition(".")[0] or _was_meant(domain, known))
    return next(likely, domain)


def _was_meant(typed: str, known: str) -> bool:
    """Not with another first letter: ymail is real."""
    return typed[:1] == known[0] and is_a_slip(typed, known)


def is_a_slip(typed: str, meant: str) -> bool:
    """One letter wrong, missing, too many or swapped with its neighbour; also none at all. Symmetric."""
    shorter = min(len(typed), len(meant))
    same = next((n for n in range(shorter) if typed[n] != meant[n]), shorter)
    rest_typed, rest_meant = typed[same:], meant[same:]
    return (
        rest_typed[1:] == rest_meant[1:]
        or rest_typed[1:] == rest_meant
        or rest_typed == rest_meant[1:]
        or (rest_typed[1::-1] == rest_meant[:2] and rest_typed[2:] == rest_meant[2:])
    )


def _in_ascii(domain: str) -> str:
    """Each label as the DNS knows it. By hand, because Python's codec is IDNA 2003 and makes ß into ss."""
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
        for label in domain.split(".")
    )
