"""Addresses as headers write them, read leniently: real mail follows no grammar. Never raises, linear."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crm.mail.charsets import decoded_header
from crm.rules.inbound import Mailbox

ADDRESSES = 50
"""Addresses read of one header."""

_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]{1,64}@[^\s<>,;:\"()]{1,255}")
_IN_BRACKETS = re.compile(r"<\s{0,5}([^\s<>]{1,320})\s{0,5}>")


def mailbox(value: str) -> Mailbox:
    """The first address of a header, and the name beside it; the name alone where there is no address."""
    return next(iter(mailboxes(value)), None) or Mailbox(name=_name(value))


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Every address of a header. Lenient: what has an @ is an address, what stands before it a name."""
    found: list[Mailbox] = []
    for piece in _apart(value[:4_000]):
        bracketed = _IN_BRACKETS.search(piece)
        if bracketed and (bare := bracketed[1].removeprefix("mailto:")):
            found.append(Mailbox(_address(bare), _name(piece[: bracketed.start()])))
        elif match := _ADDRESS.search(piece):
            left = piece[: match.start()] + piece[match.end() :]
            found.append(Mailbox(_address(match[0]), _name(left.replace("mailto:", ""))))
    return tuple(found[:ADDRESSES])


def _apart(value: str) -> Iterator[str]:
    """A list of addresses cut at its commas, but not at those inside quotes or brackets."""
    start, quoted, inside = 0, False, False
    for at, sign in enumerate(value):
        if sign == '"' and value[at - 1 : at] != "\\":
            quoted = not quoted
        elif sign in "<>" and not quoted:
            inside = sign == "<"
        elif sign in ",;" and not quoted and not inside:
            yield value[start:at]
            start = at + 1
    yield value[start:]


def _address(text: str) -> str:
    return text.strip("'\"").rstrip(".")


def _name(text: str) -> str:
    name = decoded_header(text.strip().strip('"').replace('\\"', '"').replace("\\\\", "\\")).strip(" \"'()")
    return "" if name.startswith("<") else name[:200]
