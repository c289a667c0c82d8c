"""What the DNS says of a domain that sends mail: asked of the system's resolver, for seconds at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic

import dns.exception
import dns.resolver

from crm.rules.domain import Answers

EACH, ALL = 3.0, 12.0
"""Seconds: for one question, and for all of them."""
SELECTORS = (
    *("google", "selector1", "selector2", "default", "dkim", "mail", "fm1", "fm2", "fm3", "sig1", "k1"),
    *("s1", "s2", "protonmail", "zoho", "mx", "smtp"),
)
"""Where the large providers keep their key. Which one a domain uses is seen on an email that was sent."""
Ask = Callable[[str, str], list[str] | None]
"""A name and a kind of record in; what is there, or None where nobody answered."""


def ask_the_system(name: str, kind: str) -> list[str] | None:
    """An empty list says that there is nothing of this kind."""
    try:
        found = dns.resolver.resolve(name, kind, lifetime=EACH)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, UnicodeError, ValueError):
        return None
    return [words_of(each, kind) for each in found]


def look(domain: str, selectors: Iterable[str] = (), ask: Ask = ask_the_system) -> Answers:
    """`selectors`: those that are known of emails of ours; then the usual ones, until one is there."""
    until = monotonic() + ALL
    spf, dmarc = ask(domain, "TXT"), ask(f"_dmarc.{domain}", "TXT")
    mx = ask(domain, "MX") if spf is not None else None
    keys: dict[str, str] = {}
    nobody = spf is None and dmarc is None
    for selector in () if nobody else dict.fromkeys([*selectors, *SELECTORS]):
        if keys or monotonic() > until:
            break
        for record in ask(f"{selector}._domainkey.{domain}", "TXT") or []:
            if "p=" in record:
                keys[selector] = record
    return Answers(domain, _only(spf, "v=spf1"), _only(dmarc, "v=DMARC1"), _listed(mx), keys)


def words_of(record: object, kind: str) -> str:
    """A TXT record comes in pieces of 255 letters, which belong together."""
    if kind == "TXT":
        return b"".join(getattr(record, "strings", ())).decode("utf-8", "replace")
    return str(getattr(record, "exchange", record)).rstrip(".")


def _only(records: list[str] | None, begins: str) -> tuple[str, ...] | None:
    if records is None:
        return None
    return tuple(each.strip() for each in records if each.strip().lower().startswith(begins.lower()))


def _listed(records: list[str] | None) -> tuple[str, ...] | None:
    return None if records is None else tuple(each for each in records if each)
