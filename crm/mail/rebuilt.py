"""Mails out of what a provider posts, so that what comes from one is read like all that comes from a mailbox.

A report becomes what a mail server would have sent about it: a delivery report (RFC 3464), a complaint
(RFC 5965), or the mail by which somebody unsubscribes. All values are a stranger's: no line of theirs ends up
as a header, and parts are packed in Base64.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from dataclasses import replace
from hashlib import sha256

from crm.rules.providers import PostedFile, PostedLetter, Report, Said

HEADERS, VALUE = 200, 4_000
BOUNDARY = "=_rebuilt"
_NAME = re.compile(r"[A-Za-z0-9-]{1,80}")
_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,80}", re.ASCII)
_DEAD = re.compile(r"\b5\.1\.\d")
ACTIONS = {Said.FAILED: "failed", Said.DELAYED: "delayed"}


def mail_of(letter: PostedLetter) -> bytes:
    """A mail in pieces put together again."""
    boundary = _boundary(repr(letter.headers))
    parts = [_part("text/plain", letter.text.encode("utf-8", "replace"))] if letter.text else []
    if letter.html:
        parts.append(_part("text/html", letter.html.encode("utf-8", "replace")))
    inner = f"{boundary}_text"
    told = _multipart("alternative", inner, parts or [_part("text/plain", b"")])
    files = [_file(each) for each in letter.files]
    head = [_header(name, value) for name, value in letter.headers[:HEADERS] if _NAME.fullmatch(name)]
    body = _multipart("mixed", boundary, [told, *files]) if files else told
    return _joined(head, body)


def mail_about(report: Report, key: str, provider: str) -> bytes:
    """What a mail server would have written about it. `key` makes its Message-ID: the same each time."""
    host = f"{provider}.invalid"
    head = [
        _header("Message-ID", f"<{sha256(f'{key}|{report.recipient}'.encode()).hexdigest()[:40]}@{host}>"),
        _header("Auto-Submitted", "auto-replied"),
    ]
    if report.said is Said.UNSUBSCRIBED:
        told = _part("text/plain", b"")
        thread = _header("In-Reply-To", report.original_id) if report.original_id else b""
        return _joined(
            [head[0], _header("From", report.recipient), _header("Subject", "unsubscribe"), thread], told
        )
    head += [_header("From", f"Mail Delivery System <mailer-daemon@{host}>"), _header("Subject", "A report")]
    kind, fields = _fields(_as_soft_as_it_is(report), provider)
    returned = [_header("Message-ID", report.original_id), _header("To", report.recipient)]
    parts = [
        _part("text/plain", b"Your mail provider reports on an email of yours."),
        b"Content-Type: " + kind + b"\r\n\r\n" + b"".join(fields),
        b"Content-Type: text/rfc822-headers\r\n\r\n" + b"".join(returned),
    ]
    report_type = kind.rpartition(b"/")[2].decode()
    return _joined(head, _multipart(f"report; report-type={report_type}", _boundary(key), parts))


def _as_soft_as_it_is(report: Report) -> Report:
    """Where the provider goes on to believe in an address, its server's "no such user" does not count."""
    is_contradicted = report.status.startswith("4") and _DEAD.search(report.diagnostic)
    return replace(report, diagnostic="") if is_contradicted else report


def _fields(report: Report, provider: str) -> tuple[bytes, list[bytes]]:
    """The part a machine reads."""
    if report.said is Said.COMPLAINED:
        return b"message/feedback-report", [
            _header("Feedback-Type", "abuse"),
            _header("User-Agent", provider),
            _header("Version", "1"),
            _header("Original-Rcpt-To", report.recipient),
        ]
    return b"message/delivery-status", [
        _header("Reporting-MTA", f"dns; {provider}"),
        b"\r\n",
        _header("Final-Recipient", f"rfc822; {report.recipient}"),
        _header("Action", ACTIONS[report.said]),
        _header("Status", report.status),
        _header("Diagnostic-Code", f"smtp; {report.diagnostic}"),
    ]


def _header(name: str, value: str) -> bytes:
    """On one line, whatever is in it."""
    words = " ".join("".join(each if each.isprintable() else " " for each in value[:VALUE]).split())
    return f"{name}: {words}\r\n".encode("utf-8", "replace")


def _part(kind: str, octets: bytes) -> bytes:
    head = f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + encodebytes(octets)


def _file(file: PostedFile) -> bytes:
    kind = file.type if _TYPE.fullmatch(file.type) else "application/octet-stream"
    name = re.sub(r'["\\\r\n]', "", file.name)[:200]
    head = _header("Content-Type", kind) + _header("Content-Disposition", f'attachment; filename="{name}"')
    return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + encodebytes(file.octets)


def _multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    line = f"\r\n--{boundary}\r\n".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + line + line.join(parts) + f"\r\n--{boundary}--\r\n".encode()


def _joined(head: list[bytes], body: bytes) -> bytes:
    return b"".join(head) + b"MIME-Version: 1.0\r\n" + body


def _boundary(seed: str) -> str:
    return f"{BOUNDARY}{sha256(seed.encode('utf-8', 'replace')).hexdigest()[:20]}"
