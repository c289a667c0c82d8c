"""Drafts between planning and leaving: what ends them, what keeps them, and who may say yes when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db, transaction
from crm.flows import approvals, consent, hours, steering, triage
from crm.flows.acquaintance import Contact, edit_contact
from crm.flows.verifying import verify
from crm.models import Account, Decision, Lead, Medium, Message, Undo
from crm.models import Practice as PracticeRow
from crm.rules.care import Care, CareTaken
from crm.rules.sending import MessageState, Reason, Verdict
from crm.rules.stages import CloseReason, Stage
from tests.at_once import at_once
from tests.interruption import interrupted
from tests.practice import Practice, sign_in
from worker.jobs import JOBS, expire_drafts

MAYA, ADDRESS = "Maya Okafor <maya.o@example.com>", "maya.o@example.com"
FIRST, SECOND = "I got your note", "Still here, if it’s useful"


@pytest.fixture
def maya(practice: Practice) -> int:
    """Maya wrote a moment ago; her second email waits for a yes and is due on Friday."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    practice.asks_first()
    maya = practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    return maya


def the_owner() -> int:
    owner = Account.owner()
    assert owner is not None
    return owner.id


def approves(practice: Practice, person: int) -> int:
    """The owner says yes. Returns the id of the Undo."""
    draft = practice.open_message(person)
    with practice.at_work():
        found = db.session.get_one(Message, draft.id)
        return approvals.approve(found, the_owner(), practice.now).id


def browser(practice: Practice) -> FlaskClient:
    other = practice.app.test_client()
    sign_in(practice, other)
    return other


ENDS: dict[str, Callable[[Lead, Practice], object]] = {
    "booking": lambda lead, p: triage.book(lead, p.now + timedelta(days=1), Medium.PHONE, the_owner(), p.now),
    "closing": lambda lead, p: triage.close(lead, CloseReason.NOT_A_FIT, the_owner(), p.now),
    "move": lambda lead, p: triage.move(lead, Stage.CLIENT, the_owner(), p.now),
    "spam": lambda lead, p: triage.mark_spam(lead, the_owner(), p.now),
    "unsubscribing": lambda lead, p: consent.unsubscribe(lead, p.now),
}


@pytest.mark.parametrize("end", list(ENDS))
def test_what_ends_the_follow_ups_ends_a_draft(practice: Practice, maya: int, end: str) -> None:
    with practice.at_work():
        ENDS[end](practice.lead(maya), practice)

    assert [message for message in practice.messages(maya) if message.is_open and message.enrollment_id] == []
    practice.advance(days=10)
    assert [m.sent_subject for m in practice.messages(maya) if m.sent_at and m.enrollment_id] == [FIRST]


def test_a_reply_and_an_answer_end_a_draft(practice: Practice, maya: int) -> None:
    practice.hears_back(maya)

    assert [message for message in practice.messages(maya) if message.is_open] == []
    assert practice.messages(maya)[-1].cancel_reason == "replied"


def test_a_draft_goes_to_where_the_person_is_reached_now(practice: Practice, maya: int) -> None:
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        moved = Contact(name="Maya Okafor", email="maya@example.net")
        edit_contact(practice.lead(maya), moved, owner, practice.now)

    approves(practice, maya)
    practice.advance(days=3)

    assert practice.outbox.subjects_to("maya@example.net") == [SECOND]


def test_new_hours_move_a_draft_and_its_end(practice: Practice, maya: int) -> None:
    with practice.at_work():
        PracticeRow.current().weekdays = [0, 1, 2, 3]
        hours.fit_to_hours(practice.now)

    draft = practice.open_message(maya)
    assert f"{draft.due_at:%a}" == "Mon"
    assert draft.expires_at == draft.due_at + timedelta(days=3)


def test_an_approved_email_obeys_the_hours_like_any_other(practice: Practice, maya: int) -> None:
    approves(practice, maya)
    with practice.at_work():
        PracticeRow.current().weekdays = [0, 1, 2, 3]

    practice.advance(days=4)
    assert practice.outbox.subjects_to(ADDRESS) == [FIRST]
    practice.advance(days=3)
    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, SECOND]


def test_nobody_says_yes_in_time_and_the_record_says_why(practice: Practice, maya: int) -> None:
    draft = practice.open_message(maya)

    practice.advance(days=6, minutes=1)

    with practice.reading():
        decided = db.session.scalars(sa.select(Decision).where(Decision.message_id == draft.id)).all()
        assert [(each.verdict, each.reason) for each in decided] == [(Verdict.SKIP, Reason.NOT_APPROVED)]
        assert decided[0].facts["approval_expired"] is True
        assert all(finding.is_sound for finding in verify(practice.now))
    following = practice.open_message(maya)
    assert following.is_draft
    assert following.id != draft.id
    assert draft.expires_at is not None
    assert following.due_at >= draft.expires_at + timedelta(days=5)


def test_the_worker_leaves_out_what_is_overdue_by_itself(practice: Practice, maya: int) -> None:
    draft = practice.open_message(maya)
    assert draft.expires_at is not None
    practice.at(draft.expires_at)

    with practice.app.app_context():
        assert expire_drafts(practice.post) == 1
        assert expire_drafts(practice.post) == 0

    assert expire_drafts in [job.run for job in JOBS]
    assert "message_skipped: not_approved" in practice.story(maya)


