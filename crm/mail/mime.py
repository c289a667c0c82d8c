"""Raw bytes of a mail as a tree of parts. Linear in its size, and never more parts or levels than allowed.

Written by hand because the standard library's parser is not bounded: 58 kB of nested multiparts end in a
RecursionError, and 256 kB of encoded words took 5.4 s. Here every line is looked at once a level.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from crm.mail.charsets import decoded_header, plain_header, text_of, transfer_decoded
from crm.rules.inbound import Trouble

HEADER_BYTES = 100_000
BODY_BYTES = 512_000
PARTS = 50
DEPTH = 8
HEADERS = 1_000
VALUE_LENGTH = 10_000
"""Letters kept of one header; References of a long thread still fit."""

CARRIERS = ("message/rfc822", "message/global")
"""What holds a whole mail."""

_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]{0,20}:")
_PARAMETER = re.compile(
    r";\s{0,20}([\w*'-]{1,40})\s{0,20}=\s{0,20}(?:\"((?:[^\"\\]|\\.){0,1000})\"?|([^\s;\"]{1,1000}))"
)
_TYPE = re.compile(r"\s{0,20}([\w.+-]{1,60}/[\w.+-]{1,80})")

_LOST_FOLD = re.compile(rb"(?:boundary|charset|report-type|format) ?=", re.IGNORECASE)
"""A continued line whose indent some server ate."""

Headers = tuple[tuple[str, str], ...]


@dataclass
class Part:
    """One node. `children` are set for multiparts and carried mails; `body` is still encoded."""

    headers: Headers
    type: str
    parameters: dict[str, str]
    body: bytes = b""
    children: list[Part] = field(default_factory=list)

    def header(self, name: str) -> str:
        return next((value for each, value in self.headers if each == name), "")

    @property
    def file_name(self) -> str:
        disposition = parameters_of(self.header("content-disposition"))
        return decoded_header(disposition.get("filename") or self.parameters.get("name") or "")[:200]

    @property
    def is_attached(self) -> bool:
        return self.header("content-disposition").strip().lower().startswith("attachment")

    def decoded(self) -> bytes:
        return transfer_decoded(self.body, self.header("content-transfer-encoding"))

    def text(self, troubles: set[Trouble]) -> str:
        """The body as text, in whichever charset makes most sense of it."""
        return text_of(self.decoded(), self.parameters.get("charset", ""), troubles)

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in the mail's own order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Reading:
    """What is still allowed while one mail is read, and what was wrong with it."""

    parts_left: int = PARTS
    troubles: set[Trouble] = field(default_factory=set)

    def may_read_one_more(self) -> bool:
        self.parts_left -= 1
        if self.parts_left < 0:
            self.troubles.add(Trouble.TOO_MANY_PARTS)
        return self.parts_left >= 0


def read(raw: bytes, reading: Reading) -> Part:
    """The whole tree. Never raises; what is left out is told in `reading.troubles`."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\x00", b"")
    raw = _without_envelope_line(raw)
    head, body = _halves(raw)
    if len(head) > HEADER_BYTES:
        reading.troubles.add(Trouble.HEADERS_CUT)
        head = head[:HEADER_BYTES]
    if len(body) > BODY_BYTES:
        reading.troubles.add(Trouble.BODY_CUT)
        body = body[:BODY_BYTES]
    reading.may_read_one_more()
    return _part(head, body, reading, 0)


def headers_of(head: bytes) -> Headers:
    """Each header unfolded, its name in small letters, its value as text but not yet decoded."""
    found: list[tuple[str, list[bytes]]] = []
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") or _LOST_FOLD.match(line):
            if found:
                found[-1][1].append(line)
        elif match := _NAME.match(line):
            if len(found) == HEADERS:
                break
            found.append((match[1].decode("ascii").lower(), [line[match.end() :]]))
    return tuple(
        (name, plain_header(b" ".join(map(bytes.strip, lines)))[:VALUE_LENGTH]) for name, lines in found
    )


