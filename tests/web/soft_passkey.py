"""A passkey made of nothing but its key, so that a test can let it lie in one point (WebAuthn 2, 6.1)."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
ORIGIN, RP_ID = "http://localhost", "localhost"


@dataclass
class SoftPasskey:
    """One passkey. What it says of itself can be changed between two answers."""

    origin: str = ORIGIN
    rp_id: str = RP_ID
    flags: int = PRESENT | VERIFIED
    count: int = 0
    handle: str = ""
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, options: dict[str, object]) -> str:
        """The answer to being registered."""
        user = options["user"]
        assert isinstance(user, dict)
        self.handle = str(user["id"])
        key = self._head(WITH_KEY) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self._public()
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": key})
        said = {"clientDataJSON": self._client("webauthn.create", options), "attestationObject": attested}
        return self._answer(said)

    def proves(self, options: dict[str, object]) -> str:
        """The answer to a challenge."""
        head, client = self._head(), self._client("webauthn.get", options)
        signed = self.key.sign(head + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        said = {"clientDataJSON": client, "authenticatorData": head, "signature": signed}
        return self._answer(said, handle=self.handle)

    def _head(self, more: int = 0) -> bytes:
        of = hashlib.sha256(self.rp_id.encode()).digest()
        return of + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, object]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _public(self) -> bytes:
        """As COSE has it (RFC 9053 7.1.1)."""
        numbers = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, said: dict[str, bytes], **more: str) -> str:
        name = text(self.id)
        response = {each: text(value) for each, value in said.items()}
        if handle := more.get("handle"):
            response["userHandle"] = handle
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
