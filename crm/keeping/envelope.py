"""A file that only its key opens, written and read in a stream. Nothing in it can be changed, cut off, moved.

Magic line, head (one line of JSON), then parts. Each part is sealed with AES-256-GCM under a key of this
file's own; its nonce is its number and whether it is the last, and it is bound to the head. So a part in
another place, one of another file, and an end that is missing are noticed before a byte of them is believed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crm.keeping.keys import Keyring, print_of
from crm.keeping.troubles import Damaged, NotABackup

MAGIC = b"practice-backup 1\n"
PART = 256 * 1024
"""Bytes of a part before it is sealed."""
TAG, LENGTH, MOST_OF_A_HEAD = 16, 4, 4096


class Sealing:
    """Writes a file part by part. Only `finish` makes it one that can be opened."""

    def __init__(self, file: BinaryIO, keyring: Keyring) -> None:
        head, key = keyring.lock()
        line = json.dumps(head).encode() + b"\n"
        file.write(MAGIC + line)
        self._file, self._cipher, self._bound = file, AESGCM(key), print_of(MAGIC + line)
        self._waiting, self._number = bytearray(), 0

    def write(self, some: bytes) -> None:
        self._waiting += some
        while len(self._waiting) > PART:
            self._seal(bytes(self._waiting[:PART]), is_last=False)
            del self._waiting[:PART]

    def finish(self) -> None:
        self._seal(bytes(self._waiting), is_last=True)

    def _seal(self, part: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(nonce(self._number, is_last=is_last), part, self._bound)
        self._file.write(len(sealed).to_bytes(LENGTH) + sealed)
        self._number += 1


def opened(file: BinaryIO, keyring: Keyring) -> Iterator[bytes]:
    """Each part as it was written. Raises NotABackup, WrongKey or Damaged; what came before is true."""
    if file.read(len(MAGIC)) != MAGIC:
        raise NotABackup
    line = file.readline(MOST_OF_A_HEAD)
    cipher, bound = AESGCM(keyring.unlock(_head(line))), print_of(MAGIC + line)
    number, is_last = 0, False
    while not is_last:
        sealed, is_last = _next(file, number)
        try:
            yield cipher.decrypt(nonce(number, is_last=is_last), sealed, bound)
        except InvalidTag:
            raise Damaged(_where(number, is_last=is_last)) from None
        number += 1


def nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11) + (b"\1" if is_last else b"\0")


def _head(line: bytes) -> dict[str, object]:
    try:
        head = json.loads(line)
    except ValueError:
        raise Damaged("its first lines can't be read") from None
    if not isinstance(head, dict):
        raise NotABackup
    return head


def _next(file: BinaryIO, number: int) -> tuple[bytes, bool]:
    """The next part, and whether it is the last: nothing comes after it."""
    length = int.from_bytes(file.read(LENGTH))
    if not TAG <= length <= PART + TAG:
        raise Damaged(_where(number, is_last=length == 0))
    sealed = file.read(length)
    if len(sealed) < length:
        raise Damaged(_where(number, is_last=True))
    after = file.read(1)
    if after:
        file.seek(-1, 1)
    return sealed, not after


def _where(number: int, *, is_last: bool) -> str:
    whole = f"its first {number * PART // 1024:,} kB are whole, and then"
    return f"{whole} its end is missing or was changed" if is_last else f"{whole} something was changed"
