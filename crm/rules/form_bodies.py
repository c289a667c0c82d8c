"""A form as browsers and PHP send it, read into nested values: urlencoded or multipart, within bounds."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from crm.rules.payloads import DEPTH_AT_MOST, Unreadable

FIELDS_AT_MOST = 200

_KEY_PART = re.compile(r"\[([^\[\]]*)\]")
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,200})"?', re.IGNORECASE)
_NAME = re.compile(r'\bname="((?:[^"\\]|\\.)*)"')
_FILE = re.compile(r"\bfilename\*?=")


def read_urlencoded(body: bytes) -> dict[str, Any]:
    """The fields of a body of this kind. Raises Unreadable."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS_AT_MOST
        )
    except ValueError:
        raise Unreadable(f"This has more than {FIELDS_AT_MOST} fields.") from None
    return nested(pairs)


def read_multipart(body: bytes, content_type: str) -> dict[str, Any]:
    """The fields of a body of this kind; of a file only that there is one. Raises Unreadable."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise Unreadable("The type of this names no boundary between its parts.")
    parts = body.split(b"--" + found[1].encode("latin-1", "replace"))[1:-1]
    if not parts:
        raise Unreadable("There are no parts in this, or it has no end.")
    if len(parts) > FIELDS_AT_MOST:
        raise Unreadable(f"This has more than {FIELDS_AT_MOST} parts.")
    return nested([pair for part in parts if (pair := _part(part))])


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """PHP's brackets undone: `fields[name][value]=Maya` is a value in a value, `days[]=Mon` one of a list."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        _put(found, _path(key), value)
    return found


def _part(raw: bytes) -> tuple[str, str] | None:
    head, blank, content = raw.strip(b"\r\n").partition(b"\r\n\r\n")
    headers = head.decode("utf-8", "replace")
    name = _NAME.search(headers)
    if not name:
        return None
    if _FILE.search(headers):
        return name[1], "(a file)"
    return name[1], content.decode("utf-8", "replace") if blank else ""


def _path(key: str) -> list[str]:
    start, bracket, _ = key.partition("[")
    if not start or not bracket:
        return [key]
    return [start, *_KEY_PART.findall(key[len(start) :])][:DEPTH_AT_MOST]


def _put(into: dict[str, Any], path: list[str], value: str) -> None:
    """Where a key comes twice, all its values are kept, as a list."""
    for part in path[:-1]:
        inner = into.setdefault(part, {})
        if not isinstance(inner, dict):
            inner = into[part] = {"": inner}
        into = inner
    last = path[-1]
    if last in into:
        before = into[last]
        into[last] = [*(before if isinstance(before, list) else [before]), value]
    else:
        into[last] = value
