"""The keys of a backup: from SECRET_KEY, or from a passphrase that somebody remembers.

Keys never lie in a backup. What lies there is a print of SECRET_KEY as it was when it was made, and the marks
by which the database knows the keys of its data.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from config import Config
from crm.keeping.troubles import NotABackup, WrongKey

SALT, KEY, CHECK = 32, 32, 16
"""Bytes."""
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**16, 8, 2
"""What OWASP asks for as of 2026; 64 MB for a moment. A file that wants more than that is not ours."""
FROM_SECRET, FROM_PASSPHRASE = "secret", "passphrase"


def key_check(config: Config) -> str:
    """A print of SECRET_KEY, which signs and opens what programs hand out: the same for the same key.

    The keys of the data have marks of their own, which any ring knows that still holds the right one.
    """
    return hmac.digest(config.secret_key.encode(), b"practice backup: key check", "sha256").hex()[:16]


@dataclass(frozen=True)
class Keyring:
    """What a backup is locked with. With a passphrase SECRET_KEY doesn't open it, and need not be there."""

    secret_key: str = field(repr=False)
    passphrase: str | None = field(default=None, repr=False)

    def lock(self) -> tuple[dict[str, str], bytes]:
        """What is to stand in the head of a new file, and its key: another one for each file."""
        salt = secrets.token_bytes(SALT)
        kind = FROM_PASSPHRASE if self.passphrase is not None else FROM_SECRET
        key, check = self._made(kind, salt)
        return {"key": kind, "salt": b64encode(salt).decode(), "check": check.hex()}, key

    def unlock(self, head: Mapping[str, object]) -> bytes:
        """The key of this file. Raises WrongKey, or NotABackup where its head is none of ours."""
        kind = str(head.get("key"))
        if kind not in (FROM_SECRET, FROM_PASSPHRASE):
            raise NotABackup
        if kind == FROM_PASSPHRASE and self.passphrase is None:
            raise WrongKey(asks_a_passphrase=True)
        try:
            salt, known = b64decode(str(head["salt"]), validate=True), bytes.fromhex(str(head["check"]))
        except (KeyError, ValueError):
            raise NotABackup from None
        key, check = self._made(kind, salt)
        if not hmac.compare_digest(check, known):
            raise WrongKey(asks_a_passphrase=kind == FROM_PASSPHRASE)
        return key

    def _made(self, kind: str, salt: bytes) -> tuple[bytes, bytes]:
        ours = self.secret_key.encode()
        if kind == FROM_PASSPHRASE:
            ours = Scrypt(salt=salt, length=KEY, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P).derive(
                (self.passphrase or "").encode()
            )
        both = HKDF(SHA256(), KEY + CHECK, salt=salt, info=b"practice backup 1").derive(ours)
        return both[:KEY], both[KEY:]


def print_of(head: bytes) -> bytes:
    """What binds each part of a file to its head."""
    return hashlib.sha256(head).digest()
