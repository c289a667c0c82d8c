"""A due row becomes an accepted mail at most once, whatever goes wrong on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm import clock
from crm.db import db
from crm.flows import consent, follow_up
from crm.flows.delivery import anything_due, drain, seconds_to_the_next
from crm.mail.transport import Refused, TryLater, Unsure
from crm.models import Decision, Message, Suppression
from crm.models import Practice as PracticeRow
from crm.models.claims import LEASE
from crm.rules.sending import MessageState, Verdict
from crm.rules.wording import Wording
from tests.at_once import at_once
from tests.practice import Practice
from tests.worker import may_hand_over, takes_what_is_due

SAM = "Sam Rivers <sam@example.org>"
ADDRESS = "sam@example.org"


@pytest.fixture
def sam(practice: Practice) -> int:
    """Someone whose acknowledgement is due now. The owner wants no notices, so that it is the only mail."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    return practice.receives_inquiry(SAM)


def the_message(practice: Practice, lead_id: int) -> Message:
    return practice.messages(lead_id)[0]


def test_a_try_later_is_tried_again_with_the_same_message_id(practice: Practice, sam: int) -> None:
    practice.outbox.failures = [TryLater("451 4.3.0 try again", account_level=False)] * 2

    practice.advance(minutes=30)

    assert practice.outbox.only_to(ADDRESS).message_id == the_message(practice, sam).message_id
    assert the_message(practice, sam).attempts == 3


def test_it_is_tried_for_three_days_and_then_shown_as_failed(practice: Practice, sam: int) -> None:
    practice.outbox.failures = [TryLater("421 4.7.0 not now", account_level=False)] * 1000

    practice.advance(days=2, hours=23)
    still_trying = the_message(practice, sam)
    practice.advance(days=1)

    assert still_trying.state is MessageState.SCHEDULED
    assert the_message(practice, sam).state is MessageState.FAILED
    assert practice.outbox.received == []


def test_a_refusal_is_never_retried_and_holds_nobody_else_up(practice: Practice, sam: int) -> None:
    other = practice.receives_inquiry("Ana <ana@example.com>")
    practice.outbox.failures = [Refused("554 5.7.1 policy", dead_address=False)]

    practice.advance(days=30)

    assert the_message(practice, sam).state is MessageState.FAILED
    assert practice.outbox.to(ADDRESS) == []
    assert len(practice.outbox.to("ana@example.com")) == 4
    assert the_message(practice, other).state is MessageState.SENT
    with practice.reading():
        assert Suppression.of(ADDRESS) is None


def test_a_dead_address_is_written_to_no_more(practice: Practice, sam: int) -> None:
    practice.outbox.failures = [Refused("550 5.1.1 no such user", dead_address=True)]

    practice.advance(days=30)

    assert practice.outbox.received == []
    assert practice.story(sam)[-2:] == ["message_failed", "follow_ups_stopped: bounced"]
    with practice.reading():
        assert Suppression.of(ADDRESS) is not None


def test_a_line_that_drops_after_the_text_leaves_it_uncertain_and_nobody_resends_it(
    practice: Practice, sam: int
) -> None:
    practice.outbox.failures = [Unsure("the line dropped after the text")]

    practice.advance(days=60)

    assert the_message(practice, sam).state is MessageState.UNCERTAIN
    assert practice.outbox.received == []


def test_the_owner_can_send_an_uncertain_email_again_under_the_same_message_id(
    practice: Practice, sam: int
) -> None:
    practice.outbox.failures = [Unsure("the line dropped after the text")]
    practice.advance(hours=1)
    before = the_message(practice, sam)

    with practice.at_work():
        db.session.get_one(Message, before.id).send_again(practice.now)
    practice.advance(minutes=1)

    assert practice.outbox.only_to(ADDRESS).message_id == before.message_id


def test_a_note_that_comes_before_the_owner_has_an_account_is_answered_once_he_has(
    practice: Practice, sam: int
) -> None:
    with practice.at_work():
        PracticeRow.current().sender_address = ""
    practice.advance(hours=2)
    assert practice.outbox.received == []

    with practice.at_work():
        PracticeRow.current().sender_address = "connor@springstreet.example"
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to(ADDRESS) == ["I got your note"]


