"""The plans a practice starts with. A wait counts from the email before, the first from the trigger."""

from __future__ import annotations

from dataclasses import dataclass

from crm.rules.windows import Wait, WaitUnit

RIGHT_AWAY = Wait(0, WaitUnit.HOURS)


@dataclass(frozen=True)
class SeedStep:
    """One email: whose text (a key of `texts.TEMPLATES`), after how long; `at_once` ignores sending hours."""

    template_key: str
    wait: Wait
    at_once: bool = False


@dataclass(frozen=True)
class SeedSequence:
    """One plan. `trigger` is a word of models.sequence.Trigger, which this layer may not know."""

    key: str
    name: str
    trigger: str
    quiet_days: int | None
    steps: tuple[SeedStep, ...]


SEQUENCES = (
    SeedSequence(
        key="new_inquiry",
        name="New inquiry",
        trigger="inquiry",
        quiet_days=14,
        steps=(
            SeedStep("got_your_note", RIGHT_AWAY, at_once=True),
            SeedStep("still_here", Wait(3)),
            SeedStep("about_cost", Wait(5)),
            SeedStep("door_stays_open", Wait(10)),
        ),
    ),
    SeedSequence(
        key="after_a_conversation",
        name="After a conversation",
        trigger="answered",
        quiet_days=14,
        steps=(
            SeedStep("whenever_you_are_ready", Wait(3)),
            SeedStep("door_open_for_you", Wait(7)),
        ),
    ),
    SeedSequence(
        key="no_show",
        name="No-show",
        trigger="no_show",
        quiet_days=14,
        steps=(SeedStep("missed_each_other", Wait(1, WaitUnit.BUSINESS_MORNINGS)),),
    ),
    SeedSequence(
        key="kind_decline",
        name="Kind decline with a referral",
        trigger="referred_out",
        quiet_days=None,
        steps=(SeedStep("people_i_trust", RIGHT_AWAY, at_once=True),),
    ),
)
