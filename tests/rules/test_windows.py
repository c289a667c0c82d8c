"""When follow-ups may go out. In 2026 the clocks change on March 8 and November 1 in Los Angeles,
on March 29 and October 25 in Berlin, and never in Kolkata.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.windows import (
    Absence,
    SendingWindow,
    Shift,
    Wait,
    WaitUnit,
    after_wait,
    next_send_at,
    right_away,
)
from tests.rules.times import (
    BERLIN,
    EVERY_DAY,
    KOLKATA,
    LOS_ANGELES,
    OFFICE_HOURS,
    WEEKDAYS,
    ZONES,
    at,
    day,
)

HOLIDAYS = replace(OFFICE_HOURS, holidays=frozenset({day("2026-07-03"), day("2026-11-26")}))
AWAY = replace(OFFICE_HOURS, absences=(Absence(day("2026-08-03"), day("2026-08-14")),))
NEVER = replace(OFFICE_HOURS, weekdays=frozenset())


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        ("2026-03-10 13:52", "2026-03-10 13:52"),  # Tuesday afternoon: at once
        ("2026-03-10 08:30", "2026-03-10 08:30"),  # the opening minute itself
        ("2026-03-10 08:29:59", "2026-03-10 08:30"),
        ("2026-03-10 00:00", "2026-03-10 08:30"),
        ("2026-03-10 17:59:59", "2026-03-10 17:59:59"),
        ("2026-03-10 18:00", "2026-03-11 08:30"),  # closing time is closed
        ("2026-03-10 23:59:59", "2026-03-11 08:30"),
        ("2026-03-13 18:00", "2026-03-16 08:30"),  # Friday evening waits for Monday
        ("2026-03-14 12:00", "2026-03-16 08:30"),
        ("2026-03-15 23:00", "2026-03-16 08:30"),
        ("2026-12-31 19:00", "2027-01-01 08:30"),  # a new year is no holiday unless one is named
    ],
)
def test_an_email_goes_at_the_next_opening(after: str, opens: str) -> None:
    assert OFFICE_HOURS.next_opening(at(after)) == at(opens)


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        ("2026-07-02 12:00", "2026-07-02 12:00"),
        ("2026-07-02 18:30", "2026-07-06 08:30"),  # Friday the 3rd is a holiday, then the weekend
        ("2026-07-03 12:00", "2026-07-06 08:30"),
        ("2026-11-25 18:30", "2026-11-27 08:30"),
        ("2026-11-26 10:00", "2026-11-27 08:30"),
    ],
)
def test_nothing_goes_on_a_holiday(after: str, opens: str) -> None:
    assert HOLIDAYS.next_opening(at(after)) == at(opens)


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        ("2026-07-31 17:00", "2026-07-31 17:00"),
        ("2026-07-31 18:00", "2026-08-17 08:30"),  # two weeks away, and the weekends around them
        ("2026-08-03 09:00", "2026-08-17 08:30"),
        ("2026-08-14 09:00", "2026-08-17 08:30"),  # the last day is away too
        ("2026-08-17 09:00", "2026-08-17 09:00"),
    ],
)
def test_nothing_goes_while_he_is_away(after: str, opens: str) -> None:
    assert AWAY.next_opening(at(after)) == at(opens)


@pytest.mark.parametrize(
    ("zone", "after", "opens_utc"),
    [
        # The morning after the clocks go forward is earlier in UTC, after they go back later.
        (LOS_ANGELES, "2026-03-06 20:00", "2026-03-09T15:30+00:00"),
        (LOS_ANGELES, "2026-02-27 20:00", "2026-03-02T16:30+00:00"),
        (LOS_ANGELES, "2026-10-30 20:00", "2026-11-02T16:30+00:00"),
        (LOS_ANGELES, "2026-10-23 20:00", "2026-10-26T15:30+00:00"),
        (BERLIN, "2026-03-27 20:00", "2026-03-30T06:30+00:00"),
        (BERLIN, "2026-03-20 20:00", "2026-03-23T07:30+00:00"),
        (BERLIN, "2026-10-23 20:00", "2026-10-26T07:30+00:00"),
        (BERLIN, "2026-10-16 20:00", "2026-10-19T06:30+00:00"),
        (KOLKATA, "2026-03-27 20:00", "2026-03-30T03:00+00:00"),
        (KOLKATA, "2026-10-30 20:00", "2026-11-02T03:00+00:00"),
    ],
)
def test_opening_time_stays_opening_time_when_the_clocks_change(
    zone: ZoneInfo, after: str, opens_utc: str
) -> None:
    window = replace(OFFICE_HOURS, zone=zone)

    assert window.next_opening(at(after, zone)) == datetime.fromisoformat(opens_utc)


@pytest.mark.parametrize(
    ("zone", "the_day", "opens", "closes", "first", "last"),
    [
        # Skipped hour, 2:00 to 3:00: an opening inside it moves on to 3:30 summer time.
        (LOS_ANGELES, "2026-03-08", time(2, 30), time(4), "2026-03-08T10:30+00:00", "2026-03-08T10:59+00:00"),
        (BERLIN, "2026-03-29", time(2, 30), time(4), "2026-03-29T01:30+00:00", "2026-03-29T01:59+00:00"),
        # Doubled hour, 1:00 to 2:00 in Los Angeles, 2:00 to 3:00 in Berlin: the first pass opens and closes.
        (LOS_ANGELES, "2026-11-01", time(1, 30), time(4), "2026-11-01T08:30+00:00", "2026-11-01T11:59+00:00"),
        (LOS_ANGELES, "2026-11-01", time(0), time(1, 30), "2026-11-01T07:00+00:00", "2026-11-01T08:29+00:00"),
        (BERLIN, "2026-10-25", time(2, 30), time(4), "2026-10-25T00:30+00:00", "2026-10-25T02:59+00:00"),
        (KOLKATA, "2026-10-25", time(2, 30), time(4), "2026-10-24T21:00+00:00", "2026-10-24T22:29+00:00"),
    ],
)
def test_hours_on_the_night_the_clocks_change(
    zone: ZoneInfo, the_day: str, opens: time, closes: time, first: str, last: str
) -> None:
    window = SendingWindow(zone, EVERY_DAY, opens, closes)

    opening = window.next_opening(at(f"{the_day} 00:00", zone))

    assert opening == datetime.fromisoformat(first)
    assert window.contains(datetime.fromisoformat(last))
    assert not window.contains(datetime.fromisoformat(last) + timedelta(minutes=1))


def test_hours_that_lie_wholly_in_the_skipped_hour_still_open_that_day() -> None:
    window = SendingWindow(LOS_ANGELES, EVERY_DAY, time(2, 10), time(2, 50))

    assert window.next_opening(at("2026-03-08 00:00")) == datetime(2026, 3, 8, 10, 10, tzinfo=UTC)


def test_hours_that_open_in_the_skipped_hour_and_close_just_after_it_stay_shut_that_night() -> None:
    window = SendingWindow(LOS_ANGELES, EVERY_DAY, time(2, 30), time(3, 15))

    assert window.next_opening(at("2026-03-08 00:00")) == at("2026-03-09 02:30")


@pytest.mark.parametrize(
    ("instant", "shift"),
    [
        ("2026-07-02 12:00", None),
        ("2026-07-02 07:00", Shift.NIGHT),
        ("2026-07-02 22:00", Shift.NIGHT),
        ("2026-07-03 12:00", Shift.HOLIDAY),
        ("2026-07-03 22:00", Shift.HOLIDAY),
        ("2026-07-04 12:00", Shift.DAY_OFF),
        ("2026-08-05 12:00", Shift.AWAY),
        ("2026-08-08 12:00", Shift.AWAY),  # a Saturday of the holiday is away too
    ],
)
def test_a_shift_is_told_with_its_reason(instant: str, shift: Shift | None) -> None:
    window = replace(HOLIDAYS, absences=AWAY.absences)

    assert window.shift_at(at(instant)) is shift
    assert window.contains(at(instant)) is (shift is None)


@pytest.mark.parametrize(
    ("since", "wait", "until"),
    [
        ("2026-03-06 14:10", Wait(3), "2026-03-09 14:10"),  # across the change to summer time
        ("2026-03-06 14:10", Wait(72, WaitUnit.HOURS), "2026-03-09 15:10"),
        ("2026-10-30 14:10", Wait(3), "2026-11-02 14:10"),  # and back
        ("2026-10-30 14:10", Wait(72, WaitUnit.HOURS), "2026-11-02 13:10"),
        ("2026-03-07 02:30", Wait(1), "2026-03-08 03:30"),  # the skipped hour
        ("2026-03-02 09:00", Wait(0), "2026-03-02 09:00"),
        ("2026-03-02 09:00", Wait(0, WaitUnit.BUSINESS_DAYS), "2026-03-02 09:00"),
        ("2026-03-06 09:00", Wait(1, WaitUnit.BUSINESS_DAYS), "2026-03-09 09:00"),
        ("2026-03-07 09:00", Wait(1, WaitUnit.BUSINESS_DAYS), "2026-03-09 09:00"),
        ("2026-03-02 09:00", Wait(5, WaitUnit.BUSINESS_DAYS), "2026-03-09 09:00"),
        ("2026-07-02 09:00", Wait(1, WaitUnit.BUSINESS_DAYS), "2026-07-06 09:00"),  # over the holiday
        ("2026-07-31 09:00", Wait(2, WaitUnit.BUSINESS_DAYS), "2026-08-18 09:00"),  # over the absence
        ("2026-03-06 15:20", Wait(1, WaitUnit.BUSINESS_MORNINGS), "2026-03-09 08:30"),
        ("2026-03-07 21:00", Wait(1, WaitUnit.BUSINESS_MORNINGS), "2026-03-09 08:30"),
        ("2026-07-02 07:00", Wait(1, WaitUnit.BUSINESS_MORNINGS), "2026-07-06 08:30"),  # over the holiday
        ("2026-07-31 20:00", Wait(2, WaitUnit.BUSINESS_MORNINGS), "2026-08-18 08:30"),  # over the absence
        ("2028-02-28 09:00", Wait(1), "2028-02-29 09:00"),
        ("2026-12-31 09:00", Wait(1), "2027-01-01 09:00"),
    ],
)
def test_a_wait_keeps_the_wall_clock(since: str, wait: Wait, until: str) -> None:
    window = replace(HOLIDAYS, absences=AWAY.absences)

    assert after_wait(at(since), wait, window) == at(until)


@pytest.mark.parametrize(
    ("zone", "before"), [(LOS_ANGELES, "2026-10-31"), (BERLIN, "2026-10-24"), (KOLKATA, "2026-10-24")]
)
def test_a_wait_into_a_doubled_hour_takes_the_first(zone: ZoneInfo, before: str) -> None:
    window = replace(OFFICE_HOURS, zone=zone)
    doubled = "01:30" if zone is LOS_ANGELES else "02:30"

    until = after_wait(at(f"{before} {doubled}", zone), Wait(1), window)

    assert until == at(f"{day(before) + timedelta(days=1)} {doubled}", zone, fold=0)


def test_no_wait_from_the_second_of_a_doubled_hour_does_not_go_back() -> None:
    second = at("2026-11-01 01:30", fold=1)

    assert after_wait(second, Wait(0), OFFICE_HOURS) == second


@pytest.mark.parametrize(
    ("since", "wait", "due", "wished", "shift"),
    [
        ("2026-03-06 14:10", Wait(4), "2026-03-10 14:10", "2026-03-10 14:10", None),
        ("2026-03-04 14:10", Wait(3), "2026-03-09 08:30", "2026-03-07 14:10", Shift.DAY_OFF),
        ("2026-03-02 20:14", Wait(3), "2026-03-06 08:30", "2026-03-05 20:14", Shift.NIGHT),
        ("2026-03-02 06:14", Wait(3), "2026-03-05 08:30", "2026-03-05 06:14", Shift.NIGHT),
        ("2026-06-30 12:00", Wait(3), "2026-07-06 08:30", "2026-07-03 12:00", Shift.HOLIDAY),
        ("2026-07-31 12:00", Wait(5), "2026-08-17 08:30", "2026-08-05 12:00", Shift.AWAY),
    ],
)
def test_a_planned_email_says_when_it_wished_to_go_and_why_it_waits(
    since: str, wait: Wait, due: str, wished: str, shift: Shift | None
) -> None:
    window = replace(HOLIDAYS, absences=AWAY.absences)

    planned = next_send_at(at(since), wait, window)

    assert (planned.due_at, planned.wished_at, planned.shift) == (at(due), at(wished), shift)


def test_the_first_email_goes_at_any_hour() -> None:
    planned = right_away(at("2026-03-08 03:00"))

    assert planned.due_at == planned.wished_at == at("2026-03-08 03:00")
    assert planned.shift is None


@pytest.mark.parametrize(
    "window",
    [
        NEVER,
        replace(OFFICE_HOURS, absences=(Absence(day("2026-01-01"), day("2030-01-01")),)),
        replace(OFFICE_HOURS, opens=time(9), closes=time(9)),
    ],
)
def test_hours_that_never_open_are_said_so_and_not_searched_for_ever(window: SendingWindow) -> None:
    with pytest.raises(ValueError, match="never opens"):
        window.next_opening(at("2026-03-10 12:00"))
    with pytest.raises(ValueError, match="never opens"):
        next_send_at(at("2026-03-10 12:00"), Wait(2, WaitUnit.BUSINESS_DAYS), window)

    assert window.shift_at(at("2026-03-10 12:00")) is not None


def test_an_absence_counts_both_its_ends() -> None:
    absence = Absence(day("2026-08-03"), day("2026-08-14"))

    covered = [date(2026, 8, number) for number in range(1, 32) if absence.covers(date(2026, 8, number))]

    assert covered == [date(2026, 8, number) for number in range(3, 15)]


instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
walls = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))


@st.composite
def windows(draw: st.DrawFn) -> SendingWindow:
    opens, closes = sorted((draw(walls), draw(walls)))
    closes = closes if opens < closes else time(23, 59)
    opens = opens if opens < closes else time(8)
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1))
    first = draw(st.dates(date(2025, 1, 1), date(2028, 1, 1)))
    absence = Absence(first, first + timedelta(days=draw(st.integers(0, 60))))
    later = Absence(absence.last + timedelta(days=9), absence.last + timedelta(days=draw(st.integers(9, 60))))
    holidays = draw(st.frozensets(st.dates(date(2025, 1, 1), date(2028, 1, 1)), max_size=10))
    zone = draw(st.sampled_from(ZONES))
    return SendingWindow(
        zone, weekdays, opens, closes, holidays, draw(st.sampled_from([(), (absence,), (absence, later)]))
    )


@given(window=windows(), instant=instants)
def test_an_opening_is_never_earlier_and_always_inside(window: SendingWindow, instant: datetime) -> None:
    opening = window.next_opening(instant)

    assert opening >= instant
    assert window.contains(opening)
    assert window.next_opening(opening) == opening
    assert window.contains(instant) == (opening == instant)


@given(
    window=windows(),
    instant=instants,
    count=st.integers(0, 120),
    unit=st.sampled_from([WaitUnit.HOURS, WaitUnit.DAYS]),
)
def test_a_wait_never_goes_back_and_its_shift_is_told_exactly_when_it_moved(
    window: SendingWindow, instant: datetime, count: int, unit: WaitUnit
) -> None:
    planned = next_send_at(instant, Wait(count, unit), window)

    assert instant <= planned.wished_at <= planned.due_at
    assert (planned.shift is None) == (planned.due_at == planned.wished_at)


def test_the_window_of_the_practice_in_the_pictures() -> None:
    assert OFFICE_HOURS.weekdays == WEEKDAYS
    assert OFFICE_HOURS.next_opening(at("2026-03-11 20:10")) == at("2026-03-12 08:30")


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-10 13:52", "2026-03-10 14:12", 20),
        ("2026-03-10 21:00", "2026-03-11 08:50", 20),  # in the night nobody waits for him
        ("2026-03-13 17:50", "2026-03-16 08:40", 20),  # nor over the weekend
        ("2026-03-10 19:00", "2026-03-10 22:00", 0),  # he answered in the evening
        ("2026-03-10 08:30", "2026-03-12 18:00", 3 * 570),
        ("2026-03-06 17:30", "2026-03-09 09:00", 60),  # over the change to summer time
        ("2026-03-10 14:00", "2026-03-10 13:00", 0),
    ],
)
def test_only_open_hours_count_until_somebody_hears_from_him(start: str, end: str, minutes: int) -> None:
    assert OFFICE_HOURS.open_time(at(start), at(end)) == timedelta(minutes=minutes)
