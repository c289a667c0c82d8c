"""Mail and events that a provider posts: proved, kept, and read like all mail; once, and never a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import NoReturn

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm import clock
from crm.db import db
from crm.flows import posted
from crm.flows.amazon import Amazon
from crm.models import Incoming, MailParcel, MailProvider, RawMail, Suppression
from crm.rules.providers import ParcelState, ProviderKind
from crm.rules.sending import SuppressionReason
from crm.rules.verdicts import Kind
from crm.web.source_tokens import token_hash
from tests.letterbox import mail_from
from tests.outbox import Received
from tests.practice import Practice
from tests.web import providers as says
from tests.web.providers import OwnAmazon

Fields = dict[str, object]
TOKEN = "a-token-of-a-provider"


class Provider:
    """One that is connected, and posts."""

    def __init__(self, practice: Practice, kind: ProviderKind) -> None:
        self.practice = practice
        self.browser = practice.app.test_client()
        with practice.app.test_request_context(), practice.at_work() as session:
            provider = MailProvider(kind=kind, made_at=practice.now, signing_secret=says.KEY)
            provider.give_token(TOKEN, token_hash(f"mail:{TOKEN}"))
            session.add(provider)

    def posts(self, body: object, address: str = f"/mail-in/{TOKEN}", **how: object) -> TestResponse:
        answer = self.browser.post(address, **({"json": body} | how if body is not None else how))
        self.practice_reads()
        return answer

    def practice_reads(self) -> int:
        with self.practice.app.app_context():
            return posted.take_in(self.practice.understands, clock.now, lambda: True)

    @property
    def row(self) -> MailProvider:
        with self.practice.reading():
            return db.session.scalars(sa.select(MailProvider)).one()


@pytest.fixture
def sam(practice: Practice) -> int:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    return sam


@pytest.fixture
def first(practice: Practice, sam: int) -> Received:
    assert sam
    return practice.outbox.only_to("sam@example.org")


@pytest.fixture
def postmark(practice: Practice) -> Provider:
    return Provider(practice, ProviderKind.POSTMARK)


@pytest.fixture
def mailgun(practice: Practice) -> Provider:
    return Provider(practice, ProviderKind.MAILGUN)


@pytest.fixture
def ses(practice: Practice) -> Provider:
    return Provider(practice, ProviderKind.SES)


@pytest.fixture
def amazon(practice: Practice) -> Iterator[OwnAmazon]:
    own, usual = OwnAmazon(), practice.app.extensions["amazon"]
    practice.app.extensions["amazon"] = Amazon(own)  # type: ignore[arg-type]
    yield own
    practice.app.extensions["amazon"] = usual


def answer_to(first: Received, practice: Practice, text: str = "Thursday at ten would be lovely.") -> bytes:
    return mail_from(first, text, {}, practice.now)


def suppressed(practice: Practice) -> SuppressionReason | None:
    with practice.reading():
        found = Suppression.of("sam@example.org")
        return found.reason if found else None


def parcels(practice: Practice) -> list[MailParcel]:
    with practice.reading():
        return list(db.session.scalars(sa.select(MailParcel).order_by(MailParcel.id)))


# --- A mail is read as one of the mailbox -----------------------------------------------------------------


def test_a_mail_postmark_hands_over_whole_stops_the_follow_ups(
    practice: Practice, postmark: Provider, sam: int, first: Received
) -> None:
    raw = answer_to(first, practice)

    answer = postmark.posts(says.postmark_mail(raw))

    assert (answer.status_code, answer.json) == (200, {"outcome": "kept"})
    assert practice.story(sam)[-2:] == ["reply_received", "follow_ups_stopped: replied"]
    with practice.reading():
        assert db.session.scalars(sa.select(RawMail.raw)).one() == raw


def test_a_mail_postmark_hands_over_in_pieces_is_put_together(
    practice: Practice, postmark: Provider, sam: int, first: Received
) -> None:
    headers = [
        {"Name": "Message-ID", "Value": "<theirs@mail.example.org>"},
        {"Name": "In-Reply-To", "Value": first.message_id},
        {"Name": "X-Odd", "Value": "a\r\nBcc: everybody@example.net"},
        {"Name": "Content-Type", "Value": "text/html"},
    ]
    attached = [
        {"Name": "a.pdf", "Content": "JVBERg==", "ContentType": "application/pdf", "ContentLength": 4}
    ]

    postmark.posts(says.postmark_mail(From="Sam <sam@work.example>", Headers=headers, Attachments=attached))

    (mail,) = practice.incoming()
    assert mail.said == "Thursday at ten would be lovely."
    assert mail.lead_id == sam
    assert mail.attachments == [{"name": "a.pdf", "type": "application/pdf", "size": 4}]
    with practice.reading():
        assert b"\nBcc:" not in db.session.scalars(sa.select(RawMail.raw)).one()


def test_a_page_without_text_is_shown_as_text(practice: Practice, postmark: Provider, sam: int) -> None:
    postmark.posts(says.postmark_mail(TextBody="", HtmlBody="<p>Thursday <b>is</b> good.</p>"))

    assert practice.incoming()[0].said == "Thursday is good."
    assert practice.incoming()[0].lead_id == sam


def test_the_same_mail_handed_over_twice_is_one(practice: Practice, postmark: Provider, sam: int) -> None:
    body = says.postmark_mail()

    first, second = postmark.posts(body), postmark.posts(body)

    assert (first.json, second.json) == ({"outcome": "kept"}, {"outcome": "kept before"})
    assert practice.story(sam).count("reply_received") == 1
    assert len(practice.incoming()) == 1


@pytest.mark.parametrize("way", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_a_route_of_mailgun_hands_over_a_whole_mail(
    way: str, practice: Practice, mailgun: Provider, sam: int, first: Received
) -> None:
    fields = says.mailgun_signature(practice.now) | {
        "recipient": "connor@springstreet.example",
        "body-mime": answer_to(first, practice).decode(),
    }

    answer = mailgun.posts(None, f"/mail-in/{TOKEN}/mime", data=fields, content_type=way)

    assert answer.status_code == 200
    assert practice.story(sam)[-1] == "follow_ups_stopped: replied"


def test_a_route_of_mailgun_may_hand_over_pieces(
    practice: Practice, mailgun: Provider, sam: int, first: Received
) -> None:
    fields = says.mailgun_signature(practice.now) | {
        "recipient": "connor@springstreet.example",
        "sender": "sam@work.example",
        "from": "Sam <sam@work.example>",
        "subject": "Re: your note",
        "body-plain": "Thursday?",
        "message-headers": json.dumps(
            [["Message-Id", "<9@work.example>"], ["In-Reply-To", first.message_id]]
        ),
    }

    mailgun.posts(None, data=fields)

    assert practice.story(sam)[-1] == "follow_ups_stopped: replied"
    assert practice.incoming()[0].said == "Thursday?"


def test_a_mail_that_amazon_received_is_read(
    practice: Practice, ses: Provider, amazon: OwnAmazon, sam: int, first: Received
) -> None:
    told = says.ses_mail(answer_to(first, practice))

    answer = ses.posts(None, data=json.dumps(amazon.says(told)), content_type="text/plain; charset=UTF-8")

    assert answer.status_code == 200
    assert practice.story(sam)[-1] == "follow_ups_stopped: replied"


def test_a_mail_of_a_stranger_waits_in_the_tray(practice: Practice, postmark: Provider) -> None:
    postmark.posts(says.postmark_mail(From="stranger@example.net"))

    (mail,) = practice.incoming()
    assert mail.for_tray
    with practice.reading():
        assert db.session.get_one(Incoming, mail.id).folder.name == "Postmark"


def test_a_mail_that_is_not_understood_is_tried_once_more(
    practice: Practice, postmark: Provider, sam: int
) -> None:
    usual, practice.understands = practice.understands, broken
    postmark.posts(says.postmark_mail())
    before = practice.story(sam)[-1]

    practice.understands = usual
    postmark.practice_reads()

    assert before == "follow_ups_paused: mail_unreadable"
    assert "reply_received" in practice.story(sam)


def broken(_raw: bytes) -> NoReturn:
    raise ValueError("a defect of ours")


# --- Events ----------------------------------------------------------------------------------------------


HARD, SOFT, DELAY = Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.DELAY_NOTICE


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"Type": "HardBounce", "Details": "smtp;550 5.1.1 no such user"}, HARD),
        ({"Type": "HardBounce", "Details": ""}, HARD),
        ({"Type": "HardBounce", "Details": "smtp;552 5.2.2 mailbox full"}, SOFT),
        ({"Type": "BadEmailAddress", "Details": ""}, HARD),
        ({"Type": "SoftBounce", "Details": "smtp;550 5.1.1 said softly"}, SOFT),
        ({"Type": "SpamNotification", "Details": "smtp;550 5.7.1 looks like spam"}, SOFT),
        ({"Type": "Blocked", "Details": "smtp;550 5.7.1 blocked"}, SOFT),
        ({"Type": "Transient", "Details": ""}, DELAY),
    ],
)
def test_a_bounce_postmark_tells_of(
    fields: dict[str, str], kind: Kind, practice: Practice, postmark: Provider, first: Received
) -> None:
    postmark.posts(says.postmark_event("Bounce", first.message_id, **fields))

    (mail,) = practice.incoming()
    assert mail.kind is kind
    assert mail.lead_id
    assert suppressed(practice) is (SuppressionReason.BOUNCED if kind is HARD else None)


@pytest.mark.parametrize(
    ("severity", "reason", "status", "kind"),
    [
        ("permanent", "bounce", {"code": 550, "enhanced-code": "5.1.1", "message": "no"}, HARD),
        ("permanent", "bounce", {"code": 550, "message": "5.1.1 no such user"}, HARD),
        ("permanent", "suppress-bounce", {"code": 605}, HARD),
        ("permanent", "bounce", {"code": 552, "enhanced-code": "5.2.2", "message": "full"}, SOFT),
        ("permanent", "bounce", {"code": 550, "message": "5.7.1 policy"}, SOFT),
        ("temporary", "generic", {"code": 421, "message": "4.7.0 later"}, DELAY),
    ],
)
def test_a_failure_mailgun_tells_of(
    severity: str,
    reason: str,
    status: Fields,
    kind: Kind,
    practice: Practice,
    mailgun: Provider,
    first: Received,
) -> None:
    event = says.mailgun_event("failed", first.message_id, practice.now, severity=severity, reason=reason)
    event["event-data"] |= {"delivery-status": status}  # type: ignore[operator]

    mailgun.posts(event)

    (mail,) = practice.incoming()
    assert mail.kind is kind
    assert suppressed(practice) is (SuppressionReason.BOUNCED if kind is HARD else None)


@pytest.mark.parametrize(
    ("bounce", "kind"),
    [
        ({"status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}, HARD),
        ({"under": "NoEmail"}, HARD),
        ({"under": "OnAccountSuppressionList"}, HARD),
        ({"under": "MailboxFull", "status": "5.2.2"}, SOFT),
        ({"kind": "Transient", "status": "5.1.1"}, SOFT),
        ({"kind": "Undetermined"}, SOFT),
        ({"status": "5.7.1", "diagnosticCode": "smtp; 550 5.7.1 rejected by policy"}, SOFT),
    ],
)
def test_a_bounce_amazon_tells_of(
    bounce: dict[str, str], kind: Kind, practice: Practice, ses: Provider, amazon: OwnAmazon, first: Received
) -> None:
    ses.posts(amazon.says(says.ses_bounce(first.message_id, **bounce)))

    (mail,) = practice.incoming()
    assert mail.kind is kind
    assert suppressed(practice) is (SuppressionReason.BOUNCED if kind is HARD else None)


def complaint_of(provider: str, ours: str, practice: Practice) -> Fields:
    match provider:
        case "postmark":
            return says.postmark_event("SpamComplaint", ours)
        case "mailgun":
            return says.mailgun_event("complained", ours, practice.now)
    mail = {"headers": [{"name": "Message-ID", "value": ours}]}
    told = {"complainedRecipients": [{"emailAddress": "sam@example.org"}], "complaintFeedbackType": "abuse"}
    return {"eventType": "Complaint", "complaint": told, "mail": mail}


@pytest.mark.parametrize("provider", list(ProviderKind))
def test_a_complaint_ends_it_for_good(
    provider: ProviderKind, practice: Practice, amazon: OwnAmazon, sam: int, first: Received
) -> None:
    posting, told = Provider(practice, provider), complaint_of(provider, first.message_id, practice)

    posting.posts(amazon.says(told) if provider is ProviderKind.SES else told)

    assert suppressed(practice) is SuppressionReason.COMPLAINED
    assert "complained" in practice.story(sam)


@pytest.mark.parametrize(
    ("fields", "times"),
    [
        ({"SuppressSending": True, "SuppressionReason": "ManualSuppression", "Origin": "Recipient"}, 1),
        ({"SuppressSending": True, "SuppressionReason": "ManualSuppression", "Origin": "Customer"}, 0),
        ({"SuppressSending": True, "SuppressionReason": "HardBounce", "Origin": "Recipient"}, 0),
        ({"SuppressSending": False, "Origin": "Recipient"}, 0),
    ],
)
def test_who_unsubscribes_at_postmark(
    fields: Fields, times: int, practice: Practice, postmark: Provider, sam: int, first: Received
) -> None:
    event = says.postmark_event("SubscriptionChange", first.message_id, ChangedAt="2026-03-10", **fields)
    event["Recipient"] = event.pop("Email")

    postmark.posts(event)

    assert practice.story(sam).count("unsubscribed") == times


def test_who_unsubscribes_at_mailgun(
    practice: Practice, mailgun: Provider, sam: int, first: Received
) -> None:
    mailgun.posts(says.mailgun_event("unsubscribed", first.message_id, practice.now))

    assert suppressed(practice) is SuppressionReason.UNSUBSCRIBED
    assert "unsubscribed" in practice.story(sam)


def test_a_bounce_that_names_no_email_of_ours_changes_nothing(
    practice: Practice, postmark: Provider, sam: int
) -> None:
    before = practice.story(sam)

    postmark.posts(says.postmark_event("Bounce", "", Type="HardBounce", Details="5.1.1"))

    assert practice.story(sam) == before
    assert suppressed(practice) is None


def test_what_nobody_knows_is_kept_and_what_means_nothing_is_not_shown(
    practice: Practice, postmark: Provider
) -> None:
    answers = [postmark.posts(says.postmark_event(kind, "")) for kind in ("Delivery", "Open", "Telepathy")]
    answers.append(postmark.posts({"hello": "there"}))

    assert {each.status_code for each in answers} == {200}
    states = [each.state for each in parcels(practice)]
    assert states == [ParcelState.NOTHING, ParcelState.NOTHING, ParcelState.UNKNOWN, ParcelState.UNKNOWN]


# --- Who may ---------------------------------------------------------------------------------------------


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


# --- Odd bodies ------------------------------------------------------------------------------------------


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
