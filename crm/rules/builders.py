"""What form builders send, each in its own shape, as one list of answers: key, question, kind, value.

A shape is recognised by what is in it and not by what the owner chose, so that a wrong choice does no harm.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from crm.rules.answers import Payload, as_written
from crm.rules.builder_shapes import in_shape
from crm.rules.form_bodies import read_multipart, read_urlencoded
from crm.rules.intake import clean_line
from crm.rules.payloads import Unreadable, read_json

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
KNOWN_TYPES = ("application/json", FORM, MULTIPART, "text/plain", "")
"""What builders send; some say text/plain, or nothing, and mean JSON."""


def read_payload(body: bytes, content_type: str) -> Payload:
    """The answers in a body, whatever builder sent it. Raises Unreadable, and nothing else."""
    tree = _tree(body, content_type)
    if not isinstance(tree, dict):
        raise Unreadable("There is no form in this: it is neither an object nor a list of fields.")
    try:
        payload = in_shape(tree)
    except RecursionError:
        raise Unreadable("This is nested too deep.") from None
    if not payload.answers:
        raise Unreadable("There is no answer in this.")
    return payload


def _tree(body: bytes, content_type: str) -> Any:  # noqa: ANN401 - whatever was sent
    kind = content_type.partition(";")[0].strip().lower()
    if kind == MULTIPART:
        tree: Any = read_multipart(body, content_type)
    elif kind == FORM:
        tree = read_urlencoded(body)
    else:
        tree = read_json(body, numbers=as_written)
    if isinstance(tree, list):
        return {"fields": tree}
    return tree


def delivery_key(payload: Payload | None, body: bytes, day: date) -> str:
    """Equal when a builder sends the same once more: what was answered, with its own number or else the day.

    The same number with other answers is another key: an edited or a mistaken one is not dropped.
    """
    if payload is None:
        return f"{day}:{hashlib.sha256(body).hexdigest()}"
    answered = json.dumps([[each.key, each.value] for each in payload.answers])
    content = hashlib.sha256(answered.encode()).hexdigest()
    return f"{clean_line(payload.delivery_id, 200) or day}:{content}"
