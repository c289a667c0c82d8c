"""A browser that signed in before is known again, so that guessing elsewhere never slows it down.

The cookie opens nothing: it only says in whose name this browser once got in (docs/decisions.md).
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from crm.web.access import is_behind_tls

if TYPE_CHECKING:
    from flask import Response

COOKIE = "crm_device"
LIFE = timedelta(days=180)
MOST_ACCOUNTS = 8
"""So many people share one computer at the reception, at most."""


class Device(NamedTuple):
    """A browser, by a random word, and the accounts that signed in on it."""

    word: str
    accounts: tuple[int, ...]


def known_for(account_id: int | None) -> str | None:
    """The word of this browser, if this account signed in on it before."""
    device = _device()
    return device.word if device and account_id in device.accounts else None


def remember(response: Response, account_id: int) -> None:
    """From now on this browser has guesses of its own for this account."""
    device = _device() or Device(secrets.token_urlsafe(16), ())
    others = [each for each in device.accounts if each != account_id]
    accounts = [account_id, *others][:MOST_ACCOUNTS]
    response.set_cookie(
        _name(),
        _seal().dumps([device.word, accounts]),
        max_age=LIFE,
        httponly=True,
        samesite="Lax",
        secure=is_behind_tls(),
        path="/",
    )


def _device() -> Device | None:
    try:
        word, accounts = _seal().loads(request.cookies.get(_name(), ""), max_age=int(LIFE.total_seconds()))
    except (BadSignature, TypeError, ValueError):
        return None
    return Device(word, tuple(accounts))


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="a browser that is known")


def _name() -> str:
    return f"__Host-{COOKIE}" if is_behind_tls() else COOKIE
