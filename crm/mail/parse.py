"""The raw bytes of a mail that came in, as plain values. Never raises, whatever the bytes are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crm.mail import mime, reports
from crm.mail.attached import attachments_in
from crm.mail.charsets import decoded_header
from crm.mail.mailboxes import ADDRESSES, mailbox, mailboxes
from crm.mail.mime import Headers, Part, Reading
from crm.mail.plain_html import plain
from crm.rules.inbound import Attachment, InboundMail, Trouble

TEXT_LENGTH = 200_000
"""Letters kept of a text; far more than anybody types."""

KEPT_HEADERS = re.compile(
    r"from|to|cc|sender|reply-to|return-path|content-type|precedence|importance|mailing-list|errors-to"
    r"|preference|delivered-(?:to|by-the-graces-of)|envelope-to|feedback-id|user-agent|auto-.*|resent-.*|list-.*|disposition-notification-to"
    r"|x-(?:.*auto.*|.*vacation.*|.*loop.*|.*list.*|failed.*|original-to|envelope-to|forwarded.*|precedence"
    r"|mailer|apple-action|report-abuse|post-messageclass|campaign.*|notification.*|.*machinegenerated|cron-env)"
    r"|x-ms-exchange-(?:inbox-rules-loop|generated-message-source|parent-message-id)"
)
"""Headers the rules ask for, and no others: what is kept stays small."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_MESSAGE_ID = re.compile(r"<[^\s<>]{1,400}>")


def parse(raw: bytes) -> InboundMail:
    """Everything the rules ask of a mail. At most 100 kB of headers, 512 kB of body, 50 parts, 8 levels."""
    if not raw.strip():
        return InboundMail(troubles=(Trouble.EMPTY,))
    reading = Reading()
    top = mime.read(raw, reading)
    if not top.headers:
        reading.troubles.add(Trouble.NO_HEADERS)
    text, html_text = _texts(top, reading.troubles)
    headers = top.headers
    return InboundMail(
        message_id=_first(_message_ids(headers, "message-id")),
        in_reply_to=_message_ids(headers, "in-reply-to"),
        references=_message_ids(headers, "references"),
        sender=mailbox(top.header("from") or top.header("sender")),
        reply_to=mailbox(top.header("reply-to")),
        to=tuple(box for name, value in headers if name in ("to", "cc") for box in mailboxes(value))[
            :ADDRESSES
        ],
        delivered_to=_envelope_recipients(headers),
        subject=decoded_header(top.header("subject"))[:1_000],
        date=_date(top.header("date")),
        return_path=_return_path(headers),
        type=top.type,
        report_type=top.parameters.get("report-type", "").lower(),
        headers=tuple(
            (name, decoded_header(value)[:2_000]) for name, value in headers if KEPT_HEADERS.fullmatch(name)
        ),
        text=text,
        html_text=html_text,
        attachments=_attachments(top),
        deliveries=reports.deliveries(top, reading.troubles),
        returned=reports.returned(top),
        complaint=reports.complaint(top),
        receipt=reports.receipt(top),
        troubles=tuple(sorted(reading.troubles)),
    )


def _texts(top: Part, troubles: set[Trouble]) -> tuple[str, str]:
    """The plain part and the HTML part as text; the first stands in for a missing other one."""
    plains, pages = [], []
    for part in _own_parts(top):
        if part.is_attached or (part.file_name and not part.type.startswith("text/")):
            continue
        if part.type == "text/html" or (part.type == "text/plain" and _looks_like_html(part)):
            pages.append(plain(part.text(troubles)))
        elif part.type in ("text/plain", "text/enriched", "text/richtext", "text", "message/plain"):
            plains.append(part.text(troubles).replace("\r\n", "\n"))
    html_text = _cut("\n\n".join(pages))
    text = _cut("\n\n".join(each for each in plains if each.strip()))
    return (text or html_text), html_text


def _looks_like_html(part: Part) -> bool:
    return part.body[:200].lstrip()[:15].lower().startswith((b"<html", b"<!doctype html"))


def _cut(text: str) -> str:
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    return _CONTROL.sub("", text[:TEXT_LENGTH]).strip("\n")


def _own_parts(part: Part) -> Iterator[Part]:
    """The leaves that were written for the reader: not what lies inside a carried mail."""
    if part.type in mime.CARRIERS:
        return
    if not part.children:
        yield part
    for child in part.children:
        yield from _own_parts(child)


def _attachments(top: Part) -> tuple[Attachment, ...]:
    return tuple(Attachment(each.file_name, each.type, len(each.decoded())) for each in attachments_in(top))


def _message_ids(headers: Headers, name: str) -> tuple[str, ...]:
    value = " ".join(value for each, value in headers if each == name)
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(value)))[-200:] or _bare_id(value)


def _bare_id(value: str) -> tuple[str, ...]:
    """Some programs forget the brackets."""
    words = value.split()
    return (f"<{words[0][:400]}>",) if len(words) == 1 and "@" in value and "<" not in value else ()


def _envelope_recipients(headers: Headers) -> tuple[str, ...]:
    names = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to")
    found = (box.address for name, value in headers if name in names for box in mailboxes(value))
    return tuple(dict.fromkeys(found))[:ADDRESSES]


def _return_path(headers: Headers) -> str | None:
    value = next((value for name, value in headers if name == "return-path"), None)
    if value is None:
        return None
    return mailbox(value).address


def _date(value: str) -> datetime | None:
    """The date a mail gives itself, in UTC; None where it gives none that can be understood."""
    try:
        found = parsedate_to_datetime(value[:200])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def _first(found: Iterable[str]) -> str:
    return next(iter(found), "")
