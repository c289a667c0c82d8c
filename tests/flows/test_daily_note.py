"""One note a working day to the owner, if he wants it: how many wait and by when, never who or what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest

from crm.flows import triage
from crm.flows.daily_note import tell_the_day
from crm.models import Medium
from crm.models import Practice as PracticeRow
from tests.interruption import by_two_workers
from tests.practice import OWNER_EMAIL, Practice

EIGHT = time(8, 0)
WEDNESDAY = datetime(2026, 3, 11, 15, 0, tzinfo=UTC)
"""8:00 in the morning in Los Angeles."""
FRIDAY, SATURDAY = WEDNESDAY + timedelta(days=2), WEDNESDAY + timedelta(days=3)


@pytest.fixture
def wanted(practice: Practice) -> Practice:
    """He wants the note of the day at eight, and no other notices."""
    with practice.at_work():
        row = PracticeRow.current()
        row.daily_note_at, row.notify_owner = EIGHT, False
    return practice


def the_clock_rings(practice: Practice, at: datetime) -> None:
    practice.at(at)
    with practice.at_work():
        tell_the_day(practice.links, practice.now)
    practice.work()


def notes(practice: Practice) -> list[str]:
    return [mail.text for mail in practice.outbox.to(OWNER_EMAIL)]


def test_the_note_says_how_many_wait_and_by_when(wanted: Practice) -> None:
    wanted.receives_inquiry("Maya Okafor <maya@example.org>", "My mother died in the fall.")
    noor = wanted.receives_inquiry("Noor <noor@example.org>")
    wanted.answers(noor)
    with wanted.at_work():
        triage.book(wanted.lead(noor), WEDNESDAY + timedelta(hours=2), Medium.PHONE, 1, wanted.now)

    the_clock_rings(wanted, WEDNESDAY)

    (note,) = notes(wanted)
    assert "One person waits for you. Reply by 1:52 pm today. Your next call is at 10:00 am." in note


def test_nobody_and_nothing_of_a_person_stands_in_it(wanted: Practice) -> None:
    wanted.receives_inquiry("Maya Okafor <maya@example.org>", "My mother died in the fall.")
    wanted.receives_inquiry("Theo <theo@example.com>", "I don't want to be here anymore.")

    the_clock_rings(wanted, WEDNESDAY)

    at_once, note = wanted.outbox.to(OWNER_EMAIL)
    assert "Please read one of them first." in note.text
    for mail in (at_once, note):
        said = mail.mail.as_string() + mail.text + mail.html
        assert not any(word in said for word in ("Maya", "Theo", "mother", "example.com"))


@pytest.mark.parametrize(
    "rings",
    [
        WEDNESDAY - timedelta(minutes=1),  # not yet
        WEDNESDAY + timedelta(hours=3),  # the machine was off all morning
        SATURDAY,
    ],
)
def test_no_note_comes_at_another_time_or_on_a_day_off(wanted: Practice, rings: datetime) -> None:
    wanted.receives_inquiry("Maya Okafor <maya@example.org>")

    the_clock_rings(wanted, rings)

    assert notes(wanted) == []


def test_a_day_on_which_nobody_waits_has_no_note(wanted: Practice) -> None:
    the_clock_rings(wanted, WEDNESDAY)

    assert notes(wanted) == []


def test_who_does_not_want_it_gets_none(practice: Practice) -> None:
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    practice.receives_inquiry("Maya Okafor <maya@example.org>")

    the_clock_rings(practice, WEDNESDAY)

    assert notes(practice) == []


def everything_is_held(practice: PracticeRow, now: datetime) -> None:
    practice.hold_everything(now)


def a_backup_was_restored(practice: PracticeRow, now: datetime) -> None:
    practice.restored_at = now


def nothing_is_in_the_way(_practice: PracticeRow, _now: datetime) -> None:
    pass


PROMISED = "One email goes out today."


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (nothing_is_in_the_way, [PROMISED]),
        (everything_is_held, ["Sending is paused for everyone: one email waits until you resume."]),
        (a_backup_was_restored, []),  # no note leaves a copy, and later it would tell of another day
    ],
)
def test_no_email_is_promised_for_today_while_none_may_go(
    wanted: Practice, happens: Callable[[PracticeRow, datetime], None], told: list[str]
) -> None:
    wanted.receives_inquiry("Maya Okafor <maya@example.org>")
    wanted.work()
    with wanted.at_work():
        happens(PracticeRow.current(), wanted.now)

    the_clock_rings(wanted, FRIDAY)

    assert [line for note in notes(wanted) for line in told if line in note] == told
    assert any(PROMISED in note for note in notes(wanted)) == (told == [PROMISED])


def test_a_copy_that_was_confirmed_in_time_tells_the_day_after_all(wanted: Practice) -> None:
    wanted.receives_inquiry("Maya Okafor <maya@example.org>")
    with wanted.at_work():
        a_backup_was_restored(PracticeRow.current(), wanted.now)
    the_clock_rings(wanted, FRIDAY)

    with wanted.at_work():
        PracticeRow.current().restored_at = None
    the_clock_rings(wanted, FRIDAY + timedelta(minutes=5))

    assert len(notes(wanted)) == 1


def test_the_note_comes_once_however_often_the_clock_rings(wanted: Practice) -> None:
    wanted.receives_inquiry("Maya Okafor <maya@example.org>")

    for minutes in (0, 5, 10):
        the_clock_rings(wanted, WEDNESDAY + timedelta(minutes=minutes))
    the_clock_rings(wanted, WEDNESDAY + timedelta(days=1))

    assert len(notes(wanted)) == 2


def test_two_workers_at_the_same_moment_plan_one_note(wanted: Practice) -> None:
    wanted.receives_inquiry("Maya Okafor <maya@example.org>")
    wanted.at(WEDNESDAY)

    def a_worker() -> None:
        with wanted.at_work():
            tell_the_day(wanted.links, wanted.now)

    by_two_workers(wanted, "UPDATE practice", a_worker)
    wanted.work()

    assert len(notes(wanted)) == 1
