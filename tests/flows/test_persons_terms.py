"""The planner and the last look agree on when a person may hear: their hours, their clock, their pace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm.db import db
from crm.flows.agenda import agenda
from crm.flows.follow_up import enroll, upcoming
from crm.flows.hours import fit_to_hours
from crm.models import Decision, Sequence, Trigger
from crm.models import Practice as PracticeRow
from crm.rules.sending import MessageKind, Verdict
from crm.rules.windows import Shift
from tests.practice import Practice

IRENE = "irene@example.org"
TOKYO = ZoneInfo("Asia/Tokyo")


def lives_in(practice: Practice, lead_id: int, zone: ZoneInfo) -> None:
    with practice.at_work():
        practice.lead(lead_id).zone_name = zone.key


def put_off(practice: Practice) -> list[str]:
    """Why emails that were due did not go."""
    with practice.reading():
        reasons = db.session.scalars(sa.select(Decision.reason).where(Decision.verdict != Verdict.SEND))
        return [str(reason) for reason in reasons]


def follow_ups_of(practice: Practice, lead_id: int) -> list[datetime]:
    return [
        message.sent_at
        for message in practice.messages(lead_id)
        if message.kind is MessageKind.STEP and message.sent_at and not message.is_acknowledgement
    ]


def test_every_follow_up_leaves_within_the_hours_of_whoever_lives_elsewhere(practice: Practice) -> None:
    irene = practice.receives_inquiry(f"Irene <{IRENE}>")
    lives_in(practice, irene, TOKYO)

    practice.advance(days=40)

    went = [sent_at.astimezone(TOKYO) for sent_at in follow_ups_of(practice, irene)]
    assert len(went) == 3
    assert all((8, 30) <= (at.hour, at.minute) < (18, 0) and at.weekday() < 5 for at in went)
    assert put_off(practice) == []


def test_what_is_foretold_is_what_happens_wherever_someone_lives(practice: Practice) -> None:
    irene = practice.receives_inquiry(f"Irene <{IRENE}>")
    lives_in(practice, irene, TOKYO)
    practice.advance(minutes=1)
    with practice.reading():
        enrollment = practice.lead(irene).enrollment
        assert enrollment is not None
        foretold = [each.planned.due_at for each in upcoming(enrollment)]
        on_the_list = [each.planned.due_at for each in agenda(practice.now + timedelta(days=60)).departures]

    practice.advance(days=40)

    assert follow_ups_of(practice, irene) == foretold == on_the_list


def test_a_zone_that_becomes_known_moves_what_waits(practice: Practice) -> None:
    irene = practice.receives_inquiry(f"Irene <{IRENE}>")
    practice.advance(minutes=1)
    with practice.at_work():
        practice.lead(irene).zone_name = TOKYO.key
        assert fit_to_hours(practice.now, practice.lead(irene)) == 1

    due_at = practice.open_message(irene).due_at.astimezone(TOKYO)
    assert f"{due_at:%A %H:%M}" == "Monday 08:30"


def test_two_sequences_together_keep_the_pace_and_the_planner_says_so_beforehand(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    practice.advance(days=3, minutes=5)
    assert len(follow_ups_of(practice, sam)) == 1
    with practice.at_work() as session:
        PracticeRow.current().gap_days = 7
        other = session.scalars(sa.select(Sequence).where(Sequence.trigger == Trigger.ANSWERED)).one()
        enroll(practice.lead(sam), other, practice.now)

    message = practice.open_message(sam)
    practice.advance(days=20)

    assert message.shift is Shift.PACE
    assert follow_ups_of(practice, sam)[1] == message.due_at
    assert put_off(practice) == []


def test_a_letter_of_the_owner_and_the_first_answer_do_not_count(practice: Practice) -> None:
    with practice.at_work():
        PracticeRow.current().weekly_cap = 1
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    practice.advance(days=1)
    practice.answers(sam, keep=True)
    practice.answers(sam, "One more thing.", keep=True)

    practice.advance(days=8)

    assert len(practice.outbox.to("sam@example.org")) == 4


def test_summer_time_changes_nothing_about_the_hour(practice: Practice) -> None:
    practice.at(datetime(2026, 3, 5, 17, 0, tzinfo=UTC))
    sam = practice.receives_inquiry("Sam <sam@example.org>")

    practice.advance(days=5)

    (went,) = [at.astimezone(ZoneInfo("America/Los_Angeles")) for at in follow_ups_of(practice, sam)]
    assert (went.day, went.hour, went.minute) == (9, 8, 30)
