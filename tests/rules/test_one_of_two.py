"""What becomes of two records: where the person stands, who waits, and whose follow-ups go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.merging import Place, Running, Side, Signals, Whose, course, settled_in, united, usual_place
from crm.rules.sending import StopReason
from crm.rules.stages import CloseReason, Stage

MONDAY = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
NOTHING = Signals(
    follow_ups_wanted=True,
    consent_at=None,
    waiting_for=None,
    waiting_since=None,
    reply_by=None,
    heard_at=None,
    replied_at=None,
    answered_at=None,
    snoozed_until=None,
    read_first_at=None,
    quarantined_at=None,
)
NEW = Place(Stage.NEW, MONDAY)
KEPT = Side(Running(1, MONDAY, paused=False, to_come=frozenset({2, 3})), frozenset({1}), NEW)
OTHER = Side(Running(2, TUESDAY, paused=False, to_come=frozenset({2, 3})), frozenset({1}), NEW)
IDLE = Side(None, frozenset(), NEW)


@pytest.mark.parametrize(
    ("kept", "other", "whose"),
    [
        (Place(Stage.NEW, MONDAY), Place(Stage.NEW, TUESDAY), Whose.KEPT),
        (Place(Stage.NEW, TUESDAY), Place(Stage.CONTACTED, MONDAY), Whose.OTHER),
        (Place(Stage.CLIENT, MONDAY), Place(Stage.NEW, TUESDAY), Whose.KEPT),
        (Place(Stage.CLOSED, TUESDAY, CloseReason.OTHER), Place(Stage.NEW, MONDAY), Whose.OTHER),
        (Place(Stage.WAITLISTED, MONDAY), Place(Stage.REFERRED_OUT, TUESDAY), Whose.OTHER),
    ],
)
def test_the_usual_stage(kept: Place, other: Place, whose: Whose) -> None:
    assert usual_place(kept, other) is whose


def test_the_one_that_began_later_goes_on() -> None:
    plan = course(KEPT, OTHER)

    assert (plan.goes_on, plan.stops) == (2, {1: StopReason.MERGED})


def test_nothing_goes_that_the_other_address_had() -> None:
    had_more = replace(KEPT, had=frozenset({1, 2}), running=replace(KEPT.running, to_come=frozenset({3})))  # type: ignore[type-var]

    plan = course(had_more, OTHER)

    assert (plan.goes_on, plan.stops) == (1, {2: StopReason.MERGED})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"wants_no_more": True}, StopReason.UNSUBSCRIBED),
        ({"booked": True}, StopReason.BOOKED),
        ({"replied_at": WEDNESDAY}, StopReason.REPLIED),
        ({"answered_at": WEDNESDAY}, StopReason.ANSWERED),
        ({"place": Place(Stage.CLOSED, WEDNESDAY, CloseReason.OTHER)}, StopReason.STAGE_CHANGED),
        ({"place": Place(Stage.CLIENT, MONDAY)}, StopReason.STAGE_CHANGED),
        ({"wanted": False}, StopReason.NO_CONSENT),
        ({"had": frozenset({2})}, StopReason.MERGED),
    ],
)
def test_whatever_speaks_against_it_on_the_other_side_ends_it(
    change: dict[str, object], reason: StopReason
) -> None:
    knows = replace(IDLE, **change)  # type: ignore[arg-type]  # a table

    assert course(knows, OTHER).stops == {2: reason}
    assert course(OTHER, knows).stops == {2: reason}


@pytest.mark.parametrize(
    "change", [{"replied_at": MONDAY}, {"answered_at": MONDAY}, {"place": Place(Stage.CLOSED, MONDAY)}]
)
def test_what_was_over_before_it_began_ends_nothing(change: dict[str, object]) -> None:
    assert course(replace(IDLE, **change), OTHER).goes_on == 2  # type: ignore[arg-type]  # a table


def test_a_pause_holds_for_whatever_goes_on() -> None:
    paused = replace(KEPT, running=replace(KEPT.running, paused=True))  # type: ignore[type-var]

    assert course(paused, OTHER).paused


def test_who_waits_waits_since_the_earlier_moment() -> None:
    early = replace(NOTHING, waiting_for="inquiry", waiting_since=MONDAY, reply_by=WEDNESDAY)
    late = replace(NOTHING, waiting_for="reply", waiting_since=TUESDAY)

    both = united(early, late)

    assert (both.waiting_for, both.waiting_since, both.reply_by) == ("reply", MONDAY, WEDNESDAY)


def test_nobody_is_put_off_while_one_of_the_two_waits_awake() -> None:
    snoozed = replace(NOTHING, snoozed_until=WEDNESDAY)
    awake = replace(NOTHING, waiting_for="inquiry", waiting_since=MONDAY)

    assert united(snoozed, awake).snoozed_until is None
    assert united(snoozed, NOTHING).snoozed_until == WEDNESDAY


def test_read_first_holds_and_spam_only_if_both_look_like_it() -> None:
    one = replace(NOTHING, read_first_at=MONDAY, quarantined_at=MONDAY)

    assert united(one, NOTHING).read_first_at == MONDAY
    assert united(one, NOTHING).quarantined_at is None
    assert united(one, one).quarantined_at == MONDAY


def test_who_was_settled_waits_no_more_unless_they_wrote_since() -> None:
    waits = replace(NOTHING, waiting_for="inquiry", waiting_since=TUESDAY)

    assert settled_in(Place(Stage.REFERRED_OUT, WEDNESDAY), waits).waiting_for is None
    assert settled_in(Place(Stage.REFERRED_OUT, MONDAY), waits).waiting_for == "inquiry"
    assert settled_in(Place(Stage.CLIENT, WEDNESDAY), waits).waiting_for == "inquiry"


INSTANTS = st.none() | st.sampled_from([MONDAY, TUESDAY, WEDNESDAY])
STEPS = st.frozensets(st.integers(1, 4))


@st.composite
def sides(draw: st.DrawFn, number: int) -> Side:
    had = draw(STEPS)
    begins, to_come = draw(st.sampled_from([MONDAY, TUESDAY])), draw(STEPS) - had
    running = Running(number, begins, paused=draw(st.booleans()), to_come=to_come)
    return Side(
        running=draw(st.none() | st.just(running)),
        had=had,
        place=Place(draw(st.sampled_from([*Stage])), draw(st.sampled_from([MONDAY, TUESDAY]))),
        wants_no_more=draw(st.booleans()),
        wanted=draw(st.booleans()),
        booked=draw(st.booleans()),
        replied_at=draw(INSTANTS),
        answered_at=draw(INSTANTS),
    )


@given(sides(1), sides(2))
def test_whoever_is_kept_the_same_is_decided_and_at_most_one_goes_on(one: Side, two: Side) -> None:
    plan, reverse = course(one, two), course(two, one)

    assert set(plan.stops) == set(reverse.stops) or one.running == two.running or _tied(one, two)
    running = {side.running.enrollment_id for side in (one, two) if side.running}
    assert {*plan.stops, *filter(None, [plan.goes_on])} == running
    for own, their in ((one, two), (two, one)):
        if own.running and own.running.enrollment_id == plan.goes_on:
            assert not own.running.to_come & their.had
            assert not any(side.wants_no_more or side.booked for side in (one, two))


def _tied(one: Side, two: Side) -> bool:
    return bool(one.running and two.running and one.running.started_at == two.running.started_at)
