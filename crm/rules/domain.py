"""What a domain's records say about the mail we send in its name: SPF, DKIM, DMARC, and where answers go.

SPF: RFC 7208. DKIM: RFC 6376. DMARC: RFC 7489. To stop with one click wants both headers signed: RFC 8058, 4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

BIG_PROVIDERS = {
    "google": ("gmail.com", "googlemail.com", "google.com"),
    "microsoft": ("office365.com", "outlook.com", "microsoft.com"),
    "fastmail": ("fastmail.com", "messagingengine.com"),
    "icloud": ("icloud.com", "me.com"),
    "zoho": ("zoho.com", "zoho.eu"),
}
"""Whose server it is, by the end of its name."""
SPF_OF = {
    "google": "_spf.google.com",
    "microsoft": "spf.protection.outlook.com",
    "fastmail": "spf.messagingengine.com",
    "icloud": "icloud.com",
    "zoho": "zoho.com",
}
POLICY = re.compile(r";\s*p\s*=\s*(none|quarantine|reject)\b", re.IGNORECASE)
UNSUBSCRIBE = frozenset({"list-unsubscribe", "list-unsubscribe-post"})


class State(StrEnum):
    """How it stands with one of them."""

    FINE = "fine"
    MISSING = "missing"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answers:
    """What the DNS said. None: nobody answered; empty: there is nothing. `keys`: DKIM's, by selector."""

    domain: str
    spf: tuple[str, ...] | None = None
    dmarc: tuple[str, ...] | None = None
    mx: tuple[str, ...] | None = None
    keys: Mapping[str, str] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Answers:
        lists = {name: record[name] for name in ("spf", "dmarc", "mx")}
        told = {name: None if found is None else tuple(found) for name, found in lists.items()}
        return cls(domain=record["domain"], keys=dict(record["keys"]), **told)


@dataclass(frozen=True)
class Signature:
    """What an email of ours was signed with, as it came back (DKIM-Signature)."""

    domain: str
    selector: str
    signed: frozenset[str]


@dataclass(frozen=True)
class Judged:
    """One of the four: how it stands, in words, and the line that would mend it."""

    name: str
    state: State
    words: str
    line: str = ""


def judged(answers: Answers, server: str, signature: Signature | None = None) -> list[Judged]:
    """All of them, in the order in which they are told. `server`: through which our emails leave."""
    return [_spf(answers, server), _dkim(answers, signature), _dmarc(answers), _mx(answers)]


def _spf(answers: Answers, server: str) -> Judged:
    if answers.spf is None:
        return Judged("SPF", State.UNKNOWN, "We couldn’t look.")
    ours = _include(server)
    if not answers.spf:
        words = "Missing. Some emails may be put in spam, because nothing says who may send for your domain."
        return Judged("SPF", State.MISSING, words, f'{answers.domain} TXT "v=spf1 {ours} ~all"')
    if len(answers.spf) > 1:
        words = "There are two, and then neither counts. Let whoever manages your domain make one of them."
        return Judged("SPF", State.WRONG, words)
    return _one_spf(answers.spf[0].split(), ours, is_known=_provider(server) is not None)


def _one_spf(said: list[str], ours: str, *, is_known: bool) -> Judged:
    """Whom a record means is seen in it for the large providers only; others have names we can't guess."""
    if said[-1] == "+all":
        return Judged("SPF", State.WRONG, "It lets everybody send for your domain. It should end in ~all.")
    if not is_known:
        return Judged("SPF", State.FINE, "Your domain says who may send for it.")
    if ours not in said:
        words = "It doesn’t name the server your emails leave through. Add this to it:"
        return Judged("SPF", State.WRONG, words, ours)
    return Judged("SPF", State.FINE, "Your domain says this server may send for you.")


