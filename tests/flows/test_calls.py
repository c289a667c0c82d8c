"""Calls are asked for, agreed, moved and called off; no two of one clinician ever overlap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import calls, triage
from crm.flows.calls import Wish
from crm.models import (
    Booking,
    BookingState,
    CallSettings,
    MadeBy,
    Medium,
    Message,
    Occupancy,
    Outcome,
    Taken,
    attention,
    turns,
)
from crm.rules.slots import Manner, Place
from crm.rules.stages import Stage
from tests.at_once import at_once
from tests.practice import Practice

THURSDAY = datetime(2026, 3, 12, 17, 0, tzinfo=UTC)
"""10 am in Los Angeles."""
QUARTER = timedelta(minutes=15)
MAYA, SAM = "Maya Okafor <maya.o@example.com>", "Sam Rivers <sam@example.org>"


def wish(at: datetime = THURSDAY, **more: object) -> Wish:
    manner = Manner(pause_after=more.pop("pause", timedelta(0)))  # type: ignore[arg-type]
    return Wish(Place(at, Medium.PHONE, manner), 1, made_by=MadeBy.VISITOR, **more)  # type: ignore[arg-type]


def books(practice: Practice, lead_id: int, wanted: Wish) -> int:
    with practice.at_work():
        turns.take(lead_id)
        return calls.book(practice.lead(lead_id), wanted, practice.now).id


def the_call(practice: Practice, lead_id: int) -> Booking:
    with practice.reading():
        return practice.lead(lead_id).bookings[-1]


def stands_on_today(practice: Practice, lead_id: int) -> bool:
    with practice.reading():
        return lead_id in [each.id for each in db.session.scalars(attention.on_today(practice.now))]


def grains(practice: Practice) -> int:
    with practice.reading():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Occupancy)) or 0


@pytest.fixture
def maya(practice: Practice) -> int:
    return practice.receives_inquiry(MAYA, "Could we talk?")


@pytest.fixture
def sam(practice: Practice) -> int:
    return practice.receives_inquiry(SAM, "Could we talk?")


def test_a_booking_stops_the_follow_ups_and_moves_the_person(practice: Practice, maya: int) -> None:
    books(practice, maya, wish())

    with practice.reading():
        lead = practice.lead(maya)
        assert lead.stage is Stage.CONSULT_BOOKED
        assert lead.enrollment is None
        assert lead.waiting_for is None
    assert practice.story(maya)[-3:] == [
        "follow_ups_stopped: booked",
        "call_booked",
        "stage_moved: consult_booked",
    ]
    practice.advance(days=60)
    assert [each.kind for each in practice.messages(maya) if each.sent_at and each.sent_at > THURSDAY] == []


def test_what_is_asked_holds_its_time_and_waits_on_today(practice: Practice, maya: int, sam: int) -> None:
    books(practice, maya, wish(needs_yes=True))

    with practice.reading():
        assert practice.lead(maya).stage is Stage.NEW
        assert practice.lead(maya).enrollment is None
    assert stands_on_today(practice, maya)
    with pytest.raises(Taken):
        books(practice, sam, wish())

    with practice.at_work():
        calls.approve(practice.lead(maya).bookings[0], practice.now)

    assert the_call(practice, maya).state is BookingState.CONFIRMED
    with practice.reading():
        assert practice.lead(maya).stage is Stage.CONSULT_BOOKED
    assert not stands_on_today(practice, maya)


def test_what_is_declined_is_free_again_and_the_person_waits_on_today(
    practice: Practice, maya: int, sam: int
) -> None:
    books(practice, maya, wish(needs_yes=True))

    with practice.at_work():
        calls.decline(practice.lead(maya).bookings[0], practice.now)

    call = the_call(practice, maya)
    assert (call.state, call.outcome, call.sequence) == (BookingState.DECLINED, Outcome.CANCELLED, 1)
    assert stands_on_today(practice, maya)
    books(practice, sam, wish())


def test_a_cancelled_call_frees_its_time_and_puts_the_person_on_today_without_follow_ups(
    practice: Practice, maya: int, sam: int
) -> None:
    books(practice, maya, wish())

    with practice.at_work():
        calls.cancel(practice.lead(maya).bookings[0], practice.now)

    assert stands_on_today(practice, maya)
    with practice.reading():
        assert practice.lead(maya).enrollment is None
        assert practice.lead(maya).stage is Stage.CONTACTED
    books(practice, sam, wish())
    before = practice.messages(maya)
    practice.advance(days=30)
    with practice.reading():
        written = sa.select(sa.func.count(Message.id)).where(Message.lead_id == maya)
        assert db.session.scalar(written) == len(before)


def test_a_moved_call_keeps_its_calendar_name_and_counts_its_changes(
    practice: Practice, maya: int, sam: int
) -> None:
    books(practice, maya, wish())
    first = the_call(practice, maya)

    with practice.at_work():
        calls.move(
            practice.lead(maya).bookings[0], Place(THURSDAY + timedelta(hours=1), Medium.VIDEO), practice.now
        )
    moved = the_call(practice, maya)
    books(practice, sam, wish())
    with practice.at_work():
        calls.cancel(practice.lead(maya).bookings[0], practice.now)
    gone = the_call(practice, maya)

    assert [each.sequence for each in (first, moved, gone)] == [0, 1, 2]
    assert {each.uid for each in (first, moved, gone)} == {first.uid}
    assert moved.ends_at == THURSDAY + timedelta(hours=1, minutes=15)


def test_who_has_a_call_and_chooses_again_has_moved_it(practice: Practice, maya: int) -> None:
    books(practice, maya, wish())
    books(practice, maya, wish(THURSDAY + timedelta(days=1)))

    with practice.reading():
        (only,) = practice.lead(maya).bookings
    assert (only.starts_at, only.sequence) == (THURSDAY + timedelta(days=1), 1)
    assert grains(practice) == 3


@pytest.mark.parametrize("minutes", [-10, -5, 0, 5, 10, 20])
def test_calls_never_overlap_pauses_included(practice: Practice, maya: int, sam: int, minutes: int) -> None:
    books(practice, maya, wish(pause=timedelta(minutes=10)))

    with pytest.raises(Taken):
        books(practice, sam, wish(THURSDAY + timedelta(minutes=minutes)))

    with practice.reading():
        assert practice.lead(sam).bookings == []
        assert practice.lead(sam).enrollment is not None


@pytest.mark.parametrize("minutes", [-15, 25])
def test_calls_may_touch(practice: Practice, maya: int, sam: int, minutes: int) -> None:
    books(practice, maya, wish(pause=timedelta(minutes=10)))

    books(practice, sam, wish(THURSDAY + timedelta(minutes=minutes)))

    assert the_call(practice, sam).starts_at == THURSDAY + timedelta(minutes=minutes)
    assert [the_call(practice, each).holds_time for each in (maya, sam)] == [True, True]


def test_an_undo_gives_the_time_back_unless_it_is_anothers_by_now(
    practice: Practice, maya: int, sam: int
) -> None:
    books(practice, maya, wish())
    with practice.at_work():
        undo_id = triage.settle_call(practice.lead(maya).bookings[0], Outcome.CANCELLED, 1, practice.now).id
    books(practice, sam, wish())

    assert not practice.undo(undo_id)

    assert the_call(practice, maya).outcome is Outcome.CANCELLED
    assert the_call(practice, sam).holds_time


def test_a_move_by_the_owner_is_taken_back_to_the_minute(practice: Practice, maya: int) -> None:
    books(practice, maya, wish())
    with practice.at_work():
        later = THURSDAY + timedelta(hours=3)
        undo_id = triage.book(practice.lead(maya), later, Medium.VIDEO, 1, practice.now).id

    assert practice.undo(undo_id)

    call = the_call(practice, maya)
    assert (call.starts_at, call.medium, call.sequence) == (THURSDAY, Medium.PHONE, 0)
    assert grains(practice) == 3


def race(practice: Practice, lead_ids: list[int], at: datetime) -> Iterator[str]:
    def tries(lead_id: int) -> str:
        try:
            books(practice, lead_id, wish(at))
        except Taken:
            return "taken"
        return "booked"

    yield from at_once(*(lambda who=who: tries(who) for who in lead_ids))


def test_of_twelve_who_want_one_time_one_gets_it(practice: Practice) -> None:
    people = [practice.receives_inquiry(f"P{n} <p{n}@example.org>", client_key=str(n)) for n in range(12)]

    for number in range(5):
        came = list(race(practice, people, THURSDAY + number * timedelta(hours=1)))

        assert sorted(came) == ["booked"] + 11 * ["taken"]
    assert grains(practice) % 3 == 0


def test_two_who_swap_their_times_never_wait_for_each_other(practice: Practice, maya: int, sam: int) -> None:
    books(practice, maya, wish())
    books(practice, sam, wish(THURSDAY + QUARTER))

    for _ in range(5):
        at_once(
            lambda: list(race(practice, [maya], THURSDAY + QUARTER)),
            lambda: list(race(practice, [sam], THURSDAY)),
        )
    assert grains(practice) == 6


def test_settings_are_made_once_however_many_ask_first(practice: Practice) -> None:
    def asks() -> int:
        with practice.at_work():
            return CallSettings.turn_of(1).length_minutes

    assert at_once(*[asks] * 6) == [15] * 6
