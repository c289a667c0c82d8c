"""What mail providers post, built as their documents describe it; and an Amazon of our own that signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from crm.db import db
from crm.outside.telling import Answered, NotReached
from crm.rules import sns

Fields = dict[str, object]
KEY = "key-0123456789"
CERTIFICATE = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-abc.pem"
TOPIC = "arn:aws:sns:us-east-1:123456789012:practice"


def postmark_mail(raw: bytes = b"", **fields: object) -> Fields:
    """Mail that came in. With `raw` as a stream that includes raw content has it."""
    return {
        "FromName": "Sam Rivers",
        "MessageStream": "inbound",
        "From": "sam@example.org",
        "FromFull": {"Email": "sam@example.org", "Name": "Sam Rivers", "MailboxHash": ""},
        "To": "connor@springstreet.example",
        "OriginalRecipient": "abc@inbound.postmarkapp.example",
        "Subject": "Re: I got your note",
        "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
        "Date": "Tue, 10 Mar 2026 13:00:00 -0700",
        "TextBody": "Thursday at ten would be lovely.",
        "HtmlBody": "",
        "StrippedTextReply": "",
        "Headers": [{"Name": "Message-ID", "Value": "<theirs@mail.example.org>"}],
        "Attachments": [],
        **({"RawEmail": raw.decode()} if raw else {}),
        **fields,
    }


def postmark_event(kind: str, ours: str, **fields: object) -> Fields:
    return {
        "RecordType": kind,
        "ID": 692560173,
        "MessageID": "2c1b63fe-43f2-4db5-91b0-8bdfa44a9316",
        "Email": "sam@example.org",
        "Metadata": {"message-id": ours},
        "Tag": "",
        **fields,
    }


def mailgun_signature(now: datetime, token: str = "t" * 50, key: str = KEY) -> dict[str, str]:
    timestamp = str(int(now.timestamp()))
    signed = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": timestamp, "token": token, "signature": signed}


def mailgun_event(kind: str, ours: str, now: datetime, token: str = "t" * 50, **fields: object) -> Fields:
    event = {
        "id": f"{kind}-1",
        "event": kind,
        "timestamp": now.timestamp(),
        "recipient": "sam@example.org",
        "message": {"headers": {"message-id": ours.strip("<>"), "to": "sam@example.org"}},
        "user-variables": {},
        **fields,
    }
    return {"signature": mailgun_signature(now, token), "event-data": event}


def ses_mail(raw: bytes, **fields: object) -> Fields:
    return {
        "notificationType": "Received",
        "receipt": {"action": {"type": "SNS", "encoding": "BASE64", "topicArn": TOPIC}},
        "mail": {"messageId": "d6iitobk75ur44p8kdnnp7g2n800", "destination": ["connor@springstreet.example"]},
        "content": base64.b64encode(raw).decode(),
        **fields,
    }


def ses_bounce(ours: str, kind: str = "Permanent", under: str = "General", **recipient: str) -> Fields:
    told = {"emailAddress": "sam@example.org", "action": "failed", **recipient}
    return {
        "notificationType": "Bounce",
        "bounce": {"bounceType": kind, "bounceSubType": under, "bouncedRecipients": [told]},
        "mail": {
            "messageId": "0100017",
            "headers": [{"name": "From", "value": "x"}, {"name": "Message-ID", "value": ours}],
        },
    }


@dataclass
class OwnAmazon:
    """Signs as SNS does, and answers whoever fetches its certificate or says yes."""

    good_from: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    version: str = "2"
    fetched: list[str] = field(default_factory=list)
    is_away: bool = False
    count: int = 0

    def __post_init__(self) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.example")])
        self._pem = (
            x509.CertificateBuilder(name, name, self._key.public_key(), x509.random_serial_number())
            .not_valid_before(self.good_from)
            .not_valid_after(self.good_from + timedelta(days=365))
            .sign(self._key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
        )

    def fetch(self, url: str, most: int = 65_536) -> Answered | NotReached:
        assert not db.session().in_transaction(), "the database is held while Amazon is asked"
        self.fetched.append(url)
        if self.is_away:
            return NotReached("It took too long.")
        return Answered(
            200, "", self._pem[:most] if url.endswith(".pem") else b"<ConfirmSubscriptionResponse/>"
        )

    def says(self, told: object, kind: str = "Notification", **fields: object) -> Fields:
        self.count += 1
        message = {
            "Type": kind,
            "MessageId": f"22b80b92-fdea-4c2c-8f9d-{self.count:012}",
            "TopicArn": TOPIC,
            "Message": told if isinstance(told, str) else json.dumps(told),
            "Timestamp": "2026-03-10T20:52:00.000Z",
            "SignatureVersion": self.version,
            "SigningCertURL": CERTIFICATE,
            **fields,
        }
        digest = hashes.SHA1() if self.version == "1" else hashes.SHA256()  # noqa: S303 - as SNS does it
        signed = self._key.sign(sns.signed_text(message), padding.PKCS1v15(), digest)
        return {**message, "Signature": base64.b64encode(signed).decode()}

    def asks(self, **fields: object) -> Fields:
        """To be confirmed."""
        url = f"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=x"
        return self.says("You have chosen to subscribe.", "SubscriptionConfirmation",
                         **{"SubscribeURL": url, "Token": "x", **fields})  # fmt: skip
