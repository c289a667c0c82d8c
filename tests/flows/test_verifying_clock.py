"""`crm verify` after the clock went back: it accuses nobody who kept a promise, and finds who broke one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from crm.flows import consent, triage
from crm.flows.jobs import Taken
from crm.models import CallResult, Medium, Outcome
from crm.models import Practice as PracticeRow
from crm.rules.stages import Stage
from tests.flows import damage
from tests.flows.test_verifying import broken
from tests.practice import Practice
from tests.worker import may_hand_over, takes_what_is_due, tells

SAM = "sam@example.org"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Act = Callable[[Practice, int], object]


@pytest.fixture
def sam(practice: Practice) -> int:
    """Sam, whose second email has just gone."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    sam = practice.receives_inquiry(f"Sam <{SAM}>")
    practice.advance(days=3, minutes=1)
    assert len(practice.outbox.to(SAM)) == 2
    return sam


def clock_goes_back(practice: Practice, by: timedelta = DAY) -> None:
    practice.at(practice.now - by)


def replies(practice: Practice, sam: int) -> None:
    practice.hears_back(sam)


def is_rung(practice: Practice, sam: int) -> None:
    practice.logs_call(sam, CallResult.SPOKE)


def books(practice: Practice, sam: int) -> None:
    with practice.at_work():
        triage.book(practice.lead(sam), practice.now + 9 * DAY, Medium.PHONE, 1, practice.now)


def calls_off(practice: Practice, sam: int) -> None:
    with practice.at_work():
        booking = practice.lead(sam).booking
        assert booking is not None
        triage.settle_call(booking, Outcome.CANCELLED, 1, practice.now)


def unsubscribes(practice: Practice, sam: int) -> None:
    with practice.at_work():
        consent.unsubscribe(practice.lead(sam), practice.now)


def takes_it_back(practice: Practice, sam: int) -> None:
    with practice.at_work():
        consent.resubscribe(practice.lead(sam), practice.now)


def is_moved(practice: Practice, sam: int) -> None:
    with practice.at_work():
        triage.move(practice.lead(sam), Stage.CLIENT, 1, practice.now)


@pytest.mark.parametrize("happens", [replies, is_rung, books, unsubscribes, is_moved])
def test_who_ends_it_after_the_clock_went_back_was_not_written_to_afterwards(
    practice: Practice, sam: int, happens: Act
) -> None:
    clock_goes_back(practice)

    happens(practice, sam)

    assert broken(practice) == {}


@pytest.mark.parametrize(("forbids", "allows"), [(books, calls_off), (unsubscribes, takes_it_back)])
def test_what_was_over_when_the_clock_went_back_forbids_nothing(
    practice: Practice, sam: int, forbids: Act, allows: Act
) -> None:
    forbids(practice, sam)
    practice.advance(days=7)
    allows(practice, sam)
    clock_goes_back(practice, 6 * DAY)

    practice.answers(sam, keep=True)
    practice.advance(days=12)

    assert len(practice.outbox.to(SAM)) > 2
    assert broken(practice) == {}


def test_an_email_taken_before_the_clock_went_back_had_been_let_go(practice: Practice) -> None:
    sam = practice.receives_inquiry(f"Sam <{SAM}>")
    jobs = takes_what_is_due(practice)
    job = next(each for each in jobs if may_hand_over(practice, each))

    clock_goes_back(practice)
    tells(practice, [(job, Taken("250 2.0.0 taken"))])

    assert practice.messages(sam)
    assert broken(practice) == {}


@pytest.mark.parametrize(
    ("happens", "promise"),
    [
        (replies, "nothing went after the person had replied"),
        (books, "nothing went while a call was agreed"),
        (unsubscribes, "nothing went to an address that had asked for no more, or is dead"),
        (is_moved, "nothing went after its follow-ups had ended"),
    ],
)
def test_what_broke_a_promise_after_the_clock_went_back_is_found(
    practice: Practice, sam: int, happens: Act, promise: str
) -> None:
    waiting = practice.open_message(sam)
    clock_goes_back(practice)
    happens(practice, sam)
    practice.at(practice.now + HOUR)

    with practice.at_work() as session:
        rows = damage.went_all_the_same(session, waiting.id, practice.now)

    assert broken(practice)[promise] == rows
