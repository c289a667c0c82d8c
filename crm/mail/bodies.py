"""The ways in which one mail says the same, each as it leaves: text, page, and calendar."""

from __future__ import annotations

from binascii import b2a_qp
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from crm.mail.invitation import as_icalendar

if TYPE_CHECKING:
    from crm.mail.invitation import Invitation

LINE = 998
"""RFC 5322 2.1.1: no line may be longer, its end not counted."""


class Body(NamedTuple):
    """One of them: what stands over it, and itself."""

    head: str
    text: str


def as_text(text: str) -> Body:
    lines = _lines(text)
    return Body(_head("plain", "quoted-printable"), "\r\n".join(map(_quoted_line, lines)))


def as_page(html: str) -> Body:
    """HTML has numbers for what ASCII has not, so it mostly leaves as it is: encoding took twice as long."""
    plain = html if html.isascii() else html.encode("ascii", "xmlcharrefreplace").decode("ascii")
    lines = _lines(plain)
    if max(map(len, lines)) <= LINE and "\0" not in plain:
        return Body(_head("html", "7bit"), "\r\n".join(lines))
    return Body(_head("html", "quoted-printable"), "\r\n".join(map(_quoted_line, lines)))


def as_calendar(invitation: Invitation) -> Body:
    """Its type names the method as the calendar does (RFC 6047 2.4), or mail programs heed neither."""
    lines = _lines(as_icalendar(invitation).removesuffix("\r\n"))
    kind = f"calendar; method={invitation.method}"
    return Body(_head(kind, "quoted-printable"), "\r\n".join(map(_quoted_line, lines)))


def _head(kind: str, coding: str) -> str:
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {coding}"


def _lines(text: str) -> list[str]:
    plain = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return plain.split("\n")


@lru_cache(maxsize=2048)  # a layout's lines stand in every mail
def _quoted_line(line: str) -> str:
    """RFC 2045 6.7 knows no state from one line to the next, so each is encoded by itself."""
    encoded = b2a_qp(line.encode("utf-8"), quotetabs=False, istext=True)
    return encoded.decode("ascii").replace("\n", "\r\n")
