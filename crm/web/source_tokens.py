"""The tokens of ways in: random, shown once, and kept only as a hash under the practice's own key."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import current_app

BEGINNING = "way_"
"""So that whoever finds one in a file knows what it opens."""
LONGEST = 200


def fresh_token() -> str:
    return BEGINNING + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token. Without the key nobody can tell whether a guess is right."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"source:{token[:LONGEST]}".encode(errors="replace"), hashlib.sha256).hexdigest()
