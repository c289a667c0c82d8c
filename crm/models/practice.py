"""The practice: one row of what the owner sets in the browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.util import identity_key

from crm.db import Base, Word, db
from crm.rules.pacing import Limits, Pace
from crm.rules.promises import Promise
from crm.rules.waits import LONGEST_LINE, still_waits
from crm.rules.windows import Absence, SendingWindow

FAILURES_IN_A_ROW = 3
"""After so many failures of the sending account everything waits, and one mail at a time tries it again."""


REMEMBERED = timedelta(days=30)
"""How long a time away is still shown once it is over."""


class NoDayLeft(Exception):  # noqa: N818 - a fact, not an error
    """All times away together leave no sending day for more than a year."""


class FollowUpPolicy(StrEnum):
    """How the form asks about follow-up notes (design/UI.md, Public pages)."""

    NOTICE = "notice"
    ASK_FIRST = "ask_first"


class Line(StrEnum):
    """In which delayed mail stands: behind an outage, or for the account's limit. The column of its end."""

    SPREAD = "spread_until"
    LIMIT = "limit_until"


class Practice(Base):
    """The owner's settings. There is one row; its id is 1."""

    __tablename__ = "practice"
    __table_args__ = (
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.CheckConstraint("opens < closes", name="opens_before_closes"),
        sa.CheckConstraint("gap_days >= 1 AND weekly_cap >= 1", name="a_pace_is_positive"),
        sa.CheckConstraint("hourly_limit > 0 AND daily_limit > 0", name="a_limit_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str]
    signer: Mapped[str]
    office_address: Mapped[str] = mapped_column(default="")
    locality: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    zone_name: Mapped[str] = mapped_column(default="America/Los_Angeles")
    weekdays: Mapped[list[int]] = mapped_column(sa.JSON, default=lambda: [0, 1, 2, 3, 4])
    opens: Mapped[time] = mapped_column(default=time(8, 30))
    closes: Mapped[time] = mapped_column(default=time(18, 0))
    rests_on_holidays: Mapped[bool] = mapped_column(default=True)
    absences: Mapped[list[list[str]]] = mapped_column(sa.JSON, default=list)
    promise: Mapped[Promise] = mapped_column(Word(Promise), default=Promise.ONE_BUSINESS_DAY)
    follow_up_policy: Mapped[FollowUpPolicy] = mapped_column(
        Word(FollowUpPolicy), default=FollowUpPolicy.NOTICE
    )
    sender_name: Mapped[str] = mapped_column(default="")
    sender_address: Mapped[str] = mapped_column(default="")
    notify_owner: Mapped[bool] = mapped_column(default=True)
    daily_note_at: Mapped[time | None]
    daily_note_on: Mapped[date | None]
    warns_of_promises: Mapped[bool] = mapped_column(default=True)
    warned_until: Mapped[datetime | None]
    first_steps: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    asks_proof: Mapped[bool] = mapped_column(default=False)
    crisis_checklist: Mapped[str] = mapped_column(default="")
    keeps: Mapped[dict[str, Any]] = mapped_column(default=dict)
    hides_screen: Mapped[bool] = mapped_column(default=True)
    second_step_since: Mapped[datetime | None]
    gap_days: Mapped[int] = mapped_column(default=1)
    weekly_cap: Mapped[int] = mapped_column(default=3)
    hourly_limit: Mapped[int | None] = mapped_column(default=100)
    daily_limit: Mapped[int | None] = mapped_column(default=450)
    sending_held_at: Mapped[datetime | None]
    restored_at: Mapped[datetime | None]
    spread_until: Mapped[datetime | None]
    limit_until: Mapped[datetime | None]
    account_failing_since: Mapped[datetime | None]
    account_failure: Mapped[str | None]
    account_failures: Mapped[int] = mapped_column(default=0)
    account_retry_at: Mapped[datetime | None]
    account_tested_at: Mapped[datetime | None]

    @classmethod
    def current(cls) -> Practice:
        """The one row, read once a transaction. Raises NoResultFound before the practice is set up."""
        known = db.session.identity_map.get(identity_key(cls, 1))
        if known is not None and not sa.inspect(known).expired:
            return known
        return db.session.scalars(CURRENT).one().keep()

    def keep(self) -> Practice:
        """The session alone would forget it as soon as nobody holds it, and it would be read again."""
        db.session.info["practice"] = self
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @property
    def window(self) -> SendingWindow:
        """The sending hours as the rules see them."""
        return self.window_in(None)

    def window_in(self, zone_name: str | None) -> SendingWindow:
        """The same hours on the clock of a person who lives elsewhere, when it is known where."""
        return _window(
            zone_name or self.zone_name,
            tuple(self.weekdays),
            (self.opens, self.closes),
            self.times_away,
            rests_on_holidays=self.rests_on_holidays,
        )

    @property
    def times_away(self) -> tuple[Absence, ...]:
        """Every time away that is kept, past and coming, the earliest first."""
        return _times_away(tuple((first, last) for first, last in self.absences))

    def go_away(self, absence: Absence, today: date) -> None:
        """Follow-ups wait over these days. What is long past is forgotten. Twice is once.

        Raises NoDayLeft, and nothing changes, when nothing could go for more than a year.
        """
        times = {each for each in self.times_away if today - each.last <= REMEMBERED} | {absence}
        if not replace(self.window, absences=tuple(times)).opens_again:
            raise NoDayLeft
        self._keep(times)

    def stay(self, absence: Absence) -> None:
        """He is there after all."""
        self._keep(set(self.times_away) - {absence})

    @property
    def pace(self) -> Pace:
        """How often one person may be written to."""
        return Pace(self.gap_days, self.weekly_cap)

    @property
    def limits(self) -> Limits:
        """What the sending account takes."""
        return Limits(self.hourly_limit, self.daily_limit)

    @property
    def mail_domain(self) -> str:
        """The right side of our Message-IDs: the domain the practice writes from (RFC 5322 3.6.4)."""
        return self.sender_address.rpartition("@")[2] or "localhost"

    def demand_second_step(self, now: datetime) -> None:
        """Whoever signs in from now on must have one; who is in already finishes the day."""
        self.second_step_since = self.second_step_since or now

    def hold_everything(self, now: datetime) -> None:
        """Nothing automatic leaves until `resume_everything`."""
        self.sending_held_at = self.sending_held_at or now

    def resume_everything(self) -> None:
        self.sending_held_at = None

    def stand_in_line(self, line: Line, at: datetime, apart: timedelta) -> datetime:
        """The next free place at or after `at` in a line of mail that something has delayed.

        Locked until the transaction ends, so that two workers never give away the same place. A line
        longer than any can be begins anew.
        """
        db.session.flush()
        db.session.refresh(self, [line], with_for_update=True)
        ends = getattr(self, line)
        place = ends if still_waits(ends, at, LONGEST_LINE) else at
        setattr(self, line, place + apart)
        return place

    def forget_lines(self) -> None:
        """Whoever stands in one is about to be placed anew."""
        self.spread_until = self.limit_until = None

    def account_failed(self, failure: str, retry_at: datetime, now: datetime) -> bool:
        """The sending account did not work. Several times in a row, and nothing is offered before `retry_at`.

        True when this is the failure that stops everything.
        """
        self.account_failing_since = self.account_failing_since or now
        self.account_failure = failure
        self.account_failures += 1
        if self.account_failures >= FAILURES_IN_A_ROW:
            self.account_retry_at = retry_at
        return self.account_failures == FAILURES_IN_A_ROW

    def account_works(self) -> datetime | None:
        """It took a mail. Returns since when it had not, if so."""
        since = self.account_failing_since
        if since is not None or self.account_failures:
            self.account_failing_since = self.account_failure = self.account_retry_at = None
            self.account_failures = 0
        return since

    def _keep(self, times: set[Absence]) -> None:
        self.absences = [[each.first.isoformat(), each.last.isoformat()] for each in sorted(times)]


CURRENT = sa.select(Practice).where(Practice.id == 1)


@lru_cache(maxsize=256)  # every email asks for the hours, on as many clocks as people have
def _window(
    zone_name: str,
    weekdays: tuple[int, ...],
    hours: tuple[time, time],
    absences: tuple[Absence, ...],
    *,
    rests_on_holidays: bool,
) -> SendingWindow:
    return SendingWindow(
        zone=ZoneInfo(zone_name),
        weekdays=frozenset(weekdays),
        opens=hours[0],
        closes=hours[1],
        holidays=federal_holidays() if rests_on_holidays else frozenset(),
        absences=absences,
    )


@lru_cache(maxsize=8)
def _times_away(absences: tuple[tuple[str, str], ...]) -> tuple[Absence, ...]:
    return tuple(Absence(*map(date.fromisoformat, each)) for each in absences)


@lru_cache(maxsize=1)
def federal_holidays() -> frozenset[date]:
    """The United States' federal holidays, observed days included, 2020 to 2050."""
    return frozenset(_named_holidays())


def next_holiday(today: date) -> tuple[date, str] | None:
    """The next federal holiday and its name, today's included."""
    return min(((day, name) for day, name in _named_holidays().items() if day >= today), default=None)


@lru_cache(maxsize=1)
def _named_holidays() -> dict[date, str]:
    return dict(holidays.country_holidays("US", years=range(2020, 2051)))
