"""What is offered with one key for what somebody asks, and which day they mean."""

from __future__ import annotations

from datetime import date

import pytest

from crm.rules.proposals import AT_MOST, proposals
from crm.rules.wish_dates import back_on
from crm.rules.wishes import SaidWish, Wish, wishes

TUESDAY = date(2026, 11, 10)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("after the holidays", "2027-01-04"),
        ("after Thanksgiving", "2026-11-30"),
        ("in the new year", "2027-01-04"),
        ("in January", "2027-01-01"),
        ("in November", "2027-11-01"),
        ("mid December", "2026-12-15"),
        ("end of January", "2027-01-25"),
        ("in two weeks", "2026-11-24"),
        ("in a couple of weeks", "2026-11-24"),
        ("in 6 weeks or so", "2026-12-22"),
        ("in three months", "2027-02-08"),
        ("next month", "2026-12-01"),
        ("next spring", "2027-03-22"),
        ("after the summer", "2027-09-01"),
        ("after finals", "2027-01-11"),
        ("reach out again later", "2026-12-10"),
        ("maybe later", "2026-12-10"),
        ("después de las fiestas", "2027-01-04"),
        ("dentro de dos semanas", "2026-11-24"),
        ("el mes que viene", "2026-12-01"),
        ("en marzo", "2027-03-01"),
        ("más adelante", "2026-12-10"),
        ("in ninetynine weeks", "2026-12-10"),
        ("", "2026-12-10"),
    ],
)
def test_the_day_that_is_meant(words: str, day: str) -> None:
    assert back_on(words, TUESDAY).isoformat() == day


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 12, 31), date(2026, 1, 1), date(2026, 11, 26)])
def test_it_is_always_a_working_day_to_come(day: date) -> None:
    for words in (
        "after thanksgiving",
        "in february",
        "next month",
        "after the holidays",
        "in a week",
        "later",
    ):
        found = back_on(words, day)

        assert found > day
        assert found.weekday() < 5


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Thank you, I have found someone closer to me.", [Wish.FOUND_SOMEONE]),
        ("Could you please call me instead?", [Wish.CALL_ME]),
        ("Can we talk after the holidays?", [Wish.LATER]),
        ("I have to reschedule, sorry.", [Wish.MOVE_CALL]),
        ("¿Podemos cambiar la cita?", [Wish.MOVE_CALL]),
        ("Not right now, maybe later. In March perhaps.", [Wish.LATER]),
        ("Encontré otra terapeuta, gracias.", [Wish.FOUND_SOMEONE]),
        ("I am no longer interested.", [Wish.NO_INTEREST]),
        ("Thursday at ten would be lovely.", []),
    ],
)
def test_what_a_mail_is_offered(text: str, wanted: list[Wish]) -> None:
    offered = proposals(wishes(text), TUESDAY, TUESDAY)

    assert [each.wish for each in offered] == wanted


def test_who_asks_for_a_call_is_not_closed_with_the_first_key() -> None:
    said = [SaidWish(wish, wish) for wish in Wish]

    offered = proposals(said, TUESDAY, TUESDAY)

    assert [each.wish for each in offered[:2]] == [Wish.MOVE_CALL, Wish.CALL_ME]
    assert len(offered) == AT_MOST


def test_a_day_that_has_passed_meanwhile_is_tomorrow() -> None:
    (offered,) = proposals([SaidWish(Wish.LATER, "in a week")], TUESDAY, date(2026, 12, 20))

    assert offered.until == date(2026, 12, 21)
