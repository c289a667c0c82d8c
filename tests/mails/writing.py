"""How the mails of this folder are put together: a head, a body, and what should be made of them."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from crm.rules.verdicts import Kind, Ours
from crm.rules.wishes import Wish

OURS = "Connor Hale <connor@practice.example>"
OURS_ID = "<m7.f3a9@practice.example>"
WE = Ours(
    addresses=frozenset({"connor@practice.example"}),
    message_id_domains=frozenset({"practice.example"}),
    unsubscribe_addresses=frozenset({"stop@practice.example"}),
)
SUBJECT = "Your free fifteen minutes"
SENT = "Tue, 03 Nov 2026 18:12:00 +0000"
"""A Tuesday, for every date that is said relative to it."""

OUR_WORDS = (
    "Hello Sam,\n\nthank you for writing. Would Thursday at ten suit you for a first call?\n"
    "If not, tell me what does.\n\nConnor Hale\nTherapy downtown\n\nNo more emails: https://practice.example/stop/x1"
)


@dataclass(frozen=True)
class Specimen:
    """One mail, and what should be made of it. None: nothing is expected of that."""

    name: str
    kind: Kind
    raw: bytes
    recipient: str | None = None
    new_text: str | None = None
    wish: Wish | None = None
    returns_on: date | None = None


def mail(head: Mapping[str, str], body: str | bytes, charset: str = "utf-8") -> bytes:
    """A raw mail. The body is encoded as it is; what the head says of it is the caller's affair."""
    lines = "".join(f"{name}: {value}\n" for name, value in head.items())
    octets = body.encode(charset, "surrogateescape") if isinstance(body, str) else body
    return lines.encode("utf-8", "surrogateescape") + b"\n" + octets


def head(sender: str, subject: str = f"Re: {SUBJECT}", **more: str) -> dict[str, str]:
    """The usual first lines; `more` has underscores for hyphens, and None-like empty values leave one out."""
    lines = {
        "From": sender,
        "To": OURS,
        "Subject": subject,
        "Date": SENT,
        "Message-ID": f"<{abs(hash(sender + subject)) % 10**9}@mail.example>",
        "MIME-Version": "1.0",
    }
    lines |= {name.replace("_", "-"): value for name, value in more.items()}
    return {name: value for name, value in lines.items() if value}


def threaded() -> dict[str, str]:
    """What a mail program adds when it answers ours."""
    return {"In-Reply-To": OURS_ID, "References": OURS_ID}


def alternative(plain: str, page: str) -> tuple[dict[str, str], str]:
    """Head lines and body of a mail with two versions."""
    body = (
        f"--alt\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n"
        f"--alt\nContent-Type: text/html; charset=utf-8\n\n{page}\n--alt--\n"
    )
    return {"Content-Type": 'multipart/alternative; boundary="alt"'}, body


def quoted(text: str = OUR_WORDS) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def as_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>\n")


def in_base64(text: str, charset: str = "utf-8") -> str:
    return base64.encodebytes(text.encode(charset)).decode("ascii")


def in_quoted_printable(text: str, charset: str = "utf-8") -> str:
    return quopri.encodestring(text.encode(charset)).decode("ascii")
