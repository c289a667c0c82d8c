"""Whoever stops, leaves the list, becomes one with another record or is erased has no offer any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crm.flows import consent, erasing, triage
from crm.flows.portrait import portrait
from crm.models import Lead, turns
from crm.rules.stages import CloseReason
from tests.flows.merged import merge
from tests.flows.test_offering import (
    OWNER,
    answers,
    comes_onto_the_list,
    got,
    offered,
    offers,
    states,
)
from tests.practice import Practice


@pytest.fixture
def people(practice: Practice) -> list[int]:
    ids = [comes_onto_the_list(practice, name) for name in ("Maya", "Sam", "Theo")]
    practice.outbox.received.clear()
    return ids


def unsubscribes(lead: Lead, practice: Practice) -> None:
    consent.unsubscribe(lead, practice.now)


def is_closed(lead: Lead, practice: Practice) -> None:
    triage.close(lead, CloseReason.OTHER, OWNER, practice.now)


def is_spam(lead: Lead, practice: Practice) -> None:
    triage.mark_spam(lead, OWNER, practice.now)


@pytest.mark.parametrize("what", [unsubscribes, is_closed, is_spam])
def test_who_stops_or_leaves_the_list_has_no_offer_and_hears_no_more(
    practice: Practice, people: list[int], what: Callable[[Lead, Practice], None]
) -> None:
    offered(practice, *people[:2])

    with practice.at_work():
        turns.take(people[0])
        what(practice.lead(people[0]), practice)

    assert not answers(practice, people[0], yes=True)
    assert answers(practice, people[1], yes=True)
    practice.advance(days=3)
    assert len(got(practice, "maya")) == 1


def test_who_leaves_before_the_email_left_does_not_get_it(practice: Practice, people: list[int]) -> None:
    offers(practice, *people[:2])

    with practice.at_work():
        turns.take(people[0])
        is_closed(practice.lead(people[0]), practice)
    practice.advance(minutes=1)

    assert got(practice, "maya") == []
    assert len(got(practice, "sam")) == 1


def test_two_records_that_become_one_have_no_offer_any_more(practice: Practice, people: list[int]) -> None:
    offered(practice, *people[:3])

    merge(practice, people[0], people[1])

    assert states(practice) == ["merged", "merged", "open"]
    assert not answers(practice, people[0], yes=True)
    assert answers(practice, people[2], yes=True)
    practice.advance(days=3)
    assert len(got(practice, "maya")) == 1


def test_whoever_is_erased_takes_their_offer_along(practice: Practice, people: list[int]) -> None:
    offered(practice, *people[:2])
    with practice.reading():
        assert len(portrait(practice.lead(people[0]), practice.now)["places_offered"]) == 1

    with practice.at_work():
        assert erasing.erase(people[0], OWNER, practice.now)

    assert states(practice) == ["open"]
    assert answers(practice, people[1], yes=True)
