"""What an IMAP server's answers say. Whatever cannot be made out is left out: never raises."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from crm.mail.mailbox import Listed
from crm.rules.arrivals import Role

Answer = Sequence[Any]
"""imaplib's: lines as bytes, and a pair for each line that ends in a literal."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NAMES = {
    Role.SENT: ("sent", "sent items", "sent messages", "sent mail"),
    Role.JUNK: ("junk", "spam", "junk email", "junk e-mail"),
}
"""What these folders are called where the server does not mark them (RFC 6154)."""
NO_FOLDERS = frozenset({"\\noselect", "\\nonexistent"})
"""A name with one of these marks holds other folders and no mail (RFC 9051 7.3.1)."""

_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})\b", re.IGNORECASE)
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"', re.IGNORECASE)
_FOLDER = re.compile(rb'\(([^)]*)\) (?:"(?:\\.|[^"\\])*"|NIL) (.+)', re.IGNORECASE | re.DOTALL)


def text_of(lines: Sequence[Any] | None) -> str:
    """A server's words, as far as they are plain text."""
    words = (each for each in lines or () if isinstance(each, bytes | str))
    return " ".join(each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in words)


def folder_in(line: Any) -> tuple[set[str], str] | None:  # noqa: ANN401 - imaplib's: bytes, or a pair with a literal
    """Its marks in lower case, and its name."""
    head, literal = (line[0], line[1]) if isinstance(line, tuple) else (line, None)
    found = _FOLDER.fullmatch(head)
    if found is None:
        return None
    marks = {mark.decode("ascii", "replace").lower() for mark in found[1].split()}
    name = literal if literal is not None else _unquoted(found[2])
    return marks, name.decode("ascii", "replace")


def names_of(role: Role, found: Sequence[tuple[set[str], str]]) -> list[str]:
    """The marked one; where none is, one with a usual name."""
    marked = [name for marks, name in found if f"\\{role}" in marks]
    usual = [
        name for _, name in found if re.split(r"[./]", name)[-1].lower() in NAMES[role] and name != "INBOX"
    ]
    return (marked or usual)[:1]


def quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unquoted(name: bytes) -> bytes:
    if not name.startswith(b'"'):
        return name
    return re.sub(rb"\\(.)", rb"\1", name[1:-1])


def uid_of(line: Any) -> int:  # noqa: ANN401 - imaplib's
    found = _UID.search(line if isinstance(line, bytes) else b"")
    return int(found[1]) if found else 0


def listing_in(line: Any) -> Listed | None:  # noqa: ANN401 - imaplib's
    if not isinstance(line, bytes):
        return None
    uid, size, arrived = _UID.search(line), _SIZE.search(line), _ARRIVED.search(line)
    if uid is None or size is None:
        return None
    return Listed(int(uid[1]), int(size[1]), _instant(arrived[1] if arrived else b""))


def _instant(text: bytes) -> datetime:
    """INTERNALDATE. One that is none counts as just arrived: in doubt a mail is read."""
    day, _, rest = text.decode("ascii", "replace").strip().partition(" ")
    try:
        return parsedate_to_datetime(f"{day.replace('-', ' ')} {rest}").astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return datetime.max.replace(tzinfo=UTC)


def day_of(day: date) -> str:
    """SEARCH knows days of the server's clock only, so one more is asked for."""
    day -= timedelta(days=1)
    return f"{day.day}-{MONTHS[day.month - 1]}-{day.year}"


def bodies_in(answer: Answer) -> dict[int, bytes]:
    """Each literal under its UID, which may stand before it or after it; what has none is left out."""
    found: dict[int, bytes] = {}
    head, body = b"", None
    for each in [*answer, (b"", b"")]:
        if not isinstance(each, tuple):
            head += each if isinstance(each, bytes) else b""
            continue
        uid = uid_of(head)
        if body is not None and uid:
            found.setdefault(uid, body)
        head, body = each[0], each[1]
    return found
