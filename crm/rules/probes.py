"""An address of our own that nobody can have, to see whether a bounce is noticed."""

from __future__ import annotations

NOBODY = "no-such-address-"


def nobody_at(domain: str, unlikely: str) -> str:
    """`unlikely`: letters that no mailbox is called by chance."""
    return f"{NOBODY}{unlikely}@{domain}"


def is_nobody(address: str) -> bool:
    return address.startswith(NOBODY)
