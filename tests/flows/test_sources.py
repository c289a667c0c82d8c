"""What is known of a way in holds for whoever comes by it; and it has only so many requests a minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from crm.flows.capture import Captured, capture
from crm.flows.foresight import plan_of
from crm.models import Account, Assignment, Sequence, Source, Step, Trigger
from crm.rules.intake import Submission
from crm.rules.ways_in import SourceKind
from tests.practice import Practice

MAYA = Submission(name="Maya", email="maya@example.org", message="Hello")


def made(practice: Practice, **known: object) -> int:
    with practice.at_work() as session:
        source = Source(
            name="Blog", kind=SourceKind.API, token_hash="h", token_end="abcd", made_at=practice.now
        )
        for name, value in known.items():
            setattr(source, name, value)
        session.add(source)
        session.flush()
        return source.id


def comes_in(practice: Practice, submission: Submission = MAYA, **more: object) -> Captured:
    with practice.at_work():
        return capture(replace(submission, **more), practice.limits, practice.now)  # type: ignore[arg-type]


def in_care_of(practice: Practice, lead_id: int) -> int | None:
    with practice.reading():
        return Assignment.of(lead_id)


def test_who_comes_in_by_a_clinicians_way_in_is_theirs(practice: Practice) -> None:
    by = made(practice, account_id=1)

    comes_in(practice, source_id=by)

    assert in_care_of(practice, 1) == 1


def test_who_is_somebodys_already_stays_theirs(practice: Practice) -> None:
    with practice.at_work() as session:
        june = Account.create("june@springstreet.example", "June", "another long password", practice.now)
        session.flush()
        junes = june.id
    by = made(practice, account_id=1)
    comes_in(practice)
    with practice.at_work():
        Assignment.put(1, junes, practice.now)

    comes_in(practice, source_id=by, message="Me again")

    assert in_care_of(practice, 1) == junes


def test_a_way_in_starts_its_own_sequence(practice: Practice) -> None:
    with practice.at_work() as session:
        other = Sequence(name="Blog", trigger=Trigger.INQUIRY, created_at=practice.now)
        first = session.scalars(sa.select(Sequence).where(Sequence.key == "new_inquiry")).one()
        other.steps = [Step(template=first.steps[0].template, position=0, at_once=True)]
        session.add(other)
        session.flush()
        other.save_version(plan_of(other), practice.now)
        theirs = other.id
    by = made(practice, sequence_id=theirs)

    comes_in(practice, source_id=by)
    comes_in(practice, email="sam@example.org")

    with practice.reading():
        assert [e.sequence_id for e in practice.lead(1).enrollments] == [theirs]
        assert [e.sequence_id for e in practice.lead(2).enrollments] != [theirs]


def test_what_else_a_form_asked_is_kept_and_words_of_danger_in_it_are_found(practice: Practice) -> None:
    comes_in(practice, more=(("Anything else?", "I want to end my life"), ("Insurance", "Aetna")))

    with practice.reading():
        (inquiry,) = practice.lead(1).inquiries
        assert inquiry.more == {"Anything else?": "I want to end my life", "Insurance": "Aetna"}
        assert practice.lead(1).read_first_at is not None


def test_the_same_words_with_another_answer_are_a_second_inquiry(practice: Practice) -> None:
    comes_in(practice, more=(("Reason", "sleep"),))
    comes_in(practice, more=(("Reason", "work"),))
    comes_in(practice, more=(("Reason", "work"),))

    with practice.reading():
        assert [each.more["Reason"] for each in practice.lead(1).inquiries] == ["sleep", "work"]


def test_a_way_in_may_send_a_burst_and_then_one_by_one(practice: Practice) -> None:
    source = Source(name="Blog", kind=SourceKind.API)
    at = practice.now

    burst = [source.spend(60, at) for _ in range(61)]
    later = source.spend(60, at + timedelta(seconds=1))

    assert burst == [None] * 60 + [timedelta(seconds=1)]
    assert later is None
    assert source.spend(60, at + timedelta(seconds=1)) == timedelta(seconds=1)
