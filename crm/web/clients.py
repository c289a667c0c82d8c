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
    return keyed(_place(place, 32, 64))


def network_key() -> str:
    """The same of the network around it: of an IPv4 address its /24, of an IPv6 one its /56."""
    return keyed(f"network {_place(request.remote_addr or '', 24, 56)}")


def keyed(place: str) -> str:
    """Equal for what is equal, and meaningless to whoever does not know our key."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, place.encode(errors="replace"), hashlib.sha256).hexdigest()[:32]


def _place(address: str, bits_of_four: int, bits_of_six: int) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ip_network((parsed, bits_of_six), strict=False))
    return str(parsed) if bits_of_four == 32 else str(ip_network((parsed, bits_of_four), strict=False))
