"""A person's own page, by a private link in every email: their call, what they want now, and who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm import clock, log
from crm.db import transaction
from crm.flows import calls, own_details, reminders
from crm.flows.calendars import offers_times
from crm.flows.correspondence import they_wrote
from crm.flows.own_details import TooOften
from crm.flows.reminders import Intention
from crm.models import Lead, Practice, ReplyChannel, turns
from crm.rules.pages import pages_in
from crm.web.booked import shown_call
from crm.web.clients import client_key
from crm.web.forms.checks import tidy
from crm.web.forms.person_page import DetailsForm, PersonPageForm
from crm.web.practice_face import Face
from crm.web.security import carries_its_own_token
from crm.web.spoken import language_asked_for, spoken

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.rules.sheets import FormLanguage

bp = Blueprint("person_page", __name__, url_prefix="/call/<token>")
logger = log.get(__name__)
TRY_AGAIN_SECONDS, AN_HOUR_SECONDS = 10, 3600
Answer = str | tuple[str, int] | tuple[str, int, dict[str, str]]


@bp.get("")
def show(token: str) -> Response | str:
    """Nothing changes by looking. Where times can be chosen, they come first; `say` is for other answers."""
    lead = _lead(token)
    has_a_call = lead.call_to_come(clock.now()) is not None
    if "say" not in request.args and not has_a_call and offers_times(lead):
        return redirect(url_for("times.show", token=token), 303)
    return _page(token, lead, _offered(PersonPageForm(words=pages_in(lead.language)), lead))


@bp.post("")
@carries_its_own_token
def create(token: str) -> Answer:
    """Their answer is a reply: follow-ups stop, and it waits on Today. Who wants no call has none."""
    lead = _lead(token)
    form = _offered(PersonPageForm(request.form, words=pages_in(lead.language)), lead)
    if not form.validate():
        return _page(token, lead, form), 422
    with transaction():
        turns.take_of(lambda: _lead(token).id)
        lead, now = _lead(token), clock.now()
        call = lead.call_ahead(now)
        if call and form.wants_no_call:
            call.client_key = client_key()
            calls.cancel(call, now)
        they_wrote(lead, form.in_words, ReplyChannel.PAGE, now)
        lead.prove_address()
        _keep_the_date(lead, form, now)
    return spoken(
        "public/answered.html",
        Practice.current(),
        lead.language,
        answer=form.answer.data,
        month=form.month.told(lead.language) if form.month else "",
        was_called_off=bool(call) and form.wants_no_call,
    )


@bp.get("/details")
def edit_details(token: str) -> str:
    """What can be corrected. Nothing that is known stands there: a link may be passed on."""
    language = _lead(token).language
    return _details(token, DetailsForm(words=pages_in(language)), language)


@bp.post("/details")
@carries_its_own_token
def update_details(token: str) -> Answer:
    """A name and a number hold at once; an address is asked for."""
    language = _lead(token).language
    form = DetailsForm(request.form, words=pages_in(language))
    if not form.validate():
        return _details(token, form, language), 422
    try:
        with transaction():
            turns.take_of(lambda: _lead(token).id)
            asks = own_details.correct(_lead(token), form.details, clock.now())
    except TooOften:
        return _details(token, form, language, busy=True), 429, {"Retry-After": str(AN_HOUR_SECONDS)}
    face = Face.of(Practice.current())
    return spoken("public/details_noted.html", face, language, asks=asks, token=token)


@bp.errorhandler(DBAPIError)
@bp.errorhandler(PoolTimeout)
def not_stored(error: Exception) -> Answer:
    """The database is locked or gone. Whatever was chosen and typed stands there still."""
    logger.error("database_unavailable", exc_info=error)
    token, language = (request.view_args or {})["token"], language_asked_for()
    words, typed = pages_in(language), request.form or None
    if str(request.endpoint).endswith("_details"):
        page = _details(token, DetailsForm(typed, words=words), language, away=True)
    else:
        form = PersonPageForm(typed, words=words)
        form.offer(clock.now().date(), has_call="stays" in request.form.getlist("answer"))
        page = _rendered(token, Face.remembered(), language, form=form, away=True)
    return page, 503, {"Retry-After": str(TRY_AGAIN_SECONDS)}


def _offered(form: PersonPageForm, lead: Lead) -> PersonPageForm:
    now = clock.now()
    form.offer(now.astimezone(Practice.current().zone).date(), has_call=lead.call_ahead(now) is not None)
    return form


def _keep_the_date(lead: Lead, form: PersonPageForm, now: datetime) -> None:
    """The owner is reminded then. Until then they are off Today, unless they have said more than that."""
    if form.month is None:
        return
    words = f"{lead.first_name} asked you to write again in {form.month.words}."
    due_at = form.month.begins(Practice.current().window)
    says_no_more = not form.message.data and lead.read_first_at is None
    reminders.remind_as_they_wish(lead, Intention(words, due_at, until_then_off=says_no_more), now)


def _page(token: str, lead: Lead, form: PersonPageForm) -> str:
    practice, call = Practice.current(), lead.call_ahead(clock.now())
    return _rendered(
        token,
        Face.of(practice),
        lead.language,
        form=form,
        call=shown_call(call, practice) if call else None,
        stop=lead.unsubscribe_token,
    )


def _rendered(token: str, face: Face, language: FormLanguage, **more: object) -> str:
    return spoken("public/person_page.html", face, language, token=token, **more)


def _details(token: str, form: DetailsForm, language: FormLanguage, **trouble: bool) -> str:
    """`trouble`: they are too `busy`, or the database is `away`."""
    face = Face.remembered() if trouble.get("away") else Face.of(Practice.current())
    return spoken("public/details.html", face, language, token=token, form=form, **trouble)


def _lead(token: str) -> Lead:
    return Lead.of_own_page(tidy(token)) or abort(404)
