"""Settings, Sending hours: the days and times at which follow-ups may leave, and when he is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows.hours import fit_to_hours
from crm.models import Practice
from crm.models.practice import next_holiday
from crm.rules.telling import date_words
from crm.web.forms.pace import PaceForm
from crm.web.forms.settings import HoursForm
from crm.web.respond import done
from crm.web.settings_frame import saved, settings_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("hours", __name__, url_prefix="/hours")


@bp.get("")
def show() -> str:
    practice = Practice.current()
    form = HoursForm(obj=practice)
    form.away.data = practice.away_from is not None
    return _page(practice, form)


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


@bp.post("/pace")
def update_pace() -> Response | tuple[str, int]:
    """How often one person is written to. Nothing goes sooner or at once because of it."""
    pace, practice = PaceForm(request.form), Practice.current()
    if not pace.validate():
        form = HoursForm(obj=practice)
        form.away.data = practice.away_from is not None
        return _page(practice, form, pace), 422
    with transaction():
        practice = Practice.current()
        practice.gap_days, practice.weekly_cap = pace.gap_days.data, pace.weekly_cap.data
    return done("Saved. It holds for every follow-up from now on.", to=url_for(".show"))


def _fill(practice: Practice, form: HoursForm) -> None:
    practice.weekdays = sorted(set(form.weekdays.data))
    practice.opens, practice.closes = form.opens.data, form.closes.data
    practice.rests_on_holidays = form.rests_on_holidays.data
    away = form.away.data
    practice.away_from = form.away_from.data if away else None
    practice.away_until = form.away_until.data if away else None


def _page(practice: Practice, form: HoursForm, pace: PaceForm | None = None) -> str:
    return settings_page(
        "hours",
        practice,
        form=form,
        pace=pace or PaceForm(obj=practice),
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
