"""Whom of the waitlist a place is offered to, and why somebody is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from crm.rules.offers import OfferNote, OfferState, Standing, offer_wording, still_true
from crm.rules.sending import SuppressionReason
from crm.rules.waitlist import WORDS, LeftOut, Waiter, next_few, why_left_out
from tests.practice import TUESDAY

HOUR = timedelta(hours=1)
MAYA = Waiter(1)
OPEN = Standing(OfferState.OPEN, TUESDAY + HOUR, is_on_list=True)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"said_yes": True}, LeftOut.SAID_YES),
        ({"has_an_offer": True}, LeftOut.HAS_AN_OFFER),
        ({"asked_before": True}, LeftOut.ASKED_BEFORE),
        ({"has_address": False}, LeftOut.NO_ADDRESS),
        ({"suppressed": SuppressionReason.UNSUBSCRIBED}, LeftOut.STOPPED),
        ({"suppressed": SuppressionReason.BOUNCED}, LeftOut.DEAD_ADDRESS),
        ({"suppressed": SuppressionReason.COMPLAINED}, LeftOut.DEAD_ADDRESS),
        ({"suppressed": SuppressionReason.ERASED}, None),
        ({"read_first": True}, LeftOut.READ_FIRST),
        ({"paused": True}, LeftOut.PAUSED),
        ({"put_off_until": TUESDAY + HOUR}, LeftOut.PUT_OFF),
        ({"put_off_until": TUESDAY}, None),
        ({"with_account": 2}, LeftOut.WITH_SOMEBODY_ELSE),
        ({"with_account": 1}, None),
    ],
)
def test_who_is_left_out_and_why(changed: dict[str, object], reason: LeftOut | None) -> None:
    assert why_left_out(replace(MAYA, **changed), TUESDAY, 1) is reason  # type: ignore[arg-type]


def test_every_reason_has_its_words() -> None:
    assert set(WORDS) == set(LeftOut)


def test_the_next_few_are_in_order_and_who_is_passed_over_is_named() -> None:
    people = [Waiter(1), Waiter(2, paused=True), Waiter(3), Waiter(4), Waiter(5, paused=True)]

    chosen, passed_over = next_few(people, 2, TUESDAY, clinician_id=1)

    assert chosen == [1, 3]
    assert passed_over == {2: LeftOut.PAUSED}


@pytest.mark.parametrize(
    ("note", "offer", "goes"),
    [
        (OfferNote.OFFERED, OPEN, True),
        (OfferNote.OFFERED, replace(OPEN, ends_at=TUESDAY), False),
        (OfferNote.OFFERED, replace(OPEN, is_on_list=False), False),
        (OfferNote.OFFERED, replace(OPEN, state=OfferState.DECLINED), False),
        (OfferNote.GONE, OPEN, False),
        (OfferNote.GONE, replace(OPEN, state=OfferState.TAKEN), True),
        (OfferNote.GONE, replace(OPEN, state=OfferState.LAPSED), True),
        (OfferNote.GONE, replace(OPEN, state=OfferState.WITHDRAWN), True),
        (OfferNote.GONE, replace(OPEN, state=OfferState.DECLINED), False),
        (OfferNote.GONE, replace(OPEN, state=OfferState.MERGED), False),
        (OfferNote.GONE, replace(OPEN, state=OfferState.TAKEN, is_on_list=False), False),
    ],
)
def test_an_email_about_an_offer_goes_while_it_is_true(note: OfferNote, offer: Standing, goes: bool) -> None:  # noqa: FBT001 - a table
    assert still_true(note, offer, TUESDAY) is goes


@pytest.mark.parametrize("note", OfferNote)
@pytest.mark.parametrize("state", OfferState)
def test_nothing_in_a_subject_says_what_kind_of_place_it_is(note: OfferNote, state: OfferState) -> None:
    wording = offer_wording(note, state, "https://crm.example/place/x")

    assert not any(word in wording.subject.lower() for word in ("therapy", "counsel", "session", "waitlist"))
    assert len(wording.subject) < 45
