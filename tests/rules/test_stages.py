"""Where a person stands."""

from __future__ import annotations

import pytest

from crm.rules.stages import (
    BOARD,
    CLOSE_WORDS,
    ON_THE_WAY,
    SCREEN_WORDS,
    SETTLED,
    CloseReason,
    Stage,
    reopened,
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Stage.NEW, Stage.NEW),
        (Stage.CONTACTED, Stage.CONTACTED),
        (Stage.CONSULT_BOOKED, Stage.CONSULT_BOOKED),
        (Stage.CONSULT_DONE, Stage.CONSULT_DONE),
        (Stage.CLIENT, Stage.CLIENT),
        (Stage.WAITLISTED, Stage.WAITLISTED),
        (Stage.REFERRED_OUT, Stage.NEW),
        (Stage.CLOSED, Stage.NEW),
        (Stage.SPAM, Stage.NEW),
    ],
)
def test_who_writes_again_comes_back(before: Stage, after: Stage) -> None:
    assert reopened(before) is after


def test_every_stage_is_either_on_the_way_or_settled() -> None:
    assert set(ON_THE_WAY) | SETTLED == set(Stage)
    assert not set(ON_THE_WAY) & SETTLED


def test_the_board_shows_the_way_and_where_it_leads() -> None:
    assert [SCREEN_WORDS[stage] for stage in BOARD] == [
        "New",
        "Contacted",
        "Consult booked",
        "Consult done",
        "Client",
    ]


def test_every_stage_and_every_reason_to_close_has_words() -> None:
    assert SCREEN_WORDS.keys() == set(Stage)
    assert CLOSE_WORDS.keys() == set(CloseReason)


@pytest.mark.parametrize("words", [*SCREEN_WORDS.values(), *CLOSE_WORDS.values()])
@pytest.mark.parametrize("forbidden", ["lead", "prospect", "deal", "lost", "won", "conver", "campaign"])
def test_the_words_on_screen_are_about_people(words: str, forbidden: str) -> None:
    assert forbidden not in words.lower()
