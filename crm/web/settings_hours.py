"""Settings, Sending hours: the days and times at which follow-ups may leave, and when he is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, abort, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows.hours import fit_to_hours
from crm.models import Practice
from crm.models.practice import REMEMBERED, NoDayLeft, next_holiday
from crm.rules.telling import date_words, span_words
from crm.rules.windows import Absence
from crm.web.forms.pace import PaceForm
from crm.web.forms.settings import AbsenceForm, HoursForm
from crm.web.respond import done
from crm.web.settings_frame import saved, settings_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("hours", __name__, url_prefix="/hours")
NO_DAY_LEFT = "Together that leaves no sending day for more than a year."


@dataclass(frozen=True)
class TimeAway:
    """One time away in words; `over`: it lies behind."""

    absence: Absence
    words: str
    over: bool


@bp.get("")
def show() -> str:
    practice = Practice.current()
    return _page(practice, HoursForm(obj=practice))


@bp.post("")
def update() -> Response | tuple[str, int]:
    """Save, and move what is planned to where the new hours put it."""
    form, practice = HoursForm(request.form), Practice.current()
    if not form.validate():
        return _page(practice, form), 422
    with transaction():
        _fill(Practice.current(), form)
        db.session.flush()
        moved = fit_to_hours(clock.now())
    return done(saved(moved), to=url_for(".show"))


@bp.post("/absences")
def create_absence() -> Response | tuple[str, int]:
    """Away once more: what would fall into these days goes the first day after."""
    form, practice = AbsenceForm(request.form), Practice.current()
    if not form.validate():
        return _page(practice, HoursForm(obj=practice), absence=form), 422
    now = clock.now()
    try:
        with transaction():
            practice = Practice.current()
            practice.go_away(form.absence, now.astimezone(practice.zone).date())
            db.session.flush()
            moved = fit_to_hours(now)
    except NoDayLeft:
        form.away_until.errors = [NO_DAY_LEFT]
        return _page(Practice.current(), HoursForm(obj=Practice.current()), absence=form), 422
    return done(saved(moved), to=url_for(".show", _anchor="away"))


@bp.post("/absences/removal")
def remove_absence() -> Response:
    """Not away after all: what waited goes when its wait says, and never at this moment."""
    absence = _absence_in_question()
    with transaction():
        Practice.current().stay(absence)
        db.session.flush()
        moved = fit_to_hours(clock.now())
    return done(saved(moved), to=url_for(".show", _anchor="away"))


@bp.post("/pace")
def update_pace() -> Response | tuple[str, int]:
    """How often one person is written to. What is planned moves to where that puts it, never to now."""
    pace, practice = PaceForm(request.form), Practice.current()
    if not pace.validate():
        return _page(practice, HoursForm(obj=practice), pace=pace), 422
    with transaction():
        practice = Practice.current()
        practice.gap_days, practice.weekly_cap = pace.gap_days.data, pace.weekly_cap.data
        db.session.flush()
        moved = fit_to_hours(clock.now())
    return done(saved(moved), to=url_for(".show", _anchor="pace"))


def _fill(practice: Practice, form: HoursForm) -> None:
    practice.weekdays = sorted(set(form.weekdays.data))
    practice.opens, practice.closes = form.opens.data, form.closes.data
    practice.rests_on_holidays = form.rests_on_holidays.data


def _absence_in_question() -> Absence:
    """The one whose button was pressed, as the page named it."""
    try:
        first, last = (date.fromisoformat(request.form.get(name, "")) for name in ("first", "last"))
    except ValueError:
        abort(404)
    return Absence(first, last)


def _listed(practice: Practice) -> list[TimeAway]:
    """Those to come, and those that are over not long ago; the earliest first."""
    today = clock.now().astimezone(practice.zone).date()
    shown = [each for each in practice.times_away if today - each.last <= REMEMBERED]
    return [TimeAway(each, span_words(each.first, each.last, today), each.last < today) for each in shown]


def _page(
    practice: Practice,
    form: HoursForm,
    pace: PaceForm | None = None,
    absence: AbsenceForm | None = None,
) -> str:
    return settings_page(
        "hours",
        practice,
        form=form,
        pace=pace or PaceForm(obj=practice),
        absence=absence or AbsenceForm(),
        times_away=_listed(practice),
        holiday=_next_holiday(practice),
        city=_city(practice),
    )


def _next_holiday(practice: Practice) -> str:
    """Memorial Day, May 25"""
    today = clock.now().astimezone(practice.zone).date()
    found = next_holiday(today)
    return f"{found[1]}, {date_words(found[0], today)}" if found else ""


def _city(practice: Practice) -> str:
    return practice.zone_name.rpartition("/")[2].replace("_", " ")
