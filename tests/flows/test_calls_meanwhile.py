"""A call changes while a worker has its note in hand: nobody is told what is not true any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.flows.test_call_notes import calls_off, entry, moves
from tests.flows.test_calls import books, wish
from tests.flows.test_reading_races import the_book_is_sound
from tests.practice import Practice

TO_MAYA = "maya.o@example.com"
HOUR = timedelta(hours=1)


@pytest.fixture
def maya(practice: Practice) -> int:
    lead_id = practice.receives_inquiry(f"Maya Okafor <{TO_MAYA}>", "Could we talk?")
    practice.work()
    practice.outbox.received.clear()
    books(practice, lead_id, wish())
    return lead_id


def once_before_the_text(practice: Practice, act: Callable[[], None]) -> None:
    """It happens when the worker has claimed the note and the server waits for its text."""

    def acts() -> None:
        practice.outbox.before_hand_over = None
        act()

    practice.outbox.before_hand_over = acts


def test_called_off_before_its_note_has_left_nobody_hears_of_it(practice: Practice, maya: int) -> None:
    once_before_the_text(practice, lambda: calls_off(practice, maya))
    practice.work()
    practice.advance(days=4)

    assert practice.outbox.to(TO_MAYA) == []
    assert the_book_is_sound(practice)


def test_moved_before_its_note_has_left_the_note_tells_of_the_new_time_only(
    practice: Practice, maya: int
) -> None:
    once_before_the_text(practice, lambda: moves(practice, maya, HOUR))
    practice.work()
    practice.advance(minutes=1)

    (mail,) = practice.outbox.to(TO_MAYA)
    assert mail.subject == "Our call: Thu, March 12, 11:00 am"
    assert entry(mail)[2] == 1
    assert the_book_is_sound(practice)
