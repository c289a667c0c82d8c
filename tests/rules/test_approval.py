"""Until when the owner may say yes, and what he is told when he says it too late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.rules.approval import good_under, good_until, why_not_approve
from crm.rules.sending import MessageState, Reason, StopReason, Withdrawal
from tests.rules.times import at

FRIDAY = at("2026-03-13 13:52")


@pytest.mark.parametrize(
    ("max_late_hours", "until"),
    [(72, "2026-03-16 13:52"), (24, "2026-03-14 13:52"), (1, "2026-03-14 13:52"), (0, "2026-03-14 13:52")],
)
def test_a_draft_is_good_as_long_as_its_step_may_be_late_and_a_day_at_least(
    max_late_hours: int, until: str
) -> None:
    assert good_until(FRIDAY, timedelta(hours=max_late_hours)) == at(until)


@pytest.mark.parametrize(
    ("was", "late", "now", "until"),
    [
        (72, 120, "2026-03-13 09:00", "2026-03-18 13:52"),  # two days longer
        (72, 48, "2026-03-13 09:00", "2026-03-15 13:52"),  # a day less
        (72, 1, "2026-03-13 09:00", "2026-03-14 13:52"),  # a day at least
        (72, 24, "2026-03-15 09:00", "2026-03-16 09:00"),  # too late by then: a day is left
        (72, 24, "2026-03-16 09:00", "2026-03-16 13:52"),  # and never more than there was
        (72, 72, "2026-03-16 09:00", "2026-03-16 13:52"),
        (1, 24, "2026-03-13 09:00", "2026-03-16 13:52"),  # both are a day
    ],
)
def test_a_draft_waits_as_much_longer_or_shorter_as_its_step_may_be_late(
    was: int, late: int, now: str, until: str
) -> None:
    had = FRIDAY + timedelta(days=3)

    assert good_under(had, timedelta(hours=was), timedelta(hours=late), at(now)) == at(until)


def test_while_it_waits_and_is_in_time_nothing_speaks_against_a_yes() -> None:
    assert why_not_approve(MessageState.AWAITING_APPROVAL, None, expired=False) is None


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (MessageState.SCHEDULED, None, "needs no yes any more"),
        (MessageState.SENDING, None, "needs no yes any more"),
        (MessageState.SENT, None, "has gone to Maya already"),
        (MessageState.CANCELLED, Reason.NOT_APPROVED, "waited too long"),
        (MessageState.CANCELLED, Withdrawal.SKIPPED, "was skipped"),
        (MessageState.CANCELLED, Withdrawal.OUT_OF_PLAN, "was taken out of the sequence"),
        (MessageState.CANCELLED, StopReason.REPLIED, "Maya wrote back"),
        (MessageState.CANCELLED, StopReason.BOOKED, "Maya has a call with you"),
        (MessageState.CANCELLED, StopReason.UNSUBSCRIBED, "Maya stopped the emails"),
        (MessageState.CANCELLED, StopReason.ANSWERED, "You answered Maya since"),
        (MessageState.CANCELLED, StopReason.STAGE_CHANGED, "isn’t where it was"),
        (MessageState.FAILED, None, "isn’t where it was"),
        (MessageState.UNCERTAIN, None, "isn’t where it was"),
    ],
)
def test_a_yes_that_comes_too_late_is_told_what_happened(
    state: MessageState, reason: str | None, words: str
) -> None:
    why = why_not_approve(state, reason, expired=False)

    assert why is not None
    assert words in why.format(subject="Still here", name="Maya")


def test_a_draft_whose_time_is_up_is_told_to_be_late_before_anything_has_left_it_out() -> None:
    why = why_not_approve(MessageState.AWAITING_APPROVAL, None, expired=True)

    assert why is not None
    assert "waited too long" in why
