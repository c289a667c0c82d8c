"""In which order people wait for a place, and who is put first."""

from __future__ import annotations

from datetime import timedelta

from crm.flows import triage, waitlist
from crm.models import EventKind, Waiting, turns
from crm.rules.stages import Stage
from tests.flows.test_offering import OWNER, order, people
from tests.practice import Practice

__all__ = ["people"]


def test_the_list_is_in_the_order_of_coming_and_somebody_can_be_put_first(
    practice: Practice, people: list[int]
) -> None:
    assert order(practice) == people

    with practice.at_work():
        waitlist.put_first(practice.lead(people[2]), OWNER, practice.now)
    practice.at(practice.now + timedelta(minutes=1))
    with practice.at_work():
        waitlist.put_first(practice.lead(people[3]), OWNER, practice.now)

    assert order(practice) == [people[3], people[2], people[0], people[1]]
    assert practice.story(people[2])[-1] == "put_first"
    with practice.at_work():
        practice.lead(people[3]).put_in_line()
    assert order(practice) == [people[2], people[0], people[1], people[3]]


def test_who_left_the_list_and_comes_back_stands_at_its_end(practice: Practice, people: list[int]) -> None:
    with practice.at_work():
        waitlist.put_first(practice.lead(people[1]), OWNER, practice.now)
    practice.at(practice.now + timedelta(minutes=1))

    for stage in (Stage.CONTACTED, Stage.WAITLISTED):
        with practice.at_work():
            turns.take(people[1])
            triage.move(practice.lead(people[1]), stage, OWNER, practice.now)

    assert order(practice)[-1] == people[1]


def test_who_writes_keeps_their_place_on_the_list(practice: Practice, people: list[int]) -> None:
    practice.hears_back(people[0], "Is there any news?")

    assert order(practice) == people
    with practice.reading():
        assert practice.lead(people[0]).waiting_for is Waiting.REPLY


def test_put_first_a_second_time_is_told_a_second_time(practice: Practice, people: list[int]) -> None:
    def is_put_first() -> None:
        with practice.at_work():
            turns.take(people[2])
            waitlist.put_first(practice.lead(people[2]), OWNER, practice.now)

    def moves(stage: Stage) -> None:
        practice.at(practice.now + timedelta(minutes=5))
        with practice.at_work():
            turns.take(people[2])
            triage.move(practice.lead(people[2]), stage, OWNER, practice.now)

    is_put_first()
    is_put_first()
    moves(Stage.CONTACTED)
    moves(Stage.WAITLISTED)
    is_put_first()

    with practice.reading():
        told = [each for each in practice.lead(people[2]).events if each.kind is EventKind.PUT_FIRST]
    assert len(told) == 2