def parameters_of(value: str) -> dict[str, str]:
    """`; name=value` pairs, those of RFC 2231 put together as far as mail programs write them."""
    plain: dict[str, str] = {}
    pieces: dict[str, list[str]] = {}
    for name, quoted, bare in _PARAMETER.findall(value[:4_000]):
        base, star, _ = name.lower().partition("*")
        text = quoted or bare
        if star:
            pieces.setdefault(base, []).append(text)
        else:
            plain.setdefault(base, text)
    return {name: _joined(texts) for name, texts in pieces.items()} | plain


def _joined(texts: list[str]) -> str:
    """RFC 2231: `charset'language'percent-encoded`; the rest of its rules nobody writes in order."""
    whole = "".join(texts)
    charset, mark, rest = whole.partition("'")
    if not mark:
        return unquote(whole)
    return unquote(rest.partition("'")[2], encoding="utf-8" if charset.lower() != "iso-8859-1" else "latin-1")


def _part(head: bytes, body: bytes, reading: Reading, depth: int, default: str = "text/plain") -> Part:
    headers = headers_of(head)
    declared = next((value for name, value in headers if name == "content-type"), "")
    match = _TYPE.match(declared)
    part = Part(headers, match[1].lower() if match else default, parameters_of(declared), body)
    if part.type.startswith("multipart/") or part.type in CARRIERS:
        if depth >= DEPTH:
            reading.troubles.add(Trouble.TOO_DEEP)
        else:
            part.children = list(_below(part, reading, depth))
    return part


def _below(part: Part, reading: Reading, depth: int) -> Iterator[Part]:
    if part.type in CARRIERS:
        if reading.may_read_one_more():
            yield _part(*_halves(part.decoded().lstrip(b"\n")), reading, depth + 1)
        return
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    boundary = part.parameters.get("boundary", "").encode("utf-8", "replace")
    pieces = _pieces(part.body, boundary) if boundary else iter(())
    is_empty = True
    for piece in pieces:
        if not reading.may_read_one_more():
            return
        is_empty = False
        yield _part(*_halves(piece), reading, depth + 1, default)
    if is_empty:
        reading.troubles.add(Trouble.NO_BOUNDARY)
        if reading.may_read_one_more():
            yield Part((), "text/plain", {}, part.body)


def _pieces(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between the boundary's lines (RFC 2046 5.1.1); the last one may lack its end."""
    line, start = b"\n--" + boundary.rstrip(), None
    body, at = b"\n" + body, 0
    while (at := body.find(line, at)) >= 0:
        after = at + len(line)
        is_last = body[after : after + 2] == b"--"
        end = body.find(b"\n", after)
        rest = body[after : end if end >= 0 else None].strip()
        if rest and not is_last:  # a longer boundary that begins like ours
            at = after
            continue
        if start is not None:
            yield body[start:at]
        if is_last or end < 0:
            return
        at, start = end, end + 1
    if start is not None:
        yield body[start:]


def _halves(raw: bytes) -> tuple[bytes, bytes]:
    """Head and body. A first line that is no header means there is no head."""
    if raw.startswith(b"\n"):
        return b"", raw[1:]
    if not _NAME.match(raw):
        return b"", raw
    head, _, body = raw.partition(b"\n\n")
    return _cut_where_headers_end(head, body)


def _cut_where_headers_end(head: bytes, body: bytes) -> tuple[bytes, bytes]:
    """Some programs forget the empty line: the first line that can be no header begins the body."""
    at = 0
    for line in head.split(b"\n")[: HEADERS * 10]:
        is_head = line[:1] in (b" ", b"\t") or _NAME.match(line) or _LOST_FOLD.match(line)
        if not is_head and not line.startswith(b">From "):
            return head[:at], head[at:] + b"\n\n" + body
        at += len(line) + 1
    return head, body


def _without_envelope_line(raw: bytes) -> bytes:
    """Files of the mbox format begin with `From sender date`; some mail stores put empty lines."""
    raw = raw.lstrip(b"\n \t") if raw[:1] in (b"\n", b" ", b"\t") else raw
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    return raw.partition(b"\n")[2] if raw[:5] in (b"From ", b">From") else raw
