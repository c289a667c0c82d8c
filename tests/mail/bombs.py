"""Mails made to make a parser slow, greedy or fall over. Each must end in an answer (R32)."""

from __future__ import annotations

import base64
from collections.abc import Iterator

HEAD = b"From: sam@example.org\nSubject: hi\nMIME-Version: 1.0\n"
PLAIN = HEAD + b"Content-Type: text/plain; charset=utf-8\n\n"
PAGE = HEAD + b"Content-Type: text/html; charset=utf-8\n\n"
MEGABYTE = 1_000_000


def bombs() -> Iterator[tuple[str, bytes]]:
    yield from _in_heads()
    yield from _in_structure()
    yield from _in_bodies()
    yield from _in_bounces_and_charsets()


def _in_heads() -> Iterator[tuple[str, bytes]]:
    yield "256 kB of encoded words", b"From: a@b\nSubject: " + b"=?utf-8?q?a?= " * 18_000 + b"\n\nx"
    yield "encoded words that never end", b"Subject: " + b"=?utf-8?q?" * 30_000 + b"\n\nx"
    yield "50,000 headers", b"X-A: b\n" * 50_000 + b"\nx"
    yield "one header of 5 MB", b"Subject: " + b"a" * (5 * MEGABYTE) + b"\n\nx"
    yield "one name of 1 MB", b"A" * MEGABYTE + b": b\n\nx"
    yield "folded 100,000 times", b"Subject: a\n" + b" b\n" * 100_000 + b"\nx"
    yield "100,000 recipients", b"From: a@b\nTo: " + b"a@b.example, " * 100_000 + b"\n\nx"
    yield "nested comments in an address", b"From: " + b"(" * 100_000 + b"a@b\n\nx"
    yield "quotes in an address", b'From: "' + b'\\"' * 100_000 + b'" <a@b>\n\nx'
    yield "brackets in an address", b"From: " + b"<" * 200_000 + b"a@b" + b">" * 200_000 + b"\n\nx"
    yield "at signs", b"From: " + b"a@" * 200_000 + b"\n\nx"
    yield "100,000 references", b"References: " + b"<a@b> " * 100_000 + b"\n\nx"
    yield "parameters without end", HEAD + b"Content-Type: text/plain" + b"; a=b" * 100_000 + b"\n\nx"
    yield (
        "quoted parameter without end",
        HEAD + b'Content-Type: text/plain; charset="' + b"\\a" * 50_000 + b"\n\nx",
    )
    yield (
        "continued parameters",
        HEAD + b"Content-Type: a/b" + b"".join(b"; n*%d*=%%41" % n for n in range(20_000)) + b"\n\nx",
    )
    yield "a date of digits", b"Date: " + b"9" * 200_000 + b"\n\nx"
    yield "a date with a huge year", b"Date: Mon, 02 Nov 99999999999999 10:00:00 +9999\n\nx"


def _in_structure() -> Iterator[tuple[str, bytes]]:
    yield "58 kB of nested multiparts", _nested(1_000)
    yield (
        "multiparts in one boundary",
        HEAD
        + b"Content-Type: multipart/mixed; boundary=a\n\n"
        + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 20_000,
    )
    yield (
        "100,000 parts",
        HEAD + b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 100_000 + b"--a--",
    )
    yield (
        "mails in mails",
        HEAD + b"Content-Type: message/rfc822\n\n" + b"Content-Type: message/rfc822\n\n" * 20_000,
    )
    yield "mails in mails in base64", _nested_in_base64(6)
    yield (
        "a boundary of 100 kB",
        HEAD + b'Content-Type: multipart/mixed; boundary="' + b"b" * 100_000 + b'"\n\n--b',
    )
    yield (
        "boundaries that nearly match",
        HEAD + b"Content-Type: multipart/mixed; boundary=aaaa\n\n" + b"--aaaaa\n" * 100_000,
    )
    yield "an empty boundary", HEAD + b'Content-Type: multipart/mixed; boundary=""\n\n' + b"--\n" * 100_000
    yield (
        "100,000 recipients of a report",
        HEAD
        + b"Content-Type: message/delivery-status\n\n"
        + b"Final-Recipient: rfc822; a@b.example\nAction: failed\n\n" * 100_000,
    )
    yield (
        "a digest of nothing",
        HEAD + b"Content-Type: multipart/digest; boundary=a\n\n" + b"--a\n\n\n" * 50_000,
    )


def _in_bodies() -> Iterator[tuple[str, bytes]]:
    yield "1 MB of <div>", PAGE + b"<div>" * 200_000
    yield "tags that never close", PAGE + b"<a " * 300_000
    yield "comments that never close", PAGE + b"<!--" * 200_000
    yield "1 MB of blockquotes", PAGE + b"<blockquote>" * 80_000
    yield "entities", PAGE + b"&amp;#x41;&#99999999999;&bogus" * 30_000
    yield "attributes without end", PAGE + b"<p a='" * 150_000
    yield "base64 of nothing", HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"=" * MEGABYTE
    yield (
        "quoted-printable line breaks",
        HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=\n" * 400_000,
    )
    yield "10 MB of one line", PLAIN + b"a" * (10 * MEGABYTE)
    yield "quotation marks", PLAIN + b"> " * 300_000
    yield "introductions", PLAIN + b"On Nov 3, 2026, at 9:00 AM, a <a@b.example>\n" * 12_000
    yield "introductions that nearly end", PLAIN + b"On Nov 3, 2026, at 9:00 AM, a b wrot-\n" * 12_000
    yield "half an introduction on one line", PLAIN + b"On 10:00 " * 60_000 + b"wrote"
    yield "header words", PLAIN + b"From: a\n" * 60_000
    yield "signatures", PLAIN + b"-- \n" * 100_000
    yield "spaces", PLAIN + b" " * 500_000 + b"x"
    yield "no more emails, without end", PLAIN + b"please stop emailing me emails emails " * 13_000
    yield "labels", PLAIN + b"Name:\nEmail:\nPhone:\nMessage:\n" * 18_000
    yield (
        "dates",
        PLAIN.replace(b"hi", b"Automatic reply: hi") + b"back on 3/4 until 99/99 in 3 weeks " * 15_000,
    )


def _in_bounces_and_charsets() -> Iterator[tuple[str, bytes]]:
    yield (
        "a bounce of addresses",
        b"From: MAILER-DAEMON@b\nSubject: failure notice\n\n" + b"<a@b.example>: " * 35_000,
    )
    yield (
        "a bounce of codes",
        b"From: MAILER-DAEMON@b\nSubject: failure notice\n\n" + b"550 5.1.1 mailbox " * 28_000,
    )
    yield "a bounce of one long word", b"From: MAILER-DAEMON@b\nSubject: failure notice\n\n" + b"a." * 250_000
    yield "UTF-16 that lies", HEAD + b"Content-Type: text/plain; charset=utf-16\n\n" + b"\xd8\x00" * 250_000
    yield "a codec that is none", HEAD + b"Content-Type: text/plain; charset=zlib\n\n" + b"x\x9c" * 100_000
    yield "punycode", HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a-9" * 150_000
    yield (
        "escapes of Japanese",
        HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\n\n" + b"\x1b$B\x1b(B" * 80_000,
    )


def _nested(levels: int) -> bytes:
    raw = HEAD
    for level in range(levels):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
    return raw + b"\nx"


def _nested_in_base64(levels: int) -> bytes:

    raw = PLAIN + b"x" * 60_000
    for _ in range(levels):
        raw = (
            HEAD
            + b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
            + base64.encodebytes(raw)
        )
    return raw
