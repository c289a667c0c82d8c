"""Settings, Privacy: how long people are kept, when the screen hides itself, and who has looked at whom."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, Response, request, stream_with_context, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import retention
from crm.models import Account, Audit, Practice
from crm.rules.retention import SUGGESTED, Group, Terms
from crm.rules.spreadsheets import row
from crm.web.again import freshly_authenticated
from crm.web.pages import row_number
from crm.web.respond import done
from crm.web.settings_frame import settings_page, settings_subpage
from crm.web.trail_words import Told, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response as AnyResponse

bp = Blueprint("privacy", __name__, url_prefix="/privacy")
A_PAGE = 100
AHEAD = timedelta(days=31)
"""So far ahead the dry run looks."""
MONTHS = (
    (3, "3 months"),
    (6, "6 months"),
    (12, "12 months"),
    (24, "2 years"),
    (36, "3 years"),
    (84, "7 years"),
)
DAYS = ((7, "7 days"), (30, "30 days"), (90, "90 days"))
YEARS = ((3, "3 years"), (6, "6 years"), (10, "10 years"))
NEVER = ("", "never")
ROWS = (
    (Group.OPEN, "Erase people who never became clients after"),
    (Group.CLOSED, "Erase people who were closed or referred out after"),
    (Group.WAITLISTED, "Erase people on the waitlist after"),
    (Group.CLIENT, "Erase clients after"),
)
HEAD = ("Number", "When", "Who", "What", "Person")


@bp.get("")
def show() -> str:
    return _page(None)


@bp.post("")
def update() -> AnyResponse | str:
    """Save, or only show whom these terms would erase."""
    terms = _typed()
    if request.form.get("show") == "preview":
        return _page(terms)
    with transaction():
        retention.choose(terms, Practice.current())
    return done("Saved. Nobody is erased before you have been told for a week.", to=url_for(".show"))


@bp.post("/hiding")
def update_hiding() -> AnyResponse:
    with transaction():
        Practice.current().hides_screen = hides = "hides_screen" in request.form
    words = "The screen hides itself after two quiet minutes." if hides else "The screen stays as it is."
    return done(words, to=url_for(".show"))


@bp.get("/coming")
def coming() -> str:
    """Who asked to be erased, and who is erased soon."""
    people = {"asked": retention.asked(), "announced": retention.announced()}
    return settings_subpage("coming", "privacy", Practice.current(), **people)


@bp.get("/record")
def record() -> str:
    """The access record, the newest first."""
    asked, practice = _asked(), Practice.current()
    found = db.session.scalars(asked.lines(practice.zone).limit(A_PAGE + 1)).all()
    older = asked.address(before=found[A_PAGE - 1].number) if len(found) > A_PAGE else None
    accounts = db.session.scalars(sa.select(Account).order_by(Account.id)).all()
    shown: dict[str, Any] = {"lines": told(found[:A_PAGE]), "older": older, "asked": asked}
    who = [("", "everybody"), *((each.id, each.name) for each in accounts)]
    return settings_subpage("record", "privacy", practice, who=who, **shown)


@bp.get("/record.csv")
@freshly_authenticated
def download() -> Response:
    answer = Response(stream_with_context(_table(_asked(), Practice.current().zone)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=access-record.csv"
    return answer


class Asked:
    """What the address asks for: an account, a day, and where this page begins."""

    def __init__(self, account_id: int | None, day: str, before: int | None) -> None:
        self.account_id, self.before = account_id, before
        self.day: date | None = None
        with suppress(ValueError):
            self.day = datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone

    def lines(self, zone: ZoneInfo) -> sa.Select[Audit]:
        wanted = sa.select(Audit).order_by(Audit.number.desc())
        if self.account_id is not None:
            wanted = wanted.where(Audit.account_id == self.account_id)
        if self.day is not None:
            begins = datetime.combine(self.day, time(), zone)
            ends = datetime.combine(self.day + timedelta(days=1), time(), zone)
            wanted = wanted.where(Audit.at >= begins, Audit.at < ends)
        return wanted.where(Audit.number < self.before) if self.before else wanted

    def address(self, endpoint: str = ".record", before: int | None = None) -> str:
        return url_for(endpoint, account=self.account_id, day=self.day, before=before)


def _asked() -> Asked:
    return Asked(row_number("account"), request.args.get("day", ""), row_number("before"))


def _table(asked: Asked, zone: ZoneInfo) -> Iterator[str]:
    """A page of lines at a time, however many there are."""
    yield row(HEAD)
    lines = asked.lines(zone)
    while found := db.session.scalars(lines.limit(A_PAGE)).all():
        yield "".join(row(_cells(line, zone)) for line in told(found))
        lines = asked.lines(zone).where(Audit.number < found[-1].number)
        db.session.expunge_all()


def _cells(line: Told, zone: ZoneInfo) -> tuple[str, ...]:
    when = f"{line.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return (str(line.number), when, line.who, line.what, str(line.lead_id or ""))


def _page(typed: Terms | None) -> str:
    practice, now = Practice.current(), clock.now()
    chosen = Terms.read(practice.keeps) if practice.keeps else SUGGESTED
    terms = typed or chosen
    return settings_page(
        "privacy",
        practice,
        terms=terms,
        now=now,
        is_chosen=bool(practice.keeps),
        rows=[(group, words, terms.months[group]) for group, words in ROWS],
        months=(*MONTHS, NEVER),
        days=(*DAYS, NEVER),
        years=YEARS,
        preview=retention.foresee(terms, now + AHEAD) if typed else None,
    )


def _typed() -> Terms:
    """Anything that is none of the choices is never."""
    months = {group: _one_of(group, MONTHS) for group, _ in ROWS}
    return Terms(months, _one_of(Group.SPAM, DAYS), _one_of("trail_years", YEARS) or SUGGESTED.trail_years)


def _one_of(name: str, choices: tuple[tuple[int, str], ...]) -> int | None:
    number = request.form.get(name, type=int)
    return number if number in dict(choices) else None
