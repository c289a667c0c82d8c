"""When a call can be: hours, days that differ, what is taken, and clocks that are put forward and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.rules.slot_days import Shelf, labels
from crm.rules.slots import STEP, Agenda, Calendar, Hours, Manner, Span, Special, Taken, Week, around, instant

LOS_ANGELES, BERLIN, KOLKATA = map(ZoneInfo, ("America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata"))
LORD_HOWE, SAO_PAULO = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Sao_Paulo")
TUESDAY = datetime(2026, 3, 10, 20, 52, tzinfo=UTC)
"""1:52 pm in Los Angeles."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(text: str) -> time:
    return time.fromisoformat(text)


def hours(*stretches: str) -> Sequence[Hours]:
    """`09:00-10:00`"""
    return [Hours(*map(at, each.split("-"))) for each in stretches]


def every_day(*stretches: str) -> Week:
    return Week.of((weekday, each) for weekday in range(7) for each in hours(*stretches))


def calendar(week: Week, now: datetime = TUESDAY, zone: ZoneInfo = LOS_ANGELES, **more: object) -> Calendar:
    manner = more.pop("manner", Manner(notice=timedelta(0)))
    specials, closed = more.pop("specials", ()), more.pop("closed", frozenset())
    agenda = Agenda(zone, week, specials, closed)  # type: ignore[arg-type]
    return Calendar(agenda, manner, now, **more)  # type: ignore[arg-type]


def free_on(found: Calendar, day: date, zone: ZoneInfo = LOS_ANGELES) -> list[str]:
    shown = Shelf(found, zone).day(day)
    return list(labels(shown.times, zone).values()) if shown else []


def span(day: date, begins: str, ends: str, zone: ZoneInfo = LOS_ANGELES) -> Span:
    return Span(instant(day, at(begins), zone), instant(day, at(ends), zone))


THURSDAY = date(2026, 3, 12)


def test_a_stretch_of_hours_is_offered_in_quarters_that_end_in_time() -> None:
    found = calendar(every_day("12:30-13:20", "17:15-17:45"))

    assert free_on(found, THURSDAY) == ["12:30 pm", "12:45 pm", "1:00 pm", "5:15 pm", "5:30 pm"]


def test_a_longer_call_needs_its_whole_length() -> None:
    found = calendar(every_day("12:30-13:20"), manner=Manner(length=50 * MINUTE, notice=timedelta(0)))

    assert free_on(found, THURSDAY) == ["12:30 pm"]


def test_nothing_sooner_than_the_notice_and_nothing_beyond_the_horizon() -> None:
    manner = Manner(notice=4 * HOUR, horizon_days=2)
    found = calendar(every_day("17:00-18:30"), manner=manner)

    assert free_on(found, date(2026, 3, 10)) == ["6:00 pm", "6:15 pm"]
    assert len(free_on(found, date(2026, 3, 12))) == 6
    assert free_on(found, date(2026, 3, 13)) == []


@pytest.mark.parametrize(
    ("specials", "closed", "free"),
    [
        ((Special(THURSDAY, THURSDAY),), (), []),
        ((Special(THURSDAY, THURSDAY, *hours("08:00-08:30")),), (), ["8:00 am", "8:15 am"]),
        ((Special(date(2026, 3, 1), date(2026, 3, 31)),), (), []),
        ((), (THURSDAY,), []),
        ((Special(THURSDAY, THURSDAY, *hours("08:00-08:15")),), (THURSDAY,), ["8:00 am"]),
        (
            tuple(Special(THURSDAY, THURSDAY, each) for each in hours("15:00-15:15", "08:00-08:15")),
            (),
            ["8:00 am", "3:00 pm"],
        ),
        (
            (Special(THURSDAY, THURSDAY, *hours("08:00-08:30")), Special(THURSDAY, THURSDAY)),
            (),
            [],
        ),
    ],
)
def test_days_that_differ(specials: tuple[Special, ...], closed: tuple[date, ...], free: list[str]) -> None:
    found = calendar(every_day("09:00-10:00"), specials=specials, closed=frozenset(closed))

    assert free_on(found, THURSDAY) == free


