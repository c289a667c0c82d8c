"""A person's own page, by a private link in every email: say when a call suits, or that it no longer does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm import clock, log
from crm.db import transaction
from crm.flows import reminders
from crm.flows.calendars import offers_times
from crm.flows.correspondence import they_wrote
from crm.flows.reminders import Intention
from crm.models import Lead, Practice, ReplyChannel, turns
from crm.web.forms.checks import tidy
from crm.web.forms.person_page import PersonPageForm
from crm.web.practice_face import Face
from crm.web.security import carries_its_own_token

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

bp = Blueprint("person_page", __name__)
logger = log.get(__name__)
TRY_AGAIN_SECONDS = 10


@bp.get("/call/<token>")
def show(token: str) -> Response | str:
    """Nothing changes by looking. Where times can be chosen, they come first; `say` is for other answers."""
    lead = _lead(token)
    has_a_call = lead.call_to_come(clock.now()) is not None
    if "say" not in request.args and not has_a_call and offers_times(lead):
        return redirect(url_for("times.show", token=token), 303)
    return _page(_offered(PersonPageForm()))


@bp.post("/call/<token>")
@carries_its_own_token
def create(token: str) -> str | tuple[str, int]:
    """Their answer is a reply: follow-ups stop, and it waits on Today."""
    form = _offered(PersonPageForm(request.form))
    _lead(token)
    if not form.validate():
        return _page(form), 422
    with transaction():
        turns.take_of(lambda: _lead(token).id)
        lead, now = _lead(token), clock.now()
        they_wrote(lead, form.in_words, ReplyChannel.PAGE, now)
        lead.prove_address()
        _keep_the_date(lead, form, now)
    return render_template(
        "public/answered.html", practice=Practice.current(), answer=form.answer.data, month=form.month
    )


@bp.errorhandler(DBAPIError)
@bp.errorhandler(PoolTimeout)
def not_stored(error: Exception) -> tuple[str, int, dict[str, str]]:
    """The database is locked or gone. Whatever was chosen and typed stands there still."""
    logger.error("database_unavailable", exc_info=error)
    form = PersonPageForm(request.form or None)
    form.offer_months(clock.now().date())
    page = render_template("public/person_page.html", practice=Face.remembered(), form=form, away=True)
    return page, 503, {"Retry-After": str(TRY_AGAIN_SECONDS)}


def _offered(form: PersonPageForm) -> PersonPageForm:
    form.offer_months(clock.now().astimezone(Practice.current().zone).date())
    return form


def _keep_the_date(lead: Lead, form: PersonPageForm, now: datetime) -> None:
    """The owner is reminded then. Until then they are off Today, unless they have said more than that."""
    if form.month is None:
        return
    words = f"{lead.first_name} asked you to write again in {form.month.words}."
    due_at = form.month.begins(Practice.current().window)
    says_no_more = not form.message.data and lead.read_first_at is None
    reminders.remind_as_they_wish(lead, Intention(words, due_at, until_then_off=says_no_more), now)


def _page(form: PersonPageForm) -> str:
    return render_template("public/person_page.html", practice=Face.of(Practice.current()), form=form)


def _lead(token: str) -> Lead:
    return Lead.of_own_page(tidy(token)) or abort(404)
