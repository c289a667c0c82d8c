"""Bytes of a mail as text: transfer encodings, charsets that lie, encoded words. Never raises, linear."""

from __future__ import annotations

import binascii
import codecs
import re

from crm.rules.inbound import Trouble

NOT_FOR_MAIL = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "utf-7"}
)
"""Python's codecs that are no charsets, slow, or (UTF-7) a way to smuggle signs past every check."""

SAID_FOR = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "windows-31j": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "cp-850": "cp850",
    "x-unknown": "utf-8",
    "unknown-8bit": "utf-8",
    "default": "utf-8",
    "windows-874": "cp874",
}
"""What mail programs write, and what they mean by it (WHATWG Encoding for most)."""

_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]{0,4000})\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t]+(?==\?)")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_BARE_EQUALS = re.compile(rb"=[ \t]*$", re.MULTILINE)


def transfer_decoded(body: bytes, encoding: str) -> bytes:
    """The bytes behind quoted-printable, base64 or uuencode; what is broken stays as it came."""
    match encoding.strip().strip('"').lower().split(";")[0].strip():
        case "base64":
            return from_base64(body)
        case "quoted-printable":
            return binascii.a2b_qp(body)
        case "x-uuencode" | "uuencode" | "x-uue":
            return _from_uu(body)
        case _:
            return body


def from_base64(body: bytes) -> bytes:
    """What can be decoded of it, a missing padding or strange signs forgiven."""
    head, _, _ = body.partition(b"=\n\n")  # a footer a list glued on is no base64
    signs = _NOT_BASE64.sub(b"", head)
    signs = signs[: len(signs) - 1] if len(signs) % 4 == 1 else signs
    return binascii.a2b_base64(signs + b"=" * (-len(signs) % 4))


def text_of(octets: bytes, charset: str, troubles: set[Trouble]) -> str:
    """As the charset says where that works out; else as UTF-8, else as Windows' Western letters."""
    name = known_charset(charset)
    if charset and name is None:
        troubles.add(Trouble.UNKNOWN_CHARSET)
    for candidate in dict.fromkeys((_from_mark(octets), name, "utf-8")):
        if candidate is not None:
            try:
                return octets.decode(candidate).removeprefix("\ufeff")
            except (UnicodeError, ValueError):
                continue
    troubles.add(Trouble.BROKEN_ENCODING)
    if name in (None, "utf-8", "cp1252"):
        return octets.decode(_utf8_or_western(octets), "replace")
    return octets.decode(name, "replace")


def known_charset(charset: str) -> str | None:
    """Python's name for a charset; None where it is none, or none for mail."""
    said = charset.strip().strip("\"'").lower()[:40]
    said = SAID_FOR.get(said, said)
    if not said or not said.isascii():
        return None
    try:
        found = codecs.lookup(said)
    except (LookupError, ValueError):
        return None
    if found.name in NOT_FOR_MAIL or not getattr(found, "_is_text_encoding", False):
        return None
    return found.name


def plain_header(octets: bytes) -> str:
    """A header as it stands: UTF-8 (RFC 6532), else Windows' Western letters. One line, no control signs."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        text = octets.decode("cp1252", "replace")
    if text.isprintable():
        return text.strip()
    return "".join(sign if sign.isprintable() or sign == "\t" else " " for sign in text).strip()


def decoded_header(value: str) -> str:
    """Encoded words (RFC 2047) as text; one line, whatever they held."""
    if "=?" not in value:
        return value
    value = _BETWEEN_WORDS.sub(r"\1", value)
    pieces: list[tuple[str | None, bytes]] = []
    end = 0
    for word in _WORD.finditer(value):
        if plain := value[end : word.start()]:
            pieces.append((None, plain.encode("utf-8", "replace")))
        charset, octets = word[1].partition("*")[0].lower(), _word_bytes(word[2], word[3])
        if pieces and pieces[-1][0] == charset:  # a letter may be split between two words
            pieces[-1] = (charset, pieces[-1][1] + octets)
        else:
            pieces.append((charset, octets))
        end = word.end()
    pieces.append((None, value[end:].encode("utf-8", "replace")))
    text = "".join(text_of(octets, charset or "utf-8", set()) for charset, octets in pieces)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _word_bytes(encoding: str, text: str) -> bytes:
    octets = text.encode("utf-8", "replace")
    if encoding in "bB":
        return from_base64(octets)
    return binascii.a2b_qp(octets, header=True)


def _from_mark(octets: bytes) -> str | None:
    """UTF-16 says so in its first two bytes; some say it nowhere else."""
    return "utf-16" if octets[:2] in (b"\xff\xfe", b"\xfe\xff") else None


def _utf8_or_western(octets: bytes) -> str:
    """Which of the two breaks fewer letters: a cut UTF-8 text has one broken letter, Latin one has many."""
    broken = octets.decode("utf-8", "replace").count("\ufffd")
    multibyte = len(re.findall(rb"[\xc2-\xf4][\x80-\xbf]", octets))
    return "utf-8" if multibyte > broken else "cp1252"


def _from_uu(body: bytes) -> bytes:
    lines = body.split(b"\n")
    begin = next((n for n, line in enumerate(lines) if line.startswith(b"begin ")), -1)
    decoded = []
    for line in lines[begin + 1 :]:
        if line.strip() in (b"", b"end", b"`"):
            break
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            return body
    return b"".join(decoded)
