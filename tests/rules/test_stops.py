"""What ends someone's follow-ups, and what the owner may choose."""

from __future__ import annotations

import pytest

from crm.rules.sending import Facts, MessageKind, StopReason, why_not_send
from crm.rules.stages import Stage
from crm.rules.stops import Happening, StopRules, move_to, why_stop

LOOSEST = StopRules(on_call=False, on_move=False)


@pytest.mark.parametrize("happening", Happening)
def test_everything_stops_unless_the_owner_says_otherwise(happening: Happening) -> None:
    assert why_stop(happening, StopRules()) is not None


@pytest.mark.parametrize("happening", sorted(set(Happening) - {Happening.CALLED, Happening.MOVED}))
def test_what_the_person_does_always_stops(happening: Happening) -> None:
    assert why_stop(happening, LOOSEST) is why_stop(happening, StopRules())


def test_a_call_may_let_the_emails_go_on() -> None:
    assert why_stop(Happening.CALLED, StopRules(on_call=False)) is None
    assert why_stop(Happening.MOVED, StopRules(on_call=False)) is StopReason.STAGE_CHANGED


def test_a_move_may_let_the_emails_go_on() -> None:
    assert why_stop(Happening.MOVED, StopRules(on_move=False)) is None
    assert why_stop(Happening.CALLED, StopRules(on_move=False)) is StopReason.CALLED


@pytest.mark.parametrize(
    ("stage", "happening"),
    [
        (Stage.NEW, None),
        (Stage.CONTACTED, Happening.MOVED),
        (Stage.CONSULT_BOOKED, Happening.SETTLED),
        (Stage.CONSULT_DONE, Happening.MOVED),
        (Stage.CLIENT, Happening.SETTLED),
        (Stage.WAITLISTED, Happening.MOVED),
        (Stage.REFERRED_OUT, Happening.SETTLED),
        (Stage.CLOSED, Happening.SETTLED),
        (Stage.SPAM, Happening.SETTLED),
    ],
)
def test_a_move_settles_it_or_is_only_a_move(stage: Stage, happening: Happening | None) -> None:
    assert move_to(stage) is happening


@pytest.mark.parametrize("stage", Stage)
def test_the_last_look_refuses_only_where_a_move_stops_under_any_rules(stage: Stage) -> None:
    refused = why_not_send(Facts(MessageKind.STEP, stage=stage, follow_ups_wanted=True, at_once=True))
    moved = move_to(stage)

    ends = moved is not None and why_stop(moved, LOOSEST) is not None

    assert ends or refused not in {"spam", "stage_changed"}
