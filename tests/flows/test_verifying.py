"""`crm verify`: a healthy practice passes, and each kind of damage is found in the very row."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable
from datetime import time, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.cli import ledger
from crm.flows import consent, steering, triage
from crm.flows.breaches import CHUNK
from crm.flows.follow_up import resume_everything
from crm.flows.order import MOMENT
from crm.flows.verifying import Finding, verify
from crm.mail.transport import Refused, TryLater, Unsure
from crm.models import (
    CallResult,
    Decision,
    Event,
    EventKind,
    Medium,
    Message,
    Suppression,
)
from crm.models import Practice as PracticeRow
from crm.rules.sending import (
    StopReason,
    SuppressionReason,
)
from crm.rules.stages import Stage
from tests.flows import damage
from tests.practice import Practice

SAM = "sam@example.org"
NAMES = ("ana", "ben", "cleo", "dora", "emil", "fay", "gus", "hal", "ida", "jon")
FAILURES = (
    Unsure("the line dropped"),
    Refused("552 5.2.2 full", dead_address=False),
    Refused("550 5.1.1 unknown", dead_address=True),
    TryLater("451 later", account_level=False),
    TryLater("could not connect", account_level=True),
)
Damage = Callable[[Session], list[int]]


@pytest.fixture
def busy(practice: Practice) -> Practice:
    """Follow-ups went, one was put off, one is uncertain, somebody replied."""
    practice.receives_inquiry(f"Sam <{SAM}>")
    ana = practice.receives_inquiry("Ana <ana@example.com>")
    practice.outbox.failures = [TryLater("451 later", account_level=False)]
    practice.advance(days=4)
    practice.hears_back(ana)
    practice.receives_inquiry("Theo <theo@example.net>")
    practice.outbox.failures = [Unsure("the line dropped after the text")]
    practice.advance(days=4)
    return practice


def findings(practice: Practice) -> dict[str, Finding]:
    with practice.reading():
        return {finding.promise: finding for finding in verify(practice.now)}


def broken(practice: Practice) -> dict[str, list[int]]:
    return {promise: found.broken for promise, found in findings(practice).items() if not found.is_sound}


def test_a_healthy_practice_keeps_every_promise(busy: Practice) -> None:
    assert broken(busy) == {}
    looked_at = {promise: found.looked_at for promise, found in findings(busy).items()}
    assert looked_at["no email was accepted twice"] >= 4
    assert looked_at["nothing stood against what was let go"] >= 6


def test_a_practice_of_many_fates_keeps_every_promise(practice: Practice) -> None:
    people = {
        name: practice.receives_inquiry(f"{name} <{name}@example.org>", client_key=name) for name in NAMES
    }
    practice.outbox.failures = [*FAILURES]
    practice.advance(days=2)
    something_happens_to_everybody(practice, people)
    practice.advance(days=1)
    with practice.at_work():
        PracticeRow.current().hold_everything(practice.now)
    practice.advance(days=2)
    with practice.at_work():
        PracticeRow.current().opens = time(11)
        resume_everything(practice.now)
        steering.resume(practice.lead(people["gus"]), 1, practice.now)
    practice.advance(days=30)

    assert broken(practice) == {}
    looked_at = {promise: found.looked_at for promise, found in findings(practice).items()}
    assert looked_at["nothing went after its follow-ups had ended"] >= 6
    assert looked_at["what failed had been turned away"] >= 1


def something_happens_to_everybody(practice: Practice, people: dict[str, int]) -> None:
    practice.hears_back(people["ana"])
    practice.answers(people["ben"])
    practice.logs_call(people["cleo"], CallResult.SPOKE)
    with practice.at_work() as session:
        now, owner = practice.now, 1
        consent.unsubscribe(practice.lead(people["dora"]), now)
        triage.book(practice.lead(people["emil"]), now + timedelta(days=3), Medium.PHONE, owner, now)
        triage.move(practice.lead(people["fay"]), Stage.CLIENT, owner, now)
        steering.pause(practice.lead(people["gus"]), owner, now)
        for message in session.scalars(Message.problems()).all():
            if message.lead and message.enrollment and message.enrollment.is_open:
                steering.send_again(message.lead, message, owner, now)


@pytest.mark.parametrize(
    ("breaks", "promise"),
    [
        (damage.accepted_twice, "no email was accepted twice"),
        (damage.sent_without_proof, "what counts as sent was accepted, or the owner says it arrived"),
        (damage.failed_but_accepted, "what failed or was cancelled was not accepted"),
        (damage.cancelled_but_accepted, "what failed or was cancelled was not accepted"),
        (damage.failed_by_nobody, "what failed had been turned away"),
        (damage.doubted_by_nobody, "what is uncertain had been handed over"),
        (damage.cancelled_in_silence, "what was cancelled says why"),
        (damage.sent_after_the_last_email, "nothing went after its follow-ups had ended"),
        (damage.sent_after_a_reply, "nothing went after the person had replied"),
        (damage.sent_while_a_call_was_agreed, "nothing went while a call was agreed"),
        (damage.sent_after_opting_out, "nothing went to an address that had asked for no more, or is dead"),
        (damage.answered_a_dead_address, "nothing went to an address that had asked for no more, or is dead"),
        (damage.went_undecided, "each try had been let go"),
        (damage.tried_twice_on_one_yes, "each try had been let go"),
        (damage.went_before_its_yes, "each try had been let go"),
        (damage.let_go_at_night, "no follow-up was let go outside the hours"),
        (damage.let_go_to_a_client, "nothing stood against what was let go"),
        (damage.decided_at_odds, "each decision follows from its reason"),
        (damage.held_for_ever, "no worker holds an email longer than it may"),
        (damage.stands_still, "nothing that is due stands still without a reason"),
        (damage.asked_for_ever, "no draft waits longer than it may"),
        (damage.forgotten, "every running sequence has its next email, or its end"),
    ],
)
def test_damage_is_found_in_the_very_row(busy: Practice, breaks: Damage, promise: str) -> None:
    with busy.at_work() as session:
        rows = breaks(session)

    assert broken(busy)[promise] == rows


@pytest.mark.parametrize("reason", StopReason)
def test_an_email_after_any_stop_is_found(busy: Practice, reason: StopReason) -> None:
    with busy.at_work() as session:
        rows = damage.sent_after_a_stop(session, reason, timedelta(minutes=1))

    assert broken(busy)["nothing went after its follow-ups had ended"] == rows


def test_a_stop_in_the_moment_of_the_hand_over_is_no_breach(busy: Practice) -> None:
    with busy.at_work() as session:
        damage.sent_after_a_stop(session, StopReason.REPLIED, MOMENT)

    assert broken(busy) == {}


def test_sending_again_by_hand_is_no_second_time(busy: Practice) -> None:
    with busy.at_work() as session:
        [message_id] = damage.accepted_twice(session)
        message = session.get_one(Message, message_id)
        session.add(
            Event(lead_id=message.lead_id, kind=EventKind.MESSAGE_AGAIN, at=busy.now, message_id=message_id)
        )

    assert broken(busy) == {}


def test_an_opt_out_that_was_lifted_before_is_no_breach(busy: Practice) -> None:
    with busy.at_work() as session:
        damage.sent_after_opting_out(session)
        session.flush()
        session.execute(sa.update(Suppression).values(lifted_at=Suppression.at))

    assert broken(busy) == {}


def test_his_own_letter_may_answer_who_unsubscribed(busy: Practice) -> None:
    with busy.at_work() as session:
        damage.answered_a_dead_address(session)
        session.flush()
        session.execute(sa.update(Suppression).values(reason=SuppressionReason.UNSUBSCRIBED))

    assert broken(busy) == {}


def test_more_decisions_than_are_read_at_once_are_all_looked_at(busy: Practice) -> None:
    with busy.at_work() as session:
        yes = damage.a_yes(session)
        copied = {
            name: getattr(yes, name) for name in ("message_id", "verdict", "reason", "facts", "at", "last_at")
        }
        session.execute(sa.insert(Decision), [copied] * CHUNK)
        session.add(Decision(**copied | {"facts": yes.facts | {"quarantined": True}}))
        message_id = yes.message_id

    assert broken(busy) == {"nothing stood against what was let go": [message_id]}


@pytest.mark.parametrize("as_json", [False, True])
def test_the_operator_sees_what_was_checked_and_the_rows(
    busy: Practice,
    capsys: pytest.CaptureFixture[str],
    as_json: bool,  # noqa: FBT001 - a case of the table
) -> None:
    sound = verifies(busy, as_json=as_json)
    told = capsys.readouterr().out
    with busy.at_work() as session:
        [row] = damage.accepted_twice(session)
    damaged = verifies(busy, as_json=as_json)
    said = capsys.readouterr().out

    assert (sound, damaged) == (0, 1)
    if as_json:
        checks = {check["promise"]: check for check in json.loads(said.splitlines()[-1])["checks"]}
        assert checks["no email was accepted twice"]["broken"] == [row]
    else:
        assert "ok    no email was accepted twice" in told
        assert (
            f"WRONG no email was accepted twice (8 looked at)\n      message {row}\n" in said
            or "WRONG" in said
        )


def verifies(practice: Practice, *, as_json: bool) -> int:
    """`python -m crm verify`, and its exit status."""
    with practice.app.app_context():
        return ledger.verify(practice.app, Namespace(json=as_json))
