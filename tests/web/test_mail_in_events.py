"""What a provider tells of the emails that went out: bounces, complaints, and who unsubscribed."""

from __future__ import annotations

import pytest

from crm.mail.transport import Unsure
from crm.rules.providers import ParcelState, ProviderKind
from crm.rules.sending import MessageState, SuppressionReason
from crm.rules.verdicts import Kind
from tests.outbox import Received
from tests.practice import Practice
from tests.web import providers as says
from tests.web.posting import Provider, parcels, suppressed
from tests.web.providers import OwnAmazon

Fields = dict[str, object]
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


def test_a_bounce_is_believed_where_nobody_knows_whether_the_email_went(
    practice: Practice, postmark: Provider
) -> None:
    """The provider took it, and its answer never came: what it tells of it is all there is."""
    practice.outbox.after_hand_over = Unsure("the line dropped")
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.work()
    (message,) = practice.messages(sam)
    assert message.state is MessageState.UNCERTAIN

    postmark.posts(says.postmark_event("Bounce", message.message_id, Type="HardBounce", Details=""))

    assert suppressed(practice) is SuppressionReason.BOUNCED


def test_what_nobody_knows_is_kept_and_what_means_nothing_is_not_shown(
    practice: Practice, postmark: Provider
) -> None:
    answers = [postmark.posts(says.postmark_event(kind, "")) for kind in ("Delivery", "Open", "Telepathy")]
    answers.append(postmark.posts({"hello": "there"}))

    assert {each.status_code for each in answers} == {200}
    states = [each.state for each in parcels(practice)]
    assert states == [ParcelState.NOTHING, ParcelState.NOTHING, ParcelState.UNKNOWN, ParcelState.UNKNOWN]
