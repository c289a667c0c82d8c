"""Whether a message is truly of Amazon SNS, and the yes that its subscription waits for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from crm.outside.telling import Answered, Outside
from crm.rules import sns
from crm.rules.providers import text_at

if TYPE_CHECKING:
    from collections.abc import Mapping

GOOD_FOR = timedelta(days=1)
CERTIFICATES = 8
"""Amazon has one for each region, for about a year."""
FETCH_SECONDS = 8.0
"""For all of it: SNS itself waits 15."""


class CannotTell(Exception):  # noqa: N818 - a fact: it may be true, and is to be asked again
    """Amazon's certificate could not be had now."""


@dataclass
class Amazon:
    """`outside` fetches; certificates are kept for a day."""

    outside: Outside
    _kept: dict[str, tuple[datetime, x509.Certificate]] = field(default_factory=dict)

    def signed(self, message: Mapping[str, Any], now: datetime) -> bool:
        """Whether its signature is Amazon's. Raises CannotTell."""
        url, version = text_at(message, "SigningCertURL"), text_at(message, "SignatureVersion")
        given = sns.signature(message)
        if not sns.is_certificate(url) or version not in sns.VERSIONS or not given:
            return False
        certificate = self._certificate(url, now)
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey) or not _is_good(certificate, now):
            return False
        # Version 1 is SHA-1 by Amazon's own choice; topics made since 2022 can sign by SHA-256.
        digest = hashes.SHA1() if version == "1" else hashes.SHA256()  # noqa: S303
        try:
            key.verify(given, sns.signed_text(message), padding.PKCS1v15(), digest)
        except InvalidSignature:
            return False
        return True

    def confirm(self, message: Mapping[str, Any]) -> bool:
        """Say yes to the subscription, if it came with an address of Amazon's. Whether that was heard."""
        url = text_at(message, "SubscribeURL")
        if not sns.is_amazons(url):
            return False
        answer = self.outside.fetch(url)
        return isinstance(answer, Answered) and answer.status == 200

    def _certificate(self, url: str, now: datetime) -> x509.Certificate:
        kept_at, kept = self._kept.get(url, (now - GOOD_FOR, None))
        if kept is not None and now - kept_at < GOOD_FOR:
            return kept
        answer = self.outside.fetch(url)
        if not isinstance(answer, Answered) or answer.status != 200:
            raise CannotTell
        try:
            found = x509.load_pem_x509_certificate(answer.body)
        except ValueError as odd:
            raise CannotTell from odd
        while len(self._kept) >= CERTIFICATES:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[url] = (now, found)
        return found


def _is_good(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
