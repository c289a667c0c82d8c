"""The last look: why a message does not leave now, in which order reasons count, and what they do to it."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.sending import (
    EnrollmentState,
    Facts,
    MessageKind,
    Reason,
    StopReason,
    SuppressionReason,
    Verdict,
    why_not_send,
)
from crm.rules.stages import Stage
from crm.rules.windows import Shift

FOLLOW_UP = Facts(MessageKind.STEP, stage=Stage.NEW, enrollment=EnrollmentState.ACTIVE)
ACKNOWLEDGEMENT = FOLLOW_UP._replace(at_once=True)
SENT_BY_HAND = FOLLOW_UP._replace(sent_by_hand=True)
LETTER = Facts(MessageKind.REPLY, stage=Stage.NEW)
NOTICE = Facts(MessageKind.NOTICE)
TEST_EMAIL = Facts(MessageKind.TEST)

STRONGEST_FIRST: list[tuple[Reason, dict[str, object]]] = [
    (Reason.NO_ADDRESS, {"has_address": False}),
    (Reason.UNSUBSCRIBED, {"suppressed": SuppressionReason.UNSUBSCRIBED}),
    (Reason.SPAM, {"stage": Stage.SPAM}),
    (Reason.REPLIED, {"heard_since": True}),
    (Reason.BOOKED, {"booked": True}),
    (Reason.STAGE_CHANGED, {"stage": Stage.CLOSED}),
    (Reason.NO_CONSENT, {"follow_ups_wanted": False}),
    (Reason.FOLLOW_UPS_ENDED, {"enrollment": EnrollmentState.STOPPED}),
    (Reason.QUARANTINED, {"quarantined": True}),
    (Reason.READ_FIRST, {"read_first": True}),
    (Reason.PAUSED, {"enrollment": EnrollmentState.PAUSED}),
    (Reason.NEEDS_APPROVAL, {"needs_approval": True}),
    (Reason.EVERYTHING_HELD, {"everything_held": True}),
    (Reason.NOT_APPROVED, {"needs_approval": True, "approval_expired": True}),
    (Reason.TOO_LATE, {"too_late": True}),
    (Reason.OVERDUE, {"overdue": True}),
    (Reason.OUTSIDE_HOURS, {"shift": Shift.NIGHT}),
    (Reason.TOO_SOON, {"too_soon": True}),
    (Reason.WEEK_FULL, {"week_full": True}),
    (Reason.DOMAIN_PAUSED, {"domain_paused": True}),
    (Reason.ACCOUNT_LIMIT, {"account_full": True}),
]
"""Final reasons before holding ones, holding ones before those that pass."""


def but(facts: Facts, *changes: dict[str, object]) -> Facts:
    merged = {name: value for change in reversed(changes) for name, value in change.items()}
    return facts._replace(**merged)  # type: ignore[arg-type]  # a table of changes has no narrower type


def test_a_follow_up_that_nothing_speaks_against_leaves() -> None:
    assert why_not_send(FOLLOW_UP) is None


@pytest.mark.parametrize(("reason", "change"), STRONGEST_FIRST)
def test_each_reason_alone_keeps_a_follow_up_back(reason: Reason, change: dict[str, object]) -> None:
    assert why_not_send(but(FOLLOW_UP, change)) is reason


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        pair
        for pair in combinations(STRONGEST_FIRST, 2)
        if not pair[0][1].keys() & pair[1][1].keys()  # one person is not in two stages
    ],
)
def test_of_two_reasons_the_more_final_is_told(
    stronger: tuple[Reason, dict[str, object]], weaker: tuple[Reason, dict[str, object]]
) -> None:
    assert why_not_send(but(FOLLOW_UP, stronger[1], weaker[1])) is stronger[0]


@pytest.mark.parametrize(
    ("suppressed", "reason"),
    [
        (SuppressionReason.UNSUBSCRIBED, Reason.UNSUBSCRIBED),
        (SuppressionReason.BOUNCED, Reason.BOUNCED),
        (SuppressionReason.COMPLAINED, Reason.BOUNCED),
    ],
)
def test_no_follow_up_goes_to_a_suppressed_address(suppressed: SuppressionReason, reason: Reason) -> None:
    assert why_not_send(FOLLOW_UP._replace(suppressed=suppressed)) is reason
    assert why_not_send(ACKNOWLEDGEMENT._replace(suppressed=suppressed)) is reason
    assert why_not_send(SENT_BY_HAND._replace(suppressed=suppressed)) is reason


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        (Stage.NEW, None),
        (Stage.CONTACTED, None),
        (Stage.CONSULT_BOOKED, None),
        (Stage.CONSULT_DONE, None),
        (Stage.WAITLISTED, None),
        (Stage.REFERRED_OUT, None),  # the kind decline goes to someone referred out
        (Stage.CLIENT, Reason.STAGE_CHANGED),
        (Stage.CLOSED, Reason.STAGE_CHANGED),
        (Stage.SPAM, Reason.SPAM),
    ],
)
def test_a_final_stage_ends_follow_ups(stage: Stage, reason: Reason | None) -> None:
    assert why_not_send(FOLLOW_UP._replace(stage=stage)) is reason


@pytest.mark.parametrize(
    "ended", [EnrollmentState.STOPPED, EnrollmentState.FINISHED, None], ids=["stopped", "finished", "never"]
)
def test_nothing_goes_for_follow_ups_that_have_ended(ended: EnrollmentState | None) -> None:
    assert why_not_send(FOLLOW_UP._replace(enrollment=ended)) is Reason.FOLLOW_UPS_ENDED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"follow_ups_wanted": False}, None),  # a personal answer only: the acknowledgement still goes
        ({"read_first": True}, None),  # with 988 on top, at once
        ({"shift": Shift.NIGHT}, None),
        ({"shift": Shift.AWAY}, None),
        ({"too_soon": True}, None),
        ({"everything_held": True}, Reason.EVERYTHING_HELD),
        ({"quarantined": True}, Reason.QUARANTINED),
        ({"enrollment": EnrollmentState.PAUSED}, Reason.PAUSED),
        ({"has_address": False}, Reason.NO_ADDRESS),
    ],
)
def test_the_acknowledgement_answers_a_person_at_any_hour(
    change: dict[str, object], reason: Reason | None
) -> None:
    assert why_not_send(but(ACKNOWLEDGEMENT, change)) is reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"shift": Shift.NIGHT}, None),
        ({"shift": Shift.HOLIDAY}, None),
        ({"too_soon": True}, None),
        ({"read_first": True}, None),
        ({"everything_held": True}, Reason.EVERYTHING_HELD),
        ({"heard_since": True}, Reason.REPLIED),
        ({"follow_ups_wanted": False}, Reason.NO_CONSENT),
    ],
)
def test_sent_by_hand_ignores_the_clock_and_what_waited_for_his_word(
    change: dict[str, object], reason: Reason | None
) -> None:
    assert why_not_send(but(SENT_BY_HAND, change)) is reason


def test_who_was_erased_and_writes_anew_is_answered_once_and_not_followed_up() -> None:
    erased = SuppressionReason.ERASED

    assert why_not_send(ACKNOWLEDGEMENT._replace(suppressed=erased)) is None
    assert why_not_send(FOLLOW_UP._replace(suppressed=erased)) is Reason.NO_CONSENT
    assert why_not_send(SENT_BY_HAND._replace(suppressed=erased)) is Reason.NO_CONSENT


@pytest.mark.parametrize(("reason", "change"), STRONGEST_FIRST)
def test_his_own_letter_goes_whatever_the_follow_ups_do(reason: Reason, change: dict[str, object]) -> None:
    expected = reason if reason in (Reason.NO_ADDRESS, Reason.ACCOUNT_LIMIT) else None

    assert why_not_send(but(LETTER, change)) is expected


@pytest.mark.parametrize(
    ("suppressed", "reason"),
    [
        (SuppressionReason.UNSUBSCRIBED, None),  # they stopped the follow-ups, not him
        (SuppressionReason.BOUNCED, Reason.BOUNCED),
        (SuppressionReason.COMPLAINED, Reason.BOUNCED),
        (SuppressionReason.ERASED, None),  # they wrote anew
    ],
)
def test_his_own_letter_does_not_go_to_a_dead_address(
    suppressed: SuppressionReason, reason: Reason | None
) -> None:
    assert why_not_send(LETTER._replace(suppressed=suppressed)) is reason


@pytest.mark.parametrize("facts", [NOTICE, TEST_EMAIL])
@pytest.mark.parametrize(("reason", "change"), STRONGEST_FIRST)
def test_mail_to_the_owner_needs_his_address_and_room_under_the_limit(
    facts: Facts, reason: Reason, change: dict[str, object]
) -> None:
    expected = reason if reason in (Reason.NO_ADDRESS, Reason.ACCOUNT_LIMIT) else None

    assert why_not_send(but(facts, change)) is expected


@pytest.mark.parametrize(
    ("verdict", "reasons"),
    [
        (Verdict.HOLD, {"quarantined", "read_first", "paused", "needs_approval"}),
        (Verdict.SKIP, {"not_approved", "too_late"}),
        (
            Verdict.WAIT,
            {
                "everything_held",
                "overdue",
                "outside_hours",
                "too_soon",
                "week_full",
                "domain_paused",
                "account_limit",
            },
        ),
        (
            Verdict.END,
            {
                "no_address",
                "bounced",
                "unsubscribed",
                "spam",
                "replied",
                "booked",
                "stage_changed",
                "call_changed",
                "offer_over",
                "no_consent",
                "follow_ups_ended",
            },
        ),
    ],
)
def test_what_a_reason_does_to_the_message(verdict: Verdict, reasons: set[str]) -> None:
    assert {reason.value for reason in Reason if reason.verdict is verdict} == reasons


@pytest.mark.parametrize(
    ("reason", "stopped"),
    [
        (Reason.NO_ADDRESS, StopReason.NO_ADDRESS),
        (Reason.BOUNCED, StopReason.BOUNCED),
        (Reason.UNSUBSCRIBED, StopReason.UNSUBSCRIBED),
        (Reason.SPAM, StopReason.STAGE_CHANGED),
        (Reason.REPLIED, StopReason.REPLIED),
        (Reason.BOOKED, StopReason.BOOKED),
        (Reason.STAGE_CHANGED, StopReason.STAGE_CHANGED),
        (Reason.NO_CONSENT, StopReason.NO_CONSENT),
        (Reason.FOLLOW_UPS_ENDED, StopReason.BY_HAND),
    ],
)
def test_an_ended_message_says_why_its_sequence_stopped(reason: Reason, stopped: StopReason) -> None:
    assert reason.verdict is Verdict.END
    assert reason.stop_reason is stopped


any_facts = st.builds(
    Facts,
    kind=st.sampled_from(MessageKind),
    has_address=st.booleans(),
    at_once=st.booleans(),
    sent_by_hand=st.booleans(),
    everything_held=st.booleans(),
    suppressed=st.none() | st.sampled_from(SuppressionReason),
    stage=st.none() | st.sampled_from(Stage),
    enrollment=st.none() | st.sampled_from(EnrollmentState),
    follow_ups_wanted=st.booleans(),
    quarantined=st.booleans(),
    read_first=st.booleans(),
    heard_since=st.booleans(),
    booked=st.booleans(),
    shift=st.none() | st.sampled_from(Shift),
)
"""All else as its type says."""


@given(any_facts)
def test_no_follow_up_ever_goes_against_someones_wish(facts: Facts) -> None:
    if facts.kind is not MessageKind.STEP or why_not_send(facts) is not None:
        return

    assert facts.has_address
    assert facts.suppressed is None
    assert facts.enrollment is EnrollmentState.ACTIVE
    assert not any((facts.heard_since, facts.booked, facts.quarantined, facts.everything_held))
    assert facts.follow_ups_wanted or facts.at_once
    assert facts.stage not in {Stage.CLIENT, Stage.CLOSED, Stage.SPAM}


@given(any_facts)
def test_nothing_passes_that_waits_and_ends_at_once(facts: Facts) -> None:
    """A reason that passes by itself is told only when no final one stands behind it."""
    reason = why_not_send(facts)
    if reason is None or reason.verdict is Verdict.END:
        return

    calmer = facts._replace(
        shift=None, too_soon=False, everything_held=False, quarantined=False, read_first=False
    )
    if facts.enrollment is EnrollmentState.PAUSED:
        calmer = calmer._replace(enrollment=EnrollmentState.ACTIVE)
    against = why_not_send(calmer)
    assert against is None or against.verdict is not Verdict.END