def test_an_account_that_does_not_work_is_shown_and_the_mail_waits(practice: Practice, sam: int) -> None:
    practice.outbox.failures = [TryLater("535 5.7.8 no", account_level=True)]

    practice.advance(seconds=2)
    with practice.reading():
        assert PracticeRow.current().account_failing_since is not None
    practice.advance(hours=1)

    assert len(practice.outbox.to(ADDRESS)) == 1
    with practice.reading():
        assert PracticeRow.current().account_failing_since is None


def test_an_account_that_does_not_work_is_tried_once_a_ring_and_the_rest_waits_untouched(
    practice: Practice, sam: int
) -> None:
    others = [practice.receives_inquiry(f"P{n} <p{n}@example.org>", str(n)) for n in range(3)]
    practice.outbox.failures = [TryLater("421 4.3.2 down", account_level=True)]

    practice.work()

    assert the_message(practice, sam).attempts == 1
    assert [the_message(practice, other).attempts for other in others] == [0, 0, 0]
    assert [the_message(practice, other).state for other in others] == [MessageState.SCHEDULED] * 3


def test_a_worker_that_died_before_handing_over_loses_nothing(practice: Practice, sam: int) -> None:
    takes_what_is_due(practice)

    practice.advance(minutes=19)
    assert practice.outbox.received == []
    practice.advance(minutes=2)

    assert len(practice.outbox.to(ADDRESS)) == 1


def test_what_died_with_a_worker_is_looked_for_even_when_nothing_else_is_due(
    practice: Practice, sam: int
) -> None:
    takes_what_is_due(practice)
    lease_until = practice.now + LEASE

    with practice.app.app_context():
        assert not anything_due(lease_until - timedelta(seconds=1))
        assert anything_due(lease_until)


def test_a_worker_sleeps_no_longer_than_until_the_next_email_is_due(practice: Practice, sam: int) -> None:
    practice.advance(minutes=1)
    with practice.reading():
        due_at = practice.lead(sam).messages[-1].due_at

    with practice.app.app_context():
        assert seconds_to_the_next(due_at - timedelta(seconds=10), at_most=3) == 3
        assert seconds_to_the_next(due_at - timedelta(seconds=2), at_most=3) == 2
        assert seconds_to_the_next(due_at + timedelta(seconds=2), at_most=3) == 0


def test_a_worker_to_whom_nothing_is_planned_sleeps_as_long_as_it_likes(practice: Practice) -> None:
    with practice.app.app_context():
        assert seconds_to_the_next(practice.now, at_most=3) == 3


def test_an_email_that_is_tried_again_says_what_it_said_at_first_and_that_is_kept(
    practice: Practice, sam: int
) -> None:
    practice.outbox.after_hand_over = TryLater("451 4.3.0 try again", account_level=False)
    practice.work()
    practice.outbox.after_hand_over = None
    with practice.at_work():
        step = db.session.get_one(Message, the_message(practice, sam).id).step
        assert step is not None
        template = step.template
        first = template.current_id
        template.save_version(Wording("Quite another subject", "", "Quite other words."), practice.now)

    practice.advance(minutes=30)

    assert practice.outbox.subjects_to(ADDRESS) == ["I got your note"]
    assert the_message(practice, sam).template_version_id == first


def test_a_worker_that_died_after_handing_over_leaves_it_uncertain(practice: Practice, sam: int) -> None:
    (job,) = takes_what_is_due(practice)
    assert may_hand_over(practice, job)

    practice.at(practice.now + LEASE + timedelta(seconds=1))
    practice.advance(days=30)

    assert the_message(practice, sam).state is MessageState.UNCERTAIN
    assert practice.outbox.received == []


def test_a_stalled_worker_is_fenced_out_by_its_token(practice: Practice, sam: int) -> None:
    (stalled,) = takes_what_is_due(practice)
    practice.at(practice.now + LEASE + timedelta(seconds=1))
    practice.advance(minutes=1)
    assert len(practice.outbox.to(ADDRESS)) == 1

    assert not may_hand_over(practice, stalled)


