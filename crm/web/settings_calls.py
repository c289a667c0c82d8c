"""Settings, Calls: when a clinician takes them, on which days it is different, how, and by what means."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows.calendars import calendar_of
from crm.models import Account, CallSettings, Confirms, Opening, OwnCalendar, Practice, SpecialDay
from crm.rules.hour_words import hours_words
from crm.rules.roles import Role
from crm.rules.telling import span_words
from crm.web.access import account
from crm.web.forms.calls import CaldavForm, MannerForm, OwnCalendarForm, SpecialDaysForm, WaysForm, WeekForm
from crm.web.forms.checks import national
from crm.web.respond import done
from crm.web.settings_frame import settings_page
from crm.web.week_picture import picture_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response
    from wtforms import Form

    from crm.rules.slots import Week

bp = Blueprint("calls", __name__, url_prefix="/calls")
YESTERDAY = timedelta(days=1)


@bp.get("")
def show() -> str:
    return page(whose())


@bp.post("/hours")
def update_hours() -> Response | tuple[str, int]:
    """The week from now on. What is booked already stays."""
    clinician_id, form = whose(), WeekForm(request.form)
    if not form.validate():
        return page(clinician_id, week=form), 422
    with transaction():
        CallSettings.turn_of(clinician_id)
        Opening.put(clinician_id, form.week)
    return _saved(clinician_id, "week", "Saved. What is booked already stays.")


@bp.post("/days")
def create_days() -> Response | tuple[str, int]:
    """Days that differ from the week."""
    clinician_id, form = whose(), SpecialDaysForm(request.form)
    if not form.validate():
        return page(clinician_id, special=form), 422
    with transaction():
        CallSettings.turn_of(clinician_id)
        for hours in form.stretches:
            opens, closes = hours or (None, None)
            last = form.last.data or form.first.data
            days = {"first": form.first.data, "last": last, "opens": opens, "closes": closes}
            db.session.add(SpecialDay(clinician_id=clinician_id, **days))
    return _saved(clinician_id, "days", "Saved. What is booked already stays.")


@bp.post("/days/<int:day_id>/removal")
def remove_days(day_id: int) -> Response:
    """As the week has it after all."""
    clinician_id = whose()
    with transaction():
        mine = sa.delete(SpecialDay).where(SpecialDay.id == day_id, SpecialDay.clinician_id == clinician_id)
        db.session.execute(mine)
    return _saved(clinician_id, "days", "Saved.")


@bp.post("/manner")
def update_manner() -> Response | tuple[str, int]:
    """How long, how soon and how many: of calls booked from now on."""
    clinician_id, form = whose(), MannerForm(request.form)
    if not form.validate():
        return page(clinician_id, manner=form), 422
    with transaction():
        mine = CallSettings.turn_of(clinician_id)
        form.populate_obj(mine)
        mine.confirms = Confirms(form.confirms.data)
    return _saved(clinician_id, "manner", "Saved.")


@bp.post("/ways")
def update_ways() -> Response | tuple[str, int]:
    """By what means people may talk with them."""
    clinician_id, form = whose(), WaysForm(request.form)
    if not form.validate():
        return page(clinician_id, ways=form), 422
    with transaction():
        mine = CallSettings.turn_of(clinician_id)
        form.populate_obj(mine)
        mine.phone_number = form.number
    return _saved(clinician_id, "ways", "Saved.")


def whose() -> int:
    """Whose calls: one's own; for the owner those of anybody who signs in here."""
    asked = request.values.get("of", "")
    if not asked.isdigit() or int(asked) == account().id:
        return account().id
    if account().role is not Role.OWNER:
        abort(403, "Only the owner changes the calls of others.")
    return (db.session.get(Account, int(asked)) or abort(404)).id


def page(clinician_id: int, **forms: Form) -> str:
    """All cards; one of them with what was typed and refused."""
    practice, now = Practice.current(), clock.now()
    settings = CallSettings.of(clinician_id)
    zone_name = settings.zone_name or practice.zone_name
    calendar = calendar_of(clinician_id, now, near=now.date())
    shown: dict[str, object] = {
        "week": WeekForm(data=_lines(calendar.agenda.week)),
        "special": SpecialDaysForm(),
        "manner": MannerForm(obj=settings, zone_name=zone_name),
        "ways": WaysForm(obj=settings, phone_number=national(settings.phone_number)),
        "own": OwnCalendarForm(),
        "caldav": CaldavForm(),
    }
    return settings_page(
        "calls",
        practice,
        **shown | forms,
        clinician_id=clinician_id,
        colleagues=_colleagues(),
        city=zone_name.rpartition("/")[2].replace("_", " "),
        picture=picture_of(calendar, now),
        no_hours=calendar.agenda.week.is_empty,
        days=_days(clinician_id, practice),
        calls=settings,
        calendar=db.session.get(OwnCalendar, clinician_id),
        feed=_feed(settings),
    )


def _saved(clinician_id: int, card: str, words: str) -> Response:
    of = clinician_id if clinician_id != account().id else None
    return done(words, to=url_for("settings.calls.show", of=of, _anchor=card))


def _lines(week: Week) -> dict[str, str]:
    return {f"day{weekday}": hours_words(hours) for weekday, hours in enumerate(week.days)}


def _colleagues() -> list[tuple[int, str]]:
    """Everybody whose hours may be changed here, where there is more than one."""
    if account().role is not Role.OWNER:
        return []
    rows = db.session.execute(sa.select(Account.id, Account.name).order_by(Account.id)).all()
    return [(row.id, row.name) for row in rows] if len(rows) > 1 else []


def _days(clinician_id: int, practice: Practice) -> list[tuple[int, str, str]]:
    """Id, days and hours in words of all that are not over."""
    today = clock.now().astimezone(practice.zone).date()
    found = SpecialDay.since(clinician_id, today - YESTERDAY)
    return [
        (
            each.id,
            span_words(each.first, each.last, today),
            hours_words([each.hours]) if each.hours else "no calls",
        )
        for each in found
    ]


def _feed(settings: CallSettings) -> str:
    links = current_app.extensions["links"]
    return str(links.calendar(settings.feed_token)) if settings.feed_token else ""
