"""Who may hand over mail: proved by a token, a signature or a certificate; and an odd body is never a 500."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.models import MailProvider
from crm.rules.providers import ParcelState, ProviderKind
from tests.outbox import Received
from tests.practice import Practice
from tests.web import providers as says
from tests.web.posting import TOKEN, Provider, parcels, suppressed
from tests.web.providers import OwnAmazon


@pytest.mark.parametrize("address", ["/mail-in/wrong", "/mail-in/wrong/mime", "/mail-in"])
def test_without_the_token_nothing_comes_in(address: str, practice: Practice, postmark: Provider) -> None:
    answer = postmark.posts(says.postmark_mail(), address)

    assert answer.status_code == 401
    assert parcels(practice) == []


def test_a_password_does_as_well_as_the_address(practice: Practice, postmark: Provider, sam: int) -> None:
    right = postmark.posts(says.postmark_mail(), "/mail-in", auth=("postmark", TOKEN))
    wrong = postmark.posts(says.postmark_mail(MessageID="2"), "/mail-in", auth=("postmark", "wrong"))

    assert (right.status_code, wrong.status_code) == (200, 401)
    assert practice.story(sam).count("reply_received") == 1


def test_a_closed_provider_brings_nothing(practice: Practice, postmark: Provider) -> None:
    with practice.at_work():
        db.session.scalars(sa.select(MailProvider)).one().close(practice.now)

    assert postmark.posts(says.postmark_mail()).status_code == 401


@pytest.mark.parametrize(
    "spoil",
    [
        {"signature": "0" * 64},
        {"signature": ""},
        {"token": "another"},
        {"timestamp": "1"},
        {"timestamp": "x" * 10},
    ],
)
def test_what_mailgun_did_not_sign_is_refused_and_told(
    spoil: dict[str, str], practice: Practice, mailgun: Provider, first: Received
) -> None:
    event = says.mailgun_event("complained", first.message_id, practice.now)
    event["signature"] = says.mailgun_signature(practice.now) | spoil

    assert mailgun.posts(event).status_code == 401
    assert parcels(practice) == []
    assert mailgun.row.trouble


def test_a_signature_is_good_for_some_hours_and_for_one_body(
    practice: Practice, mailgun: Provider, first: Received
) -> None:
    event = says.mailgun_event("opened", first.message_id, practice.now)
    forged = says.mailgun_event("complained", first.message_id, practice.now)
    late = says.mailgun_event("complained", first.message_id, practice.now - timedelta(hours=10), "another")
    early = says.mailgun_event("complained", first.message_id, practice.now + timedelta(minutes=10), "third")

    statuses = [mailgun.posts(each).status_code for each in (event, event, forged, late, early)]

    assert statuses == [200, 200, 401, 401, 401]
    assert suppressed(practice) is None


def test_without_its_key_mailgun_is_not_believed(practice: Practice, mailgun: Provider) -> None:
    with practice.at_work():
        db.session.scalars(sa.select(MailProvider)).one().signing_secret = ""

    answer = mailgun.posts(says.mailgun_event("opened", "", practice.now))

    assert answer.status_code == 401
    assert "signing key has to be pasted" in mailgun.row.trouble


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_subscription_is_confirmed_once_it_is_amazons(
    version: str, practice: Practice, ses: Provider, amazon: OwnAmazon
) -> None:
    amazon.version = version

    answer = ses.posts(amazon.asks())

    assert (answer.status_code, answer.json) == (200, {"outcome": "confirmed"})
    assert amazon.fetched[-1].startswith("https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription")
    assert ses.row.topic == says.TOPIC


@pytest.mark.parametrize(
    "url",
    [
        "https://sns.us-east-1.amazonaws.com.evil.example/x.pem",
        "https://evil.example/sns.us-east-1.amazonaws.com/x.pem",
        "http://sns.us-east-1.amazonaws.com/x.pem",
        "https://sns.us-east-1.amazonaws.com:8443/x.pem",
        "https://user@sns.us-east-1.amazonaws.com/x.pem",
        "https://sns.us-east-1.amazonaws.com@evil.example/x.pem",
        "https://s3.us-east-1.amazonaws.com/bucket/x.pem",
        "https://sns.us-east-1.amazonaws.com/x.pem?x=1",
        "https://sns.us-east-1.amazonaws.com/x.txt",
        "https://sns.us-east-1.amazonaws.com\\.evil.example/x.pem",
        "https://[::1]/x.pem",
        "file:///etc/passwd.pem",
        "",
    ],
)
def test_a_certificate_from_elsewhere_is_not_even_fetched(url: str, ses: Provider, amazon: OwnAmazon) -> None:
    assert ses.posts(amazon.says({}, SigningCertURL=url)).status_code == 401
    assert amazon.fetched == []


def test_a_subscription_elsewhere_is_not_visited(ses: Provider, amazon: OwnAmazon) -> None:
    answer = ses.posts(amazon.asks(SubscribeURL="https://169.254.169.254/latest"))

    assert answer.status_code == 503
    assert amazon.fetched == [says.CERTIFICATE]


@pytest.mark.parametrize("field", ["Message", "MessageId", "TopicArn", "Timestamp", "Type", "Signature"])
def test_a_message_that_was_changed_is_refused(
    field: str, practice: Practice, ses: Provider, amazon: OwnAmazon, first: Received
) -> None:
    message = amazon.says(says.ses_bounce(first.message_id, status="5.1.1"))

    answer = ses.posts(message | {field: "AAAA" if field == "Signature" else f"{message[field]}x"})

    assert answer.status_code == 401
    assert suppressed(practice) is None


def test_another_topic_of_somebody_elses_is_refused(
    practice: Practice, ses: Provider, amazon: OwnAmazon
) -> None:
    ses.posts(amazon.asks())

    answer = ses.posts(amazon.says({}, TopicArn="arn:aws:sns:us-east-1:999999999999:other"))

    assert answer.status_code == 401
    assert parcels(practice) == []


def test_a_certificate_is_kept_and_an_old_one_is_not_believed(
    practice: Practice, ses: Provider, amazon: OwnAmazon
) -> None:
    ses.posts(amazon.says({"notificationType": "Delivery"}))
    ses.posts(amazon.says({"notificationType": "Delivery"}))
    fetched = len(amazon.fetched)
    practice.at(practice.now + timedelta(days=400))

    assert fetched == 1
    assert ses.posts(amazon.says({"notificationType": "Delivery"})).status_code == 401


def test_where_amazon_cannot_be_asked_it_is_to_try_again(ses: Provider, amazon: OwnAmazon) -> None:
    amazon.is_away = True

    assert ses.posts(amazon.says({})).status_code == 503


ODD = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"a"',
    b"\xff\xfe",
    b'{"RecordType": 7}',
    b'{"RecordType": {"a": []}, "Metadata": 3}',
    b'{"RecordType": "Bounce", "Type": [], "Metadata": []}',
    b'{"From": {}, "FromFull": [], "Headers": "x", "Attachments": {"a": 1}}',
    b'{"From": "a@b.example", "Headers": [1, null, {"Name": 3}], "Attachments": [4, {"Content": "***"}]}',
    b'{"event-data": {"event": "failed", "delivery-status": 5, "message": []}}',
    b'{"Type": "Notification", "Message": "{", "SigningCertURL": 5}',
    b'{"notificationType": "Bounce", "bounce": {"bouncedRecipients": [1, null]}}',
    b'{"a":' * 3000,
    b"a=b&c=d",
]


@pytest.mark.parametrize("body", ODD)
@pytest.mark.parametrize("kind", list(ProviderKind))
@pytest.mark.parametrize("form", ["application/json", "text/plain", "multipart/form-data", ""])
def test_an_odd_body_is_no_error_of_ours(
    kind: ProviderKind, body: bytes, form: str, practice: Practice
) -> None:
    answer = Provider(practice, kind).posts(None, data=body, content_type=form)

    assert answer.status_code < 500


def test_what_cannot_be_read_is_shown_to_the_owner(practice: Practice, postmark: Provider) -> None:
    assert postmark.posts(None, data=b"{").status_code == 400

    (kept,) = parcels(practice)
    assert kept.state is ParcelState.UNKNOWN
    assert kept.raw == b"{"


def test_a_large_mail_is_taken_and_its_beginning_kept(
    practice: Practice, postmark: Provider, sam: int
) -> None:
    raw = b"From: sam@example.org\r\nMessage-ID: <large@x.example>\r\n\r\nThursday?\r\n" + b"x" * 1_500_000

    assert postmark.posts(says.postmark_mail(raw)).status_code == 200
    (mail,) = practice.incoming()
    assert mail.is_cut
    assert mail.lead_id == sam


def test_a_browser_of_another_site_can_post_nothing_without_the_token(client: FlaskClient) -> None:
    assert client.post("/mail-in", headers={"Origin": "https://evil.example"}, json={}).status_code == 401