def test_a_stop_between_the_last_look_and_the_text_is_still_seen(practice: Practice, sam: int) -> None:
    def they_unsubscribe() -> None:
        with practice.at_work():
            consent.unsubscribe(practice.lead(sam), practice.now)

    practice.outbox.before_hand_over = they_unsubscribe

    practice.advance(days=30)

    assert practice.outbox.received == []
    assert the_message(practice, sam).state is MessageState.CANCELLED


def test_four_workers_at_once_send_each_due_mail_exactly_once(practice: Practice) -> None:
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    everyone = [f"p{n}@example.org" for n in range(100)]
    for n, address in enumerate(everyone):
        practice.receives_inquiry(f"Person {n} <{address}>", f"Hello {n}", client_key=f"c{n}")
    with practice.at_work() as session:
        session.execute(sa.update(Message).values(due_at=practice.now))

    def work() -> None:
        with practice.app.app_context():
            drain(practice.post, clock.now, timedelta(seconds=60))

    at_once(*[work] * 4)

    acknowledged = sorted(mail.recipient for mail in practice.outbox.received)
    assert acknowledged == sorted(set(acknowledged))
    assert len(acknowledged) == 60


def test_every_look_leaves_a_decision_with_its_facts(practice: Practice, sam: int) -> None:
    practice.advance(hours=1)
    practice.hears_back(sam)
    practice.advance(days=5)

    with practice.reading():
        decisions = list(db.session.scalars(sa.select(Decision).order_by(Decision.id)))
        assert [d.verdict for d in decisions] == [Verdict.SEND]
        assert decisions[0].facts["at_once"] is True


def test_a_text_that_cannot_be_filled_is_shown_and_blocks_nobody(practice: Practice, sam: int) -> None:
    with practice.at_work():
        message = db.session.get_one(Message, the_message(practice, sam).id)
        message.reword(Wording("Hi", "", "Hello {nonsense blank}"))
    practice.receives_inquiry("Ana <ana@example.com>")

    practice.advance(days=4)

    assert the_message(practice, sam).state is MessageState.FAILED
    assert len(practice.outbox.to("ana@example.com")) == 2


def test_the_day_three_email_can_be_stopped_and_threads_with_the_first(practice: Practice, sam: int) -> None:
    practice.advance(days=4)

    first, second = practice.outbox.to(ADDRESS)
    assert second.mail["In-Reply-To"] == first.message_id
    assert second.mail["References"] == first.message_id
    assert second.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/stop/" in second.mail["List-Unsubscribe"]
    assert "/stop/" in second.text
    assert second.mail["Auto-Submitted"] == "auto-generated"


def test_an_email_our_program_breaks_on_is_shown_and_holds_nobody_up(practice: Practice, sam: int) -> None:
    practice.outbox.failures = [ArithmeticError("a bug of ours")]  # type: ignore[list-item]
    practice.receives_inquiry("Ana <ana@example.com>")

    practice.advance(days=4)

    assert the_message(practice, sam).state is MessageState.FAILED
    assert "ArithmeticError" in (the_message(practice, sam).server_reply or "")
    assert practice.outbox.to(ADDRESS) == []
    assert len(practice.outbox.to("ana@example.com")) == 2


def test_an_email_our_program_breaks_on_after_the_hand_over_is_uncertain(
    practice: Practice, sam: int
) -> None:
    practice.outbox.after_hand_over = ArithmeticError("a bug of ours")

    practice.advance(days=4)

    assert the_message(practice, sam).state is MessageState.UNCERTAIN


def test_a_letter_refused_for_good_holds_the_follow_ups_behind_it(practice: Practice, sam: int) -> None:
    practice.advance(hours=1)
    practice.answers(sam)
    practice.outbox.failures = [Refused("554 5.7.1 policy", dead_address=False)]

    practice.advance(days=30)

    assert practice.outbox.subjects_to(ADDRESS) == ["I got your note"]
    assert practice.story(sam)[-1] == "follow_ups_paused"


def test_what_the_owner_sends_by_hand_goes_to_someone_to_be_read_first(practice: Practice) -> None:
    theo = practice.receives_inquiry("Theo <theo@example.com>", "I don't want to be here anymore.")
    practice.advance(hours=1)

    with practice.at_work():
        follow_up.send_now(practice.lead(theo).messages[-1], practice.now)
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to("theo@example.com") == [
        "I got your note",
        "Still here, if it’s useful",
    ]