@pytest.mark.parametrize(
    ("busy", "free"),
    [
        (("09:00", "09:15"), ["9:15 am", "9:30 am", "9:45 am"]),
        (("09:10", "09:20"), ["9:30 am", "9:45 am"]),
        (("08:00", "09:00"), ["9:00 am", "9:15 am", "9:30 am", "9:45 am"]),
        (("08:00", "11:00"), []),
        (("10:00", "11:00"), ["9:00 am", "9:15 am", "9:30 am", "9:45 am"]),
    ],
)
def test_what_is_taken_is_not_offered(busy: tuple[str, str], free: list[str]) -> None:
    taken = (span(THURSDAY, *busy),)

    assert free_on(calendar(every_day("09:00-10:00"), calls=taken), THURSDAY) == free
    assert free_on(calendar(every_day("09:00-10:00"), elsewhere=taken), THURSDAY) == free


def test_the_pauses_around_a_new_call_must_be_free_too() -> None:
    manner = Manner(pause_before=10 * MINUTE, pause_after=5 * MINUTE, notice=timedelta(0))
    found = calendar(every_day("09:00-10:00"), manner=manner, elsewhere=(span(THURSDAY, "09:30", "09:35"),))

    assert free_on(found, THURSDAY) == ["9:00 am", "9:45 am"]


def test_a_day_with_its_most_calls_is_full_but_still_a_day() -> None:
    manner = Manner(most_per_day=2, notice=timedelta(0))
    calls = (span(THURSDAY, "09:00", "09:15"), span(THURSDAY, "14:00", "14:15"))
    found = calendar(every_day("09:00-10:00"), manner=manner, calls=calls)

    assert Shelf(found, LOS_ANGELES).day(THURSDAY) is not None
    assert free_on(found, THURSDAY) == []
    assert len(free_on(found, date(2026, 3, 13))) == 4


def test_only_what_is_shown_can_be_had() -> None:
    found = calendar(every_day("09:00-10:00"), calls=(span(THURSDAY, "09:15", "09:30"),))
    nine = instant(THURSDAY, at("09:00"), LOS_ANGELES)

    assert found.offers(nine)
    assert not found.offers(nine + 15 * MINUTE)
    assert not found.offers(nine + 5 * MINUTE)
    assert not found.offers(nine + 3 * HOUR)
    assert not found.offers(nine + 400 * DAY)


# ---------- Pages of days ----------


def test_days_are_shown_five_by_five_and_weekends_without_hours_are_left_out() -> None:
    week = Week.of((weekday, each) for weekday in range(5) for each in hours("09:00-09:30"))
    shelf = Shelf(calendar(week), LOS_ANGELES)

    first = shelf.page(date(2026, 3, 11), 5)
    after = shelf.after(first)
    assert [each.day.day for each in first] == [11, 12, 13, 16, 17]
    assert after == date(2026, 3, 18)
    assert shelf.before(after, 5) == date(2026, 3, 11)
    assert shelf.before(date(2026, 3, 11), 5) is None


def test_the_last_page_has_no_later_one() -> None:
    shelf = Shelf(
        calendar(every_day("09:00-09:30"), manner=Manner(horizon_days=6, notice=timedelta(0))), LOS_ANGELES
    )

    shown = shelf.page(date(2026, 3, 13), 5)

    assert [each.day.day for each in shown] == [13, 14, 15, 16]
    assert shelf.after(shown) is None


# ---------- Clocks that change ----------