def _dkim(answers: Answers, signature: Signature | None) -> Judged:
    """An email that came back says more than any record: what was signed, and by whom."""
    if signature is not None:
        return _signed(answers, signature)
    if answers.spf is None and not answers.keys:
        return Judged("DKIM", State.UNKNOWN, "We couldn’t look.")
    if answers.keys:
        words = (
            "Your domain has a key to sign emails with. Send a test: what comes back shows whether each is."
        )
        return Judged("DKIM", State.FINE, words)
    words = (
        "No key was found where providers usually keep it. Switch signing on at your email provider; it "
        "tells you which line your domain needs."
    )
    return Judged("DKIM", State.MISSING, words)


def _signed(answers: Answers, signature: Signature) -> Judged:
    if not is_aligned(signature.domain, answers.domain):
        words = f"Emails are signed by {signature.domain}, not by your domain. Your provider can change that."
        return Judged("DKIM", State.WRONG, words)
    if not signature.signed >= UNSUBSCRIBE:
        words = (
            "Emails are signed, but not what lets people stop them with one click (List-Unsubscribe). Gmail "
            "and Yahoo ask for that: your email provider can have it signed too."
        )
        return Judged("DKIM", State.WRONG, words)
    return Judged("DKIM", State.FINE, "Every email is signed, so it can’t be altered on the way.")


def _dmarc(answers: Answers) -> Judged:
    if answers.dmarc is None:
        return Judged("DMARC", State.UNKNOWN, "We couldn’t look.")
    if not answers.dmarc:
        words = "Missing. Gmail may put some emails in spam until this is there."
        return Judged("DMARC", State.MISSING, words, f'_dmarc.{answers.domain} TXT "v=DMARC1; p=none"')
    if len(answers.dmarc) > 1 or not POLICY.search(answers.dmarc[0]):
        words = "It can’t be understood, so it counts as missing. It should read:"
        return Judged("DMARC", State.WRONG, words, f'_dmarc.{answers.domain} TXT "v=DMARC1; p=none"')
    words = "Your domain says what is to be done with emails that only pretend to be yours."
    return Judged("DMARC", State.FINE, words)


def _mx(answers: Answers) -> Judged:
    if answers.mx is None:
        return Judged("MX", State.UNKNOWN, "We couldn’t look.")
    if not answers.mx:
        return Judged("MX", State.MISSING, "Your domain takes no emails, so answers can’t reach you.")
    return Judged("MX", State.FINE, "Answers reach you.")


def is_aligned(signing: str, ours: str) -> bool:
    """Whether the one is the other, or below it (relaxed alignment; RFC 7489, 3.1.1)."""
    signing, ours = signing.lower().rstrip("."), ours.lower().rstrip(".")
    return signing == ours or signing.endswith(f".{ours}") or ours.endswith(f".{signing}")


def signature_in(header: str) -> Signature | None:
    """What a DKIM-Signature says: tags between semicolons (RFC 6376, 3.2). None where it is none."""
    tags = dict(part.strip().split("=", 1) for part in header.split(";") if "=" in part)
    tags = {name.strip().lower(): re.sub(r"\s+", "", value) for name, value in tags.items()}
    if not tags.get("d") or not tags.get("s"):
        return None
    signed = frozenset(name.lower() for name in tags.get("h", "").split(":") if name)
    return Signature(tags["d"].lower(), tags["s"], signed)


def is_reserved(domain: str) -> bool:
    """Names that belong to nobody (RFC 2606, RFC 6761): there is nothing to look up."""
    labels = domain.lower().rstrip(".").split(".")
    nobodys = labels[-1] in {"example", "test", "invalid", "localhost", "local"}
    return len(labels) < 2 or nobodys or labels[-2:] in (["example", each] for each in ("com", "net", "org"))


def _include(server: str) -> str:
    """What an SPF record says for this server."""
    provider = _provider(server)
    return f"include:{SPF_OF[provider]}" if provider else f"a:{server}"


def _provider(server: str) -> str | None:
    name = server.lower()
    return next(
        (
            who
            for who, ends in BIG_PROVIDERS.items()
            for end in ends
            if name == end or name.endswith(f".{end}")
        ),
        None,
    )