def test_a_draft_that_nobody_leaves_out_is_found(practice: Practice, maya: int) -> None:
    practice.at(practice.now + timedelta(days=8))

    with practice.reading():
        broken = [finding.promise for finding in verify(practice.now) if not finding.is_sound]

    assert broken == ["no draft waits longer than it may"]


def test_of_someone_to_be_read_first_nothing_is_left_out(practice: Practice, maya: int) -> None:
    with practice.at_work():
        practice.lead(maya).read_first_at = practice.now
    practice.advance(days=10)

    held = practice.open_message(maya)
    with practice.at_work():
        steering.let_continue(practice.lead(maya), CareTaken(Care.TALKED), the_owner(), practice.now)

    assert held.is_draft
    assert held.held_at is not None
    draft = practice.open_message(maya)
    assert (draft.id, draft.is_draft, draft.held_at) == (held.id, True, None)
    assert draft.due_at >= practice.now
    assert draft.expires_at == draft.due_at + timedelta(days=3)


def test_looking_for_overdue_drafts_reads_an_index_of_drafts_alone(practice: Practice, maya: int) -> None:
    with practice.reading():
        query = str(
            sa.select(Message.id)
            .where(sa.text("state = 'awaiting_approval' AND held_at IS NULL AND expires_at <= '2026-01-01'"))
            .order_by(Message.expires_at)
        )
        if db.engine.dialect.name == "postgresql":
            db.session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN " if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        plan = " ".join(str(row) for row in db.session.execute(sa.text(explain + query)))

    assert "ix_message_draft" in plan


def test_undo_takes_a_yes_back_also_from_a_worker_that_has_the_email(practice: Practice, maya: int) -> None:
    practice.advance(days=3)
    undo = approves(practice, maya)
    practice.at(practice.now + timedelta(seconds=21))
    with practice.at_work():
        taken = db.session.get_one(Message, practice.open_message(maya).id)
        taken.state, taken.claim_token = MessageState.SENDING, "a worker's"
        taken.claimed_at = taken.lease_until = practice.now

    assert practice.undo(undo)

    assert practice.open_message(maya).is_draft
    practice.advance(hours=1)
    assert practice.outbox.subjects_to(ADDRESS) == [FIRST]


def test_two_browsers_approve_the_same_draft_and_one_yes_counts(practice: Practice, maya: int) -> None:
    one, other = browser(practice), browser(practice)
    address = f"/messages/{practice.open_message(maya).id}/approval"

    with interrupted(practice, "UPDATE message", lambda: other.post(address)):
        answer = one.post(address)

    assert answer.status_code == 303
    assert practice.story(maya).count("message_approved") == 1
    practice.advance(days=3, hours=1)
    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, SECOND]


def test_two_browsers_approve_everything_in_other_orders(practice: Practice, maya: int) -> None:
    people = [maya] + [
        practice.receives_inquiry(f"Person {n} <person{n}@example.com>", client_key=f"place {n}")
        for n in range(5)
    ]
    practice.advance(minutes=1)
    ids = [practice.open_message(each).id for each in people]

    def approve(client: FlaskClient, shown: list[int]) -> int:
        return client.post("/follow-ups/approvals", data={"which": "all", "shown": shown}).status_code

    answers = at_once(*(partial(approve, browser(practice), order) for order in (ids, ids[::-1])))

    assert answers == [303, 303]
    assert [practice.story(each).count("message_approved") for each in people] == [1] * len(people)


def test_a_reply_that_arrives_while_he_approves_wins(practice: Practice, maya: int) -> None:
    client = browser(practice)
    address = f"/messages/{practice.open_message(maya).id}/approval"

    with interrupted(practice, "UPDATE message", lambda: practice.hears_back(maya)):
        answer = client.post(address)

    assert answer.status_code == 303
    assert [message for message in practice.messages(maya) if message.is_open] == []
    practice.advance(days=10)
    assert practice.outbox.subjects_to(ADDRESS) == [FIRST]


def test_he_approves_while_a_reply_arrives_and_the_reply_wins(practice: Practice, maya: int) -> None:
    client = browser(practice)
    address = f"/messages/{practice.open_message(maya).id}/approval"

    with interrupted(practice, "UPDATE message", lambda: client.post(address)):
        practice.hears_back(maya)

    assert [message for message in practice.messages(maya) if message.is_open] == []
    practice.advance(days=10)
    assert practice.outbox.subjects_to(ADDRESS) == [FIRST]


def test_he_approves_in_the_moment_in_which_time_is_up(practice: Practice, maya: int) -> None:
    client, draft = browser(practice), practice.open_message(maya)
    assert draft.expires_at is not None
    practice.at(draft.expires_at)

    def leave_out() -> None:
        with practice.app.app_context(), transaction():
            approvals.expire(draft.id, practice.now)

    with interrupted(practice, "UPDATE message", lambda: client.post(f"/messages/{draft.id}/approval")):
        leave_out()

    assert practice.messages(maya)[1].cancel_reason == Reason.NOT_APPROVED
    with practice.reading():
        assert db.session.scalars(sa.select(Undo)).all() == []