NIGHT = ("00:30-04:00",)
TABLE = """
Los Angeles puts its clocks forward on March 8, 2026, at 2 am: hours from 0:30 to 4
08:30Z   12:30 am        9:30 am         2:00 pm
09:00Z   1:00 am         10:00 am        2:30 pm
09:30Z   1:30 am         10:30 am        3:00 pm
10:00Z   3:00 am         11:00 am        3:30 pm
10:30Z   3:30 am         11:30 am        4:00 pm

Los Angeles puts them back on November 1, 2026, at 2 am: hours from 0:30 to 4
07:30Z   12:30 am        8:30 am         1:00 pm
08:00Z   1:00 am PDT     9:00 am         1:30 pm
08:30Z   1:30 am PDT     9:30 am         2:00 pm
09:00Z   1:00 am PST     10:00 am        2:30 pm
09:30Z   1:30 am PST     10:30 am        3:00 pm
10:00Z   2:00 am         11:00 am        3:30 pm
10:30Z   2:30 am         11:30 am        4:00 pm
11:00Z   3:00 am         12:00 pm        4:30 pm
11:30Z   3:30 am         12:30 pm        5:00 pm

Berlin puts them forward on March 29, 2026, at 2 am: hours in Los Angeles from 17:00 to 19:00 the day before
00:00Z   5:00 pm         1:00 am         5:30 am
00:30Z   5:30 pm         1:30 am         6:00 am
01:00Z   6:00 pm         3:00 am         6:30 am
01:30Z   6:30 pm         3:30 am         7:00 am

Berlin puts them back on October 25, 2026, at 3 am: hours in Los Angeles from 17:00 to 19:00 the day before
00:00Z   5:00 pm         2:00 am CEST    5:30 am
00:30Z   5:30 pm         2:30 am CEST    6:00 am
01:00Z   6:00 pm         2:00 am CET     6:30 am
01:30Z   6:30 pm         2:30 am CET     7:00 am
"""
CHANGES = (
    (date(2026, 3, 8), "00:30-04:00"),
    (date(2026, 11, 1), "00:30-04:00"),
    (date(2026, 3, 28), "17:00-19:00"),
    (date(2026, 10, 24), "17:00-19:00"),
)


def test_a_table_of_slots_over_both_changes_for_three_visitors() -> None:
    titles = [line for line in TABLE.splitlines() if " " in line and "Z " not in line]
    told = [
        "\n".join([title, *lines_of(day, stretch)])
        for title, (day, stretch) in zip(titles, CHANGES, strict=True)
    ]

    assert "\n\n".join(told) == TABLE.strip()


def lines_of(day: date, stretch: str) -> list[str]:
    """Every half hour of this day in Los Angeles, as each of the three sees it."""
    now = instant(day, at("00:00"), LOS_ANGELES) - DAY
    found = calendar(every_day(stretch), now)
    times = [each.starts_at for each in found.on(day) if each.starts_at.minute in (0, 30)]
    seen = [labels(times, zone) for zone in (LOS_ANGELES, BERLIN, KOLKATA)]
    return [f"{each:%H:%M}Z   " + "".join(f"{words[each]:16}" for words in seen).rstrip() for each in times]


@pytest.mark.parametrize(
    ("zone", "day", "wall", "first", "last"),
    [
        (LOS_ANGELES, date(2026, 3, 8), "02:30", "10:00", "10:00"),  # skipped
        (LOS_ANGELES, date(2026, 11, 1), "01:30", "08:30", "09:30"),  # twice
        (BERLIN, date(2026, 3, 29), "02:00", "01:00", "01:00"),
        (BERLIN, date(2026, 3, 29), "02:59", "01:00", "01:00"),
        (BERLIN, date(2026, 10, 25), "02:00", "00:00", "01:00"),
        (LORD_HOWE, date(2026, 10, 4), "02:15", "15:30", "15:30"),  # half an hour
        (SAO_PAULO, date(2018, 11, 4), "00:00", "03:00", "03:00"),  # at midnight
        (KOLKATA, date(2026, 3, 29), "02:30", "21:00", "21:00"),  # never
    ],
)
def test_a_wall_time_that_is_skipped_or_comes_twice(
    zone: ZoneInfo, day: date, wall: str, first: str, last: str
) -> None:
    assert f"{instant(day, at(wall), zone):%H:%M}" == first
    assert f"{instant(day, at(wall), zone, last=True):%H:%M}" == last


def test_hours_within_the_skipped_hour_are_none() -> None:
    found = calendar(every_day("02:00-03:00"), datetime(2026, 3, 7, tzinfo=UTC))

    assert found.on(date(2026, 3, 8)) == []
    assert len(found.on(date(2026, 3, 9))) == 4


# ---------- Whatever the hours ----------

