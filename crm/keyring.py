"""The practice's keys: what is sealed under them, and the hashes by which an address is found again.

A sealed value is AES-256-GCM over the text, bound to the place it belongs to, so that it opens nowhere else.
Before it stands a mark and the name of its key, so that whoever turns the keys sees what is old.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from collections.abc import Sequence

MARK = "~s1~"
"""How a sealed value begins, and no text of a person: the first way of sealing."""
NAME_BYTES, NONCE_BYTES = 3, 12
"""Three bytes are four letters of base64: the key's name stands in a text as it is. The nonce: SP 800-38D."""
MAIL = "mailto:"
_HASH = re.compile(r"#[A-Za-z0-9_-]{32}")
HASH_BYTES = 24
LOOKED_EVERY = 1.0
"""Seconds after which the file of the keys is looked at again."""


class Unreadable(Exception):  # noqa: N818 - a fact, not an error
    """A sealed value that does not open here: damaged, moved from its place, or under a key we don't have."""


@dataclass(frozen=True)
class Key:
    """One key, by its name."""

    name: bytes
    box: AESGCM

    @classmethod
    @lru_cache(maxsize=32)
    def of(cls, words: str) -> Key:
        """From a line of the operator's. Its name says nothing about it."""
        return cls(derived(words, b"data key, its name", NAME_BYTES), AESGCM(derived(words, b"data key", 32)))

    @property
    def beginning(self) -> str:
        """How every text begins that is sealed under it."""
        return MARK + base64.b64encode(self.name).decode()


class Keyring:
    """The current key and those that still open. Those of a file are read again when it changes.

    `look_up` makes the keyed hashes: it is another key, which stays when the data's are turned.
    """

    def __init__(self, keys: Sequence[str], look_up: str, file: Path | None = None, last: str = "") -> None:
        self._look_up = derived(look_up, b"look-ups", 32)
        self._file, self._last = file, last
        self._read_at, self._seen = monotonic(), _stamp(file)
        self._hold(keys)

    @property
    def current(self) -> Key:
        """Under this is sealed."""
        self._keep_up()
        return self._current

    @property
    def names(self) -> list[bytes]:
        """Of all that open something, the current one first."""
        self._keep_up()
        return list(self._keys)

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """The name of the key, the nonce, and the text with its tag."""
        key, nonce = self.current, os.urandom(NONCE_BYTES)
        return key.name + nonce + key.box.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Raises Unreadable."""
        key = self._keys.get(sealed[:NAME_BYTES]) or self._met(sealed[:NAME_BYTES])
        try:
            return key.box.decrypt(
                sealed[NAME_BYTES : NAME_BYTES + NONCE_BYTES], sealed[NAME_BYTES + NONCE_BYTES :], place
            )
        except (InvalidTag, ValueError) as wrong:
            raise Unreadable("damaged") from wrong

    def hashed(self, words: str) -> str:
        """What stands for an address, a number or a name where they are looked up. A hash stands for itself.

        An address has one hash, whether or not it says that it is one: a wish at an address is found by
        the contact of a person.
        """
        if is_hash(words):
            return words
        digest = hmac.digest(self._look_up, words.removeprefix(MAIL).encode(), "sha256")
        return "#" + base64.urlsafe_b64encode(digest[:HASH_BYTES]).decode()

    def _met(self, name: bytes) -> Key:
        """A key we have not got: another process may have got it by the file."""
        self._keep_up(at_once=True)
        if name not in self._keys:
            raise Unreadable("its key is not here")
        return self._keys[name]

    def _keep_up(self, *, at_once: bool = False) -> None:
        if self._file is None or not (at_once or monotonic() - self._read_at > LOOKED_EVERY):
            return
        self._read_at = monotonic()
        seen = _stamp(self._file)
        if seen and seen != self._seen and (keys := read_keys(self._file)):
            self._hold(keys)
            self._seen = seen

    def _hold(self, keys: Sequence[str]) -> None:
        held = [Key.of(words) for words in (*keys, self._last) if words]
        self._keys = {key.name: key for key in held}
        self._current = held[0]


def in_text(sealed: bytes) -> str:
    """As it stands in a column of text."""
    return MARK + binascii.b2a_base64(sealed, newline=False).decode("ascii")


def from_text(text: str) -> bytes:
    """The way back. Raises Unreadable."""
    try:
        return binascii.a2b_base64(text[len(MARK) :])
    except (binascii.Error, ValueError) as wrong:
        raise Unreadable("damaged") from wrong


def is_hash(words: str) -> bool:
    """Whether this is one already. No address, number or name of ours looks so."""
    return words[:1] == "#" and _HASH.fullmatch(words) is not None


def derived(words: str, purpose: bytes, length: int) -> bytes:
    """A key for one purpose (HKDF, RFC 5869): knowing one says nothing about another."""
    return HKDF(SHA256(), length, salt=None, info=b"practice crm: " + purpose).derive(words.encode())


def read_keys(file: Path) -> list[str]:
    """The keys of a file, the current one first: a line each, or between commas."""
    return split_keys(file.read_text(encoding="utf-8"))


def split_keys(text: str) -> list[str]:
    return [key for key in (part.strip() for part in re.split(r"[,\n]", text)) if key]


def _stamp(file: Path | None) -> tuple[int, int, int] | None:
    if file is None:
        return None
    try:
        seen = file.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_mtime_ns, seen.st_size
