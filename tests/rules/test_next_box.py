"""The one sentence about an email on its way, and what holds for every sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.next_box import (
    Action,
    Because,
    BoxKind,
    NextEmail,
    NextFacts,
    SentEmail,
    Span,
    next_box,
)
from crm.rules.sending import EnrollmentState, MessageState, StopReason, SuppressionReason
from crm.rules.stages import Stage
from crm.rules.windows import Shift
from tests.rules.awaited import DOOR, GRACE, MAYA, NOTE, NOW, STOPPED
from tests.rules.times import OFFICE_HOURS, at

ON_ITS_WAY = (Action.SEND_NOW, Action.SKIP, Action.PAUSE, Action.EDIT)


def due(wall: str, **change: object) -> NextFacts:
    return replace(GRACE, email=replace(DOOR, due_at=at(wall), **change))  # type: ignore[arg-type]  # a table


def test_a_due_email_says_when_who_what_and_because() -> None:
    box = next_box(GRACE)

    assert box.text == (
        "In 18 minutes, at 2:10 pm, Grace gets The door stays open, "
        "because they haven’t answered your reply of March 3 or booked a call."
    )
    assert [span.text for span in box.sentence if span.strong] == ["2:10 pm", "The door stays open"]
    assert (box.kind, box.heading) == (BoxKind.PLANNED, "What happens next")
    assert box.note == "It stops by itself if they write, book, or unsubscribe."
    assert box.actions == ON_ITS_WAY
    assert box.send_now_note == ""


@pytest.mark.parametrize(
    ("wall", "when"),
    [
        ("2026-03-10 13:51", "In a moment Grace gets"),  # overdue: the worker is about to take it
        ("2026-03-10 13:52:20", "In a moment Grace gets"),
        ("2026-03-10 13:53", "In 1 minute, at 1:53 pm, Grace gets"),
        ("2026-03-10 14:51", "In 59 minutes, at 2:51 pm, Grace gets"),
        ("2026-03-10 14:52", "Today at 2:52 pm Grace gets"),
        ("2026-03-11 10:15", "Tomorrow at 10:15 am Grace gets"),
        ("2026-03-12 17:48", "On Thursday at 5:48 pm Grace gets"),
        ("2026-03-16 08:30", "On Monday at 8:30 am Grace gets"),
        ("2026-03-24 08:30", "On March 24 at 8:30 am Grace gets"),
        ("2027-01-04 08:30", "On January 4, 2027 at 8:30 am Grace gets"),
    ],
)
def test_when_is_as_near_as_it_is(wall: str, when: str) -> None:
    assert next_box(due(wall)).text.startswith(f"{when} The door stays open, because ")


@pytest.mark.parametrize(
    ("wished", "shift", "why"),
    [
        ("2026-03-14 10:00", Shift.DAY_OFF, "It was due Saturday, which is outside your hours."),
        (
            "2026-03-13 20:14",
            Shift.NIGHT,
            "It was due Friday at 8:14 pm, which is outside your hours.",
        ),
        ("2026-03-13 10:00", Shift.HOLIDAY, "It was due Friday, which is a holiday."),
        ("2026-03-11 10:00", Shift.AWAY, "It was due tomorrow, when you are away."),
        (
            "2026-03-09 20:14",
            Shift.NIGHT,
            "It was due yesterday at 8:14 pm, which is outside your hours.",
        ),
        ("2026-03-01 10:00", Shift.DAY_OFF, "It was due March 1, which is outside your hours."),
    ],
)
def test_a_shifted_email_says_where_it_would_have_fallen(wished: str, shift: Shift, why: str) -> None:
    box = next_box(due("2026-03-16 08:30", wished_at=at(wished), shift=shift))

    assert box.text == f"On Monday at 8:30 am Grace gets The door stays open. {why}"


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({}, "they haven’t answered your reply of March 3 or booked a call"),
        ({"heard_at": None}, "they haven’t answered your reply of March 3 or booked a call"),
        (
            {"called_at": at("2026-03-03 14:10")},
            "they haven’t written since your call of March 3 or booked a call",
        ),
        (
            {"called_at": at("2026-03-02 09:00")},
            "they haven’t answered your reply of March 3 or booked a call",
        ),
        ({"answered_at": None}, "you haven’t answered yet and they haven’t booked a call"),
        ({"heard_at": at("2026-03-09 09:00")}, "you haven’t answered yet and they haven’t booked a call"),
        ({"because": Because.INQUIRY}, "they haven’t answered your reply of March 3 or booked a call"),
        ({"because": Because.REFERRED_OUT}, "you referred them to someone else"),
        ({"because": Because.NO_SHOW}, "you didn’t get to talk"),
        ({"because": Because.NO_SHOW, "call_at": at("2026-03-09 16:15")}, "you didn’t get to talk yesterday"),
        ({"because": Because.BY_HAND}, "you started these follow-ups yourself"),
    ],
)
def test_because_names_what_it_answers(change: dict[str, object], because: str) -> None:
    box = next_box(replace(GRACE, **change))  # type: ignore[arg-type]  # a table of changes

    assert box.text.endswith(f", because {because}.")


def test_every_reason_to_start_has_its_because() -> None:
    for because in Because:
        assert ", because " in next_box(replace(GRACE, because=because)).text


def test_after_the_acknowledgement_the_sentence_begins_with_it() -> None:
    facts = replace(MAYA, acknowledged=SentEmail("I got your note", at("2026-03-09 17:48")))

    assert next_box(facts).text == (
        "Maya got I got your note yesterday at 5:48 pm. "
        "On Thursday at 5:48 pm they get Still here, if it’s useful, "
        "because you haven’t answered yet and they haven’t booked a call."
    )


def test_once_he_answered_the_acknowledgement_is_old_news() -> None:
    facts = replace(GRACE, acknowledged=SentEmail("I got your note", at("2026-03-02 20:14")))

    assert next_box(facts).text.startswith("In 18 minutes")


def test_the_acknowledgement_itself_is_told() -> None:
    note = NextEmail("I got your note", NOW, at_once=True)

    box = next_box(replace(MAYA, email=note))

    assert box.text == (
        "In a moment Maya gets I got your note, because everyone who writes gets an answer right away."
    )
    assert box.note == ""


def test_an_email_sent_by_hand_says_so_and_offers_no_second_send() -> None:
    box = next_box(
        due("2026-03-10 13:52:20", by_hand=True, shift=Shift.NIGHT, wished_at=at("2026-03-09 20:00"))
    )

    assert box.text == "In a moment Grace gets The door stays open, because you said to send it now."
    assert box.actions == (Action.SKIP, Action.PAUSE, Action.EDIT)


def test_an_email_just_being_sent_can_no_longer_be_touched() -> None:
    box = next_box(due("2026-03-10 13:52", state=MessageState.SENDING))

    assert box.text == "Grace gets The door stays open right now."
    assert box.actions == ()


def test_an_email_the_server_put_off_says_when_the_next_try_is() -> None:
    box = next_box(due("2026-03-10 14:30", attempts=2))

    assert box.text == (
        "In 38 minutes, at 2:30 pm, we try again to send Grace The door stays open, "
        "because the mail server hasn’t taken it yet. Nothing to do."
    )
    assert box.actions == ON_ITS_WAY


def test_send_now_warns_outside_hours() -> None:
    at_night = replace(GRACE, now=at("2026-03-10 22:00"))

    assert next_box(at_night).send_now_note == "It’s outside your hours now."


def test_a_time_that_is_another_one_where_they_live_is_told_once() -> None:
    elsewhere = replace(due("2026-03-11 09:00"), their_zone=ZoneInfo("America/New_York"))
    here = replace(due("2026-03-11 09:00"), their_zone=ZoneInfo("America/Vancouver"))

    assert next_box(elsewhere).note.startswith("That’s 12:00 pm for Grace. It stops")
    assert next_box(here).note.startswith("It stops by itself")


def test_send_now_minds_the_hours_where_they_live() -> None:
    in_tokyo = replace(due("2026-03-12 09:00"), their_zone=ZoneInfo("Asia/Tokyo"))

    assert next_box(in_tokyo).send_now_note
    assert not next_box(due("2026-03-12 09:00")).send_now_note


def test_hours_that_never_open_still_have_a_sentence() -> None:
    never = replace(GRACE, window=replace(OFFICE_HOURS, weekdays=frozenset()))

    assert next_box(never).send_now_note == "It’s outside your hours now."


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        # What ends for good is told before what waits, and what the owner must decide before both.
        ({"email": replace(DOOR, state=MessageState.UNCERTAIN), "suppressed": "bounced"}, BoxKind.UNCERTAIN),
        ({"quarantined": True, "has_address": False}, BoxKind.HELD),
        ({"suppressed": SuppressionReason.UNSUBSCRIBED, "read_first": True}, BoxKind.STOPPED),
        ({"read_first": True, "enrollment": EnrollmentState.PAUSED}, BoxKind.HELD),
        ({"enrollment": EnrollmentState.PAUSED, "everything_held": True}, BoxKind.PAUSED),
        ({"everything_held": True, "account_failing": True}, BoxKind.HELD),
        (
            {"enrollment": EnrollmentState.STOPPED, "stop_reason": StopReason.CALLED, "read_first": True},
            BoxKind.STOPPED,
        ),
    ],
)
def test_of_two_states_the_one_that_decides_is_told(change: dict[str, object], kind: BoxKind) -> None:
    assert next_box(replace(GRACE, **change)).kind is kind  # type: ignore[arg-type]  # a table of changes


def test_a_person_without_a_name_is_a_person() -> None:
    assert "This person gets" in next_box(replace(GRACE, first_name="")).text


def test_a_name_is_only_ever_text() -> None:
    odd = "{name} {0} %s *b* <i>"

    stopped = next_box(replace(STOPPED, first_name=odd))
    planned = next_box(replace(GRACE, first_name=odd))

    assert stopped.text.startswith(f"{odd} wrote back")
    assert Span(f"{odd} gets ") in planned.sentence


emails = st.none() | st.builds(
    NextEmail,
    subject=st.just("The door stays open"),
    due_at=st.sampled_from([at("2026-03-09 12:00"), at("2026-03-10 14:10"), at("2026-03-24 08:30")]),
    wished_at=st.none() | st.just(at("2026-03-14 10:00")),
    shift=st.none() | st.sampled_from(Shift),
    state=st.sampled_from([MessageState.SCHEDULED, MessageState.SENDING, MessageState.UNCERTAIN]),
    at_once=st.booleans(),
    by_hand=st.booleans(),
    attempts=st.integers(0, 2),
)
moments = st.none() | st.sampled_from(
    [at("2026-03-01 09:00"), at("2026-03-09 09:00"), at("2026-03-24 09:00")]
)
facts = st.builds(
    NextFacts,
    first_name=st.just("Maya"),
    now=st.just(NOW),
    window=st.just(OFFICE_HOURS),
    email=emails,
    acknowledged=st.none() | st.just(NOTE),
    because=st.sampled_from(Because),
    stage=st.sampled_from(Stage),
    enrollment=st.none() | st.sampled_from(EnrollmentState),
    paused_at=moments,
    stop_reason=st.none() | st.sampled_from(StopReason),
    closes_at=moments,
    heard_at=moments,
    answered_at=moments,
    called_at=moments,
    call_at=moments,
    read_first=st.booleans(),
    quarantined=st.booleans(),
    follow_ups_wanted=st.booleans(),
    has_address=st.booleans(),
    suppressed=st.none() | st.sampled_from(SuppressionReason),
    everything_held=st.booleans(),
    account_failing=st.booleans(),
)


@given(facts)
def test_whatever_is_known_there_is_a_plain_sentence_that_guesses_no_pronoun(known: NextFacts) -> None:
    box = next_box(known)

    assert box.text.endswith(".")
    assert box.text[0].isupper()
    assert not re.search(r"\b(?:she|he|her|him|his|hers|None|lead|prospect)\b|  |\.\.|'", box.text + box.note)
    assert box.heading


@given(facts)
def test_send_now_is_offered_only_where_it_would_send(known: NextFacts) -> None:
    box = next_box(known)

    if Action.SEND_NOW in box.actions:
        assert known.email is not None
        assert known.enrollment is EnrollmentState.ACTIVE
        assert known.suppressed is None
        assert not any((known.read_first, known.quarantined, known.everything_held))