zones = st.sampled_from([LOS_ANGELES, BERLIN, KOLKATA, LORD_HOWE, ZoneInfo("Pacific/Kiritimati")])
walls = st.builds(time, st.integers(0, 23), st.sampled_from([0, 10, 15, 30, 45]))
stretches = st.tuples(walls, walls).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: Hours(*pair))
weeks = st.lists(st.tuples(st.integers(0, 6), stretches), max_size=8).map(Week.of)
moments = st.integers(0, 730 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE
)
manners = st.builds(
    Manner,
    length=st.sampled_from([15, 20, 50]).map(lambda minutes: minutes * MINUTE),
    pause_before=st.sampled_from([0, 5, 10]).map(lambda minutes: minutes * MINUTE),
    pause_after=st.sampled_from([0, 10]).map(lambda minutes: minutes * MINUTE),
    notice=st.sampled_from([0, 4, 48]).map(lambda each: each * HOUR),
    horizon_days=st.integers(1, 21),
    most_per_day=st.none() | st.integers(1, 3),
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    now = draw(moments)
    offsets = st.tuples(st.integers(0, 21 * 24 * 12), st.integers(1, 60))
    busy = tuple(
        Span(now + begins * 5 * MINUTE, now + begins * 5 * MINUTE + length * MINUTE)
        for begins, length in draw(st.lists(offsets, max_size=12))
    )
    cut = draw(st.integers(0, len(busy)))
    return calendar(
        draw(weeks), now, draw(zones), manner=draw(manners), calls=busy[:cut], elsewhere=busy[cut:]
    )


@given(calendars())
def test_what_is_free_touches_nothing_and_lies_within_hours_notice_and_horizon(found: Calendar) -> None:
    free = list(found.free())
    taken = (*found.calls, *found.elsewhere)

    assert free == sorted(set(free))
    for starts_at in free:
        mine, day = around(starts_at, found.manner), starts_at.astimezone(found.agenda.zone).date()
        assert not any(each.starts_at < mine.ends_at and mine.starts_at < each.ends_at for each in taken)
        assert starts_at >= found.now + found.manner.notice
        assert day <= found.now.astimezone(found.agenda.zone).date() + found.manner.horizon_days * DAY
        stretches_of_day = list(found.agenda.stretches(day))
        assert any(
            each.starts_at <= starts_at and starts_at + found.manner.length <= each.ends_at
            for each in stretches_of_day
        )
        assert found.offers(starts_at)


@given(calendars(), zones)
def test_every_reader_sees_all_that_is_free_and_nothing_twice(found: Calendar, reader: ZoneInfo) -> None:
    shelf = Shelf(found, reader)
    first = (found.now - 2 * DAY).astimezone(reader).date()

    shown = [at for day in shelf.page(first, 100) for at in day.times]

    assert shown == list(found.free())


@given(calendars())
def test_booking_all_that_is_free_one_by_one_ends_with_nothing_free(found: Calendar) -> None:
    taken: list[Span] = list(found.calls)
    for _ in range(60):
        now_free = next(replace(found, calls=tuple(taken)).free(), None)
        if now_free is None:
            break
        mine = around(now_free, found.manner)
        assert not any(each.starts_at < mine.ends_at and mine.starts_at < each.ends_at for each in taken)
        taken.append(mine)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), max_size=20), st.integers(0, 400))
def test_one_look_finds_what_a_search_through_all_finds(pairs: list[tuple[int, int]], where: int) -> None:
    spans = [
        Span(TUESDAY + begins * MINUTE, TUESDAY + (begins + length) * MINUTE) for begins, length in pairs
    ]
    asked = Span(TUESDAY + where * MINUTE, TUESDAY + where * MINUTE + STEP)

    touched = any(each.starts_at < asked.ends_at and asked.starts_at < each.ends_at for each in spans)

    assert Taken.of(spans).touches(asked) is touched


@given(zones, st.dates(date(2025, 1, 1), date(2028, 1, 1)), walls)
@example(LOS_ANGELES, date(2027, 3, 14), at("02:45"))
@example(LORD_HOWE, date(2027, 10, 3), at("02:10"))
def test_an_instant_shows_its_wall_time_or_the_moment_of_a_change(
    zone: ZoneInfo, day: date, wall: time
) -> None:
    found = instant(day, wall, zone)
    there = found.astimezone(zone)

    if there.replace(tzinfo=None) == datetime.combine(day, wall):
        return
    before = (found - timedelta(seconds=1)).astimezone(zone)
    assert before.utcoffset() != there.utcoffset()
    assert there.replace(tzinfo=None) > datetime.combine(day, wall)


def test_a_naive_rule_for_a_fold_and_a_gap_would_be_seen() -> None:
    assert instant(date(2026, 11, 1), at("01:30"), LOS_ANGELES) != instant(
        date(2026, 11, 1), at("01:30"), LOS_ANGELES, last=True
    )
