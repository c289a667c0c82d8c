"""Before a promise to answer ends the owner is told: once, however many wait, and within his hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm.flows.promises import warn_of_promises
from crm.models import Practice as PracticeRow
from crm.rules.promises import Promise
from tests.interruption import by_two_workers
from tests.practice import OWNER_EMAIL, TUESDAY, Practice

MAYA, NOOR = "Maya Okafor <maya@example.org>", "Noor <noor@example.com>"
ENDS = TUESDAY + timedelta(days=1)
"""The promise to whoever writes on Tuesday at 1:52 pm."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLOSING = datetime(2026, 3, 11, 1, 0, tzinfo=UTC)
"""6:00 in the evening of that Tuesday."""


@pytest.fixture
def warned(practice: Practice) -> Practice:
    """He wants no notices but this."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    return practice


def the_clock_rings(practice: Practice, at: datetime) -> None:
    practice.at(at)
    with practice.at_work():
        warn_of_promises(practice.links, practice.now)
    practice.work()


def rings_from(practice: Practice, start: datetime, until: datetime) -> list[str]:
    """The clock rings every quarter of an hour; when there was a warning, in Los Angeles."""
    came = []
    at = start
    while at <= until:
        before = len(warnings(practice))
        the_clock_rings(practice, at)
        if len(warnings(practice)) > before:
            came.append(f"{practice.now - timedelta(hours=7):%a %H:%M}")
        at += timedelta(minutes=15)
    return came


def warnings(practice: Practice) -> list[str]:
    return [mail.text for mail in practice.outbox.to(OWNER_EMAIL)]


def test_two_hours_before_a_promise_ends_he_is_told_by_when(warned: Practice) -> None:
    warned.receives_inquiry(MAYA)

    the_clock_rings(warned, ENDS - 2 * HOUR - timedelta(minutes=1))
    assert warnings(warned) == []
    the_clock_rings(warned, ENDS - 2 * HOUR)

    (told,) = warnings(warned)
    assert "You said you’d answer someone by today at 1:52 pm." in told


def test_one_note_tells_of_all_who_wait_and_of_nobody(warned: Practice) -> None:
    for minutes, who in ((0, MAYA), (5, NOOR), (70, "Theo <theo@example.net>")):
        warned.at(TUESDAY + timedelta(minutes=minutes))
        warned.receives_inquiry(who, "My mother died in the fall.", client_key=who)

    came = rings_from(warned, ENDS - 5 * HOUR, ENDS + 3 * HOUR)

    (mail,) = warned.outbox.to(OWNER_EMAIL)
    assert came == ["Wed 11:52"]
    assert "You said you’d answer three people, the first by today at 1:52 pm." in mail.text
    for word in ("Maya", "Noor", "Theo", "mother", "example.com"):
        assert word not in mail.mail.as_string() + mail.text + mail.html


def test_a_promise_made_since_is_told_of_too(warned: Practice) -> None:
    warned.receives_inquiry(MAYA)
    the_clock_rings(warned, ENDS - 2 * HOUR)
    warned.receives_inquiry(NOOR)

    came = rings_from(warned, ENDS - 2 * HOUR, ENDS + DAY)

    assert came == ["Thu 09:52"]


@pytest.mark.parametrize(
    ("wrote", "came"),
    [
        (
            CLOSING + HOUR,
            "Wed 16:00",
        ),  # in the evening: it counts from the morning, and ends the morning after
        (CLOSING + 2 * DAY + 3 * HOUR, "Fri 16:00"),  # after Thursday: it ends on Monday at 8:30
    ],
)
def test_who_was_promised_an_answer_by_the_morning_is_told_of_the_evening_before(
    warned: Practice, wrote: datetime, came: str
) -> None:
    warned.at(wrote)
    warned.receives_inquiry(MAYA)
    start = wrote.replace(minute=0)

    assert rings_from(warned, start, start + 5 * DAY) == [came]


def test_a_short_promise_is_told_of_when_half_of_it_is_over(warned: Practice) -> None:
    with warned.at_work():
        PracticeRow.current().promise = Promise.SAME_DAY
    warned.at(CLOSING - 2 * HOUR)
    warned.receives_inquiry(MAYA)

    assert rings_from(warned, CLOSING - 2 * HOUR, CLOSING) == ["Tue 17:00"]


def test_who_has_been_answered_is_not_told_of(warned: Practice) -> None:
    maya = warned.receives_inquiry(MAYA)
    warned.answers(maya)

    assert rings_from(warned, ENDS - 3 * HOUR, ENDS) == []


def test_who_does_not_want_it_gets_none(warned: Practice) -> None:
    with warned.at_work():
        PracticeRow.current().warns_of_promises = False
    warned.receives_inquiry(MAYA)

    assert rings_from(warned, ENDS - 3 * HOUR, ENDS) == []


def test_a_promise_that_is_over_is_not_warned_of(warned: Practice) -> None:
    warned.receives_inquiry(MAYA)

    assert rings_from(warned, ENDS, ENDS + HOUR) == []


def test_a_restored_copy_warns_nobody(warned: Practice) -> None:
    warned.receives_inquiry(MAYA)
    with warned.at_work():
        PracticeRow.current().restored_at = warned.now

    assert rings_from(warned, ENDS - 3 * HOUR, ENDS) == []
    with warned.at_work():
        assert PracticeRow.current().warned_until is None


def test_a_clock_that_was_fast_does_not_silence_the_warnings(warned: Practice) -> None:
    with warned.at_work():
        PracticeRow.current().warned_until = ENDS + 30 * DAY
    warned.receives_inquiry(MAYA)

    assert rings_from(warned, ENDS - 3 * HOUR, ENDS) == ["Wed 11:52"]


def test_two_workers_at_the_same_moment_plan_one_note(warned: Practice) -> None:
    warned.receives_inquiry(MAYA)
    warned.at(ENDS - HOUR)

    def a_worker() -> None:
        with warned.at_work():
            warn_of_promises(warned.links, warned.now)

    by_two_workers(warned, "UPDATE practice", a_worker)
    warned.work()

    assert len(warnings(warned)) == 1
