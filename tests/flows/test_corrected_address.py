"""An address that was wrong is never written to again, and a wish to hear nothing moves with the person."""

from __future__ import annotations

import pytest

from crm.db import db
from crm.flows import consent, steering
from crm.flows.acquaintance import Contact, edit_contact
from crm.mail.transport import TryLater, Unsure
from crm.models import Account, Message, Suppression
from crm.models import Practice as PracticeRow
from crm.rules.sending import MessageState, SuppressionReason
from tests.practice import Practice
from tests.worker import may_hand_over, takes_what_is_due

WRONG, RIGHT = "sam@exmaple.org", "sam@example.org"


@pytest.fixture
def sam(practice: Practice) -> int:
    """Someone whose address holds a slip. The owner wants no notices."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    return practice.receives_inquiry(f"Sam Rivers <{WRONG}>")


def correct(practice: Practice, lead_id: int) -> None:
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        edit_contact(practice.lead(lead_id), Contact("Sam Rivers", RIGHT), owner, practice.now)


def test_an_email_that_a_worker_has_but_not_handed_over_goes_to_the_corrected_address(
    practice: Practice, sam: int
) -> None:
    practice.outbox.before_hand_over = lambda: correct(practice, sam)

    practice.advance(hours=1)

    assert practice.outbox.to(WRONG) == []
    practice.outbox.only_to(RIGHT)


def test_an_email_that_is_being_refused_while_the_address_is_corrected_goes_to_the_new_one(
    practice: Practice, sam: int
) -> None:
    practice.outbox.before_hand_over = lambda: correct(practice, sam)
    practice.outbox.failures = [TryLater("451 4.3.0 try again", account_level=False)]

    practice.advance(hours=1)

    assert practice.outbox.to(WRONG) == []
    practice.outbox.only_to(RIGHT)


def test_an_uncertain_email_is_sent_again_to_the_corrected_address(practice: Practice, sam: int) -> None:
    practice.outbox.failures = [Unsure("the line dropped after the text")]
    practice.advance(minutes=1)
    correct(practice, sam)

    with practice.at_work():
        message = db.session.get_one(Message, practice.open_message(sam).id)
        steering.send_again(practice.lead(sam), message, 1, practice.now)
    practice.advance(minutes=1)

    assert practice.outbox.to(WRONG) == []
    practice.outbox.only_to(RIGHT)


def test_an_email_that_was_handed_over_stays_where_it_went(practice: Practice, sam: int) -> None:
    (job,) = takes_what_is_due(practice)
    assert may_hand_over(practice, job)

    correct(practice, sam)

    message = practice.open_message(sam)
    assert (message.state, message.to_address) == (MessageState.SENDING, WRONG)


def test_who_wanted_no_more_emails_gets_none_at_a_corrected_address(practice: Practice, sam: int) -> None:
    practice.advance(hours=1)
    with practice.at_work():
        consent.unsubscribe(practice.lead(sam), practice.now)

    correct(practice, sam)
    practice.answers(sam, keep=True)
    practice.advance(days=30)

    assert len(practice.outbox.to(RIGHT)) == 1, "the owner's own letter, and no follow-up"


@pytest.mark.parametrize("reason", SuppressionReason)
def test_a_wish_moves_with_the_person_and_what_became_of_an_address_does_not(
    practice: Practice, sam: int, reason: SuppressionReason
) -> None:
    with practice.at_work():
        Suppression.suppress(WRONG, reason, practice.now)

    correct(practice, sam)

    with practice.reading():
        assert [each.reason for each in Suppression.against(WRONG)] == [reason]
        at_the_new_one = [each.reason for each in Suppression.against(RIGHT)]
    assert at_the_new_one == ([] if reason is SuppressionReason.BOUNCED else [reason])


def test_a_wish_of_somebody_at_the_new_address_is_not_put_upon_the_old_one(
    practice: Practice, sam: int
) -> None:
    with practice.at_work():
        Suppression.suppress(RIGHT, SuppressionReason.COMPLAINED, practice.now)

    correct(practice, sam)

    with practice.reading():
        assert Suppression.against(WRONG) == []


def test_who_asks_twice_for_no_more_emails_is_taken_out_of_what_was_started_since(
    practice: Practice, sam: int
) -> None:
    practice.advance(hours=1)
    for _ in range(2):
        with practice.at_work():
            consent.unsubscribe(practice.lead(sam), practice.now)
        practice.answers(sam, keep=True)
    with practice.at_work():
        consent.unsubscribe(practice.lead(sam), practice.now)

    assert practice.story(sam).count("unsubscribed") == 1
    with practice.reading():
        assert practice.lead(sam).enrollment is None
