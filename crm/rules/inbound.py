"""A mail that came in, as plain values. `crm/mail/parse` makes it, `rules/verdicts` judges it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Trouble(StrEnum):
    """What was wrong with a mail, or what of it was left out because it was too much."""

    EMPTY = "empty"
    NO_HEADERS = "no_headers"
    HEADERS_CUT = "headers_cut"
    BODY_CUT = "body_cut"
    TOO_MANY_PARTS = "too_many_parts"
    TOO_DEEP = "too_deep"
    NO_BOUNDARY = "no_boundary"
    BROKEN_ENCODING = "broken_encoding"
    UNKNOWN_CHARSET = "unknown_charset"


@dataclass(frozen=True)
class Mailbox:
    """An address as a header wrote it, and the name beside it; either may be empty."""

    address: str = ""
    name: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file that came along. `size` in bytes, as far as the mail was read."""

    name: str
    type: str
    size: int


@dataclass(frozen=True)
class Delivery:
    """What a server says about one recipient (RFC 3464 2.3); addresses without their type."""

    final_recipient: str = ""
    original_recipient: str = ""
    action: str = ""
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True)
class Returned:
    """The mail of ours that came back inside another one, as far as its headers did."""

    message_id: str = ""
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Complaint:
    """The fields of an abuse report that matter here (RFC 5965)."""

    feedback_type: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """A receipt for having been shown or deleted (RFC 8098)."""

    disposition: str = ""
    recipient: str = ""
    original_message_id: str = ""


@dataclass(frozen=True)
class InboundMail:
    """One mail, read with care. Headers' names are small letters; nothing in here is safe to show as HTML.

    `text` is what to read: the plain part, or the HTML one as text where there is no other. `html_text`
    is the HTML part as text, empty where there is none. Message-IDs keep their angle brackets.
    `return_path` is None where no server wrote one, and empty for the null path of RFC 5321 4.5.5.
    """

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Mailbox = Mailbox()
    reply_to: Mailbox = Mailbox()
    to: tuple[Mailbox, ...] = ()
    delivered_to: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    return_path: str | None = None
    type: str = "text/plain"
    report_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    html_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    returned: Returned | None = None
    complaint: Complaint | None = None
    receipt: Receipt | None = None
    troubles: tuple[Trouble, ...] = ()

    @property
    def is_readable(self) -> bool:
        """Whether there was anything that could be read as a mail."""
        return not {Trouble.EMPTY, Trouble.NO_HEADERS} & set(self.troubles)

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everybody it says it was for, the envelope's address first where a server wrote it down."""
        return (*self.delivered_to, *(each.address for each in self.to))

    def header(self, name: str) -> str:
        """The first header of that name, in small letters; empty where there is none."""
        return next((value for each, value in self.headers if each == name), "")

    def has(self, name: str) -> bool:
        return any(each == name for each, _ in self.headers)
