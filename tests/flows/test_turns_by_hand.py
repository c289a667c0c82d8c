"""A mail of the owner's own to several people: it takes their turns as everybody else does, in one order."""

from __future__ import annotations

from crm.models import EventKind, turns
from tests.interruption import interrupted
from tests.practice import Practice


def test_whoever_acts_on_the_same_people_meanwhile_waits_for_their_turn(
    practice: Practice,
) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    maya = practice.receives_inquiry("Maya Okafor <maya@example.org>")
    practice.connects_the_mailbox()
    failed: list[Exception] = []

    def act_on_both() -> None:
        try:
            with practice.at_work():
                turns.take(sam, maya)
        except Exception as error:  # noqa: BLE001 - a deadlock, as whichever error the driver makes of it
            failed.append(error)

    with interrupted(practice, "INSERT INTO event", act_on_both):
        practice.writes_elsewhere(to="maya@example.org, sam@example.org")

    assert failed == []
    for lead_id in (sam, maya):
        with practice.reading():
            kinds = [event.kind for event in practice.lead(lead_id).events]
        assert EventKind.ANSWERED_ELSEWHERE in kinds
