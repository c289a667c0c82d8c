"""Errors for programs: JSON that says what is wrong and what would be right (RFC 9457)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Response, current_app, request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm.links import Links

FOR_PROGRAMS = ("/api/", "/hooks", "/mail-in")


@dataclass(frozen=True)
class Kind:
    """One kind of problem; its `name` is where the reference explains it."""

    name: str
    status: int
    title: str
    meaning: str


MALFORMED = Kind(
    "malformed", 400, "The request can’t be read", "The body is no JSON object, or a header is odd."
)
NO_TOKEN = Kind(
    "no-token",
    401,
    "A token is needed",
    "No token came, or it is shut. Send Authorization: Bearer and the token.",
)
UNSIGNED = Kind("unsigned", 401, "The signature does not fit", "Sign with the secret set at this way in.")
NOT_ALLOWED = Kind("not-allowed", 403, "This token may not do that", "The token belongs to another way in.")
NOT_FOUND = Kind("not-found", 404, "There is nothing here", "The address is none of ours.")
NO_SUCH_METHOD = Kind(
    "no-such-method", 405, "This address does not take that method", "The header Allow names those it takes."
)
AT_WORK = Kind(
    "at-work",
    409,
    "The first request with this key is at work",
    "Ask again after Retry-After, with the same key and body.",
)
TOO_LARGE = Kind("too-large", 413, "That is too much", "A body has at most 256 kB.")
WRONG_TYPE = Kind(
    "wrong-type", 415, "Only JSON is read here", "Send application/json, in UTF-8, not compressed."
)
INVALID = Kind(
    "invalid",
    422,
    "Something in it can’t be used",
    "The list errors names each field and what would be right.",
)
KEY_REUSED = Kind(
    "key-reused", 422, "This key came with another body before", "A new request needs a new Idempotency-Key."
)
TOO_MANY = Kind("too-many", 429, "Too many at once", "Ask again after Retry-After.")
BROKEN = Kind("broken", 500, "Something broke", "Nothing was stored. Ask again with the same key.")
AWAY = Kind(
    "away",
    503,
    "The database does not answer",
    "Nothing was stored. Ask again after Retry-After, with the same key.",
)
KINDS = (
    MALFORMED, NO_TOKEN, UNSIGNED, NOT_ALLOWED, NOT_FOUND, NO_SUCH_METHOD, AT_WORK, TOO_LARGE, WRONG_TYPE,
    INVALID, KEY_REUSED, TOO_MANY, BROKEN, AWAY,
)  # fmt: skip


@dataclass(frozen=True)
class Wrong:
    """One field that can't be used. `pointer` is where it stands (RFC 6901)."""

    pointer: str
    detail: str


@dataclass
class Problem(Exception):  # noqa: N818 - it is what the answer is called
    """Ends a request with this answer."""

    kind: Kind
    detail: str
    errors: tuple[Wrong, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(problem: Problem) -> Response:
    links: Links = current_app.extensions["links"]
    told: dict[str, object] = {
        "type": f"{links.api_reference()}#{problem.kind.name}",
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
    }
    if problem.errors:
        told["errors"] = [{"pointer": each.pointer, "detail": each.detail} for each in problem.errors]
    response = Response(
        json.dumps(told, ensure_ascii=False), problem.kind.status, mimetype="application/problem+json"
    )
    response.headers.update(problem.headers)
    return response


def for_status(status: int, headers: Mapping[str, str]) -> Response | None:
    """What a program is told in place of an error page; None where a person asked."""
    if not request.path.startswith(FOR_PROGRAMS):
        return None
    kind = next((each for each in KINDS if each.status == status), MALFORMED if status < 500 else BROKEN)
    return answer(Problem(kind, kind.meaning, headers=headers))
