"""The signed token in the public form: when it was shown, and a nonce that makes a double click harmless."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from crm.rules.intake import TokenProblem

if TYPE_CHECKING:
    from datetime import datetime

SALT = "consultation-form"


@dataclass(frozen=True)
class ReadToken:
    """What a token said. `problem` is None for a good one; `age` is unknown for a bad one."""

    nonce: str
    age: timedelta | None = None
    problem: TokenProblem | None = None


def fresh_token() -> str:
    """A token for a form that is being shown now."""
    return str(_serializer().dumps(secrets.token_urlsafe(16)))


def read_token(token: str, now: datetime, good_for: timedelta) -> ReadToken:
    """What a submitted token says. An expired one is a tab left open, not an attack."""
    if not token:
        return ReadToken("", problem=TokenProblem.MISSING)
    try:
        nonce, signed_at = _serializer().loads(token, return_timestamp=True)
    except BadSignature:
        return ReadToken("", problem=TokenProblem.FORGED)
    age = now - signed_at
    return ReadToken(str(nonce), age, TokenProblem.EXPIRED if age > good_for else None)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt=SALT)
