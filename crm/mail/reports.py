"""What machines write for machines inside a mail: delivery reports, abuse reports, receipts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crm.mail import mime
from crm.mail.charsets import decoded_header
from crm.mail.mailboxes import mailbox
from crm.mail.mime import Headers, Part
from crm.rules.inbound import Complaint, Delivery, Receipt, Returned, Trouble

RETURNED_HEADERS = frozenset(
    {"from", "to", "subject", "message-id", "date", "x-loop", "list-unsubscribe", "auto-submitted"}
)
HEADERS_ALONE = ("text/rfc822-headers", "message/global-headers", "message/rfc822-headers")
REPORTED = "x-hmxmroriginalrecipient"
RECIPIENTS = 50

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def deliveries(top: Part, troubles: set[Trouble]) -> tuple[Delivery, ...]:
    """Each recipient a delivery report speaks of (RFC 3464), also one that stands where it should not."""
    found: list[Delivery] = []
    for part in top.walk():
        if part.type in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.text(troubles).split("\n\n")
            found += (_delivery(fields) for block in blocks if _is_about_one(fields := _fields(block)))
    return tuple(found[:RECIPIENTS])


def returned(top: Part) -> Returned | None:
    """The mail that came back, or its headers alone (RFC 6522); None when nothing did."""
    for part in _carried(top):
        if part.headers:
            return _returned(part.headers)
    return None


def complaint(top: Part) -> Complaint | None:
    """What an abuse report says (RFC 5965), or whom one without fields names; None where there is none."""
    for part in top.walk():
        if part.type == "message/feedback-report":
            fields = _fields(part.text(set()))
            recipients = (_address(v) for n, v in fields if n in ("original-rcpt-to", "removal-recipient"))
            return Complaint(
                _field(fields, "feedback-type").lower(), tuple(each for each in recipients if each)
            )
    return _unlabelled_complaint(top)


def _unlabelled_complaint(top: Part) -> Complaint | None:
    """Microsoft’s: our mail and not a word beside it, with a header for whoever marked it."""
    if any(part.type not in mime.CARRIERS for part in top.children):
        return None
    for part in _carried(top):
        recipient = _address(_field(part.headers, REPORTED))
        if recipient:
            return Complaint("abuse", (recipient,))
    return None


def receipt(top: Part) -> Receipt | None:
    """The fields of a receipt (RFC 8098); None where there is none."""
    for part in top.walk():
        if part.type in ("message/disposition-notification", "message/global-disposition-notification"):
            fields = _fields(part.text(set()))
            recipient = _field(fields, "final-recipient") or _field(fields, "original-recipient")
            original = _field(fields, "original-message-id")
            return Receipt(_field(fields, "disposition").lower(), _address(recipient), original)
    return None


def _carried(top: Part) -> Iterator[Part]:
    """What may be the returned mail: the child of a carrier, or a part with headers only."""
    for part in top.walk():
        if part.type in mime.CARRIERS:
            yield from part.children
        elif part.type in HEADERS_ALONE:
            yield Part(mime.headers_of(part.decoded().lstrip(b"\n")[: mime.HEADER_BYTES]), part.type, {})


def _returned(headers: Headers) -> Returned:
    values: dict[str, str] = {}
    for name, value in headers:
        values.setdefault(name, value)
    return Returned(
        message_id=_message_id(values.get("message-id", "")),
        sender=_address(values.get("from", "")),
        recipient=_address(values.get("to", "")),
        subject=decoded_header(values.get("subject", ""))[:1_000],
        headers=tuple((name, value[:1_000]) for name, value in values.items() if name in RETURNED_HEADERS),
    )


def _message_id(value: str) -> str:
    """In brackets, as ours are, also where somebody took them away."""
    bare = value.strip().strip("<>")[:400]
    return f"<{bare}>" if bare else ""


def _fields(block: str) -> Headers:
    return mime.headers_of(block.encode("utf-8", "replace"))


def _field(fields: Headers, name: str) -> str:
    return next((value for each, value in fields if each == name), "")


def _is_about_one(fields: Headers) -> bool:
    return any(name in ("final-recipient", "original-recipient", "action") for name, _ in fields)


def _delivery(fields: Headers) -> Delivery:
    status = _STATUS.search(_field(fields, "status"))
    return Delivery(
        final_recipient=_address(_field(fields, "final-recipient")),
        original_recipient=_address(_field(fields, "original-recipient")),
        action=_field(fields, "action").strip().lower()[:20],
        status=status[0] if status else "",
        diagnostic=_without_type(_field(fields, "diagnostic-code"))[:2_000],
    )


def _address(value: str) -> str:
    """`rfc822; sam@example.org` and its many ways of being written, as the address alone."""
    return mailbox(_without_type(value)).address


def _without_type(value: str) -> str:
    kind, mark, rest = value.partition(";")
    return rest.strip() if mark and len(kind) < 20 and "@" not in kind else value.strip()
