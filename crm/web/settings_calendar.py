"""Settings, Calls: a calendar elsewhere that says when they are busy, and the one that leads out of here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for

from crm import clock
from crm.db import transaction
from crm.flows.own_calendars import readable_address
from crm.models import CallSettings, OwnCalendar
from crm.web.access import account
from crm.web.forms.calls import CaldavForm, OwnCalendarForm
from crm.web.respond import done
from crm.web.settings_calls import page, whose

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("calendar", __name__, url_prefix="/calls")


@bp.post("/calendar")
def connect() -> Response | tuple[str, int]:
    """Read this address from now on, first within a minute."""
    clinician_id, form = whose(), OwnCalendarForm(request.form)
    url = readable_address(form.url.data or "") if form.validate() else None
    if url is None:
        form.url.errors = form.url.errors or [
            "That isn’t the address of a calendar. One begins with https://."
        ]
        return page(clinician_id, own=form), 422
    with transaction():
        CallSettings.turn_of(clinician_id)
        OwnCalendar.connect(clinician_id, url, clock.now())
    return _saved(clinician_id, "It is read within a minute, and every 15 minutes from then on.")


@bp.post("/calendar/login")
def connect_by_login() -> Response | tuple[str, int]:
    """The same for a calendar that asks for a user and a password. They are sealed, and never shown again."""
    clinician_id, form = whose(), CaldavForm(request.form)
    if not form.validate():
        return page(clinician_id, caldav=form), 422
    url = readable_address(form.server.data or "")
    if url is None:
        form.server.errors = ["That isn’t the address of a server. One begins with https://."]
        return page(clinician_id, caldav=form), 422
    login = {"username": form.username.data, "password": form.password.data}
    with transaction():
        CallSettings.turn_of(clinician_id)
        OwnCalendar.connect(clinician_id, url, clock.now(), **login)
    return _saved(clinician_id, "It is read within a minute, and every 15 minutes from then on.")


@bp.post("/calendar/removal")
def disconnect() -> Response:
    """What it said is forgotten."""
    clinician_id = whose()
    with transaction():
        CallSettings.turn_of(clinician_id)
        OwnCalendar.disconnect(clinician_id)
    return _saved(clinician_id, "Forgotten. Only calls hold time now.")


@bp.post("/feed")
def open_feed() -> Response:
    """A private address of their calls; one there was before shows nothing any more."""
    clinician_id = whose()
    with transaction():
        mine = CallSettings.turn_of(clinician_id)
        mine.open_feed()
        mine.feed_has_names = request.form.get("names") == "1"
    return _saved(clinician_id, "Here is the address. Whoever has it sees these calls.")


@bp.post("/feed/names")
def update_feed() -> Response:
    clinician_id = whose()
    with transaction():
        CallSettings.turn_of(clinician_id).feed_has_names = request.form.get("names") == "1"
    return _saved(clinician_id, "Saved.")


@bp.post("/feed/removal")
def close_feed() -> Response:
    clinician_id = whose()
    with transaction():
        CallSettings.turn_of(clinician_id).close_feed()
    return _saved(clinician_id, "The address shows nothing any more.")


def _saved(clinician_id: int, words: str) -> Response:
    of = clinician_id if clinician_id != account().id else None
    return done(words, to=url_for("settings.calls.show", of=of, _anchor="calendar"))
