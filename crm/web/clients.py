"""Telling one caller from another without keeping anybody's network address."""

from __future__ import annotations

import hashlib
import hmac
from ipaddress import ip_address, ip_network

from flask import current_app, request


def client_key() -> str:
    """A keyed hash of where this request comes from: equal for one caller, meaningless to anyone else.

    IPv6 callers own whole networks of addresses, so theirs counts by its /64.
    """
    return client_key_of(request.remote_addr or "")


def client_key_of(place: str) -> str:
    """The same for a network address that a program told us, or for the program itself."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, _place(place).encode(errors="replace"), hashlib.sha256).hexdigest()[:32]


def _place(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
