"""The public forms, by themselves or inside the practice's own site. No cookie is set or read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm import clock, log
from crm.db import db, instant, once_more, transaction
from crm.flows.asking import FIRST
from crm.flows.calendars import offers_times
from crm.flows.capture import capture
from crm.models import Inquiry, InquiryForm, Opening, Practice, Starts
from crm.models.inquiry_form import AT
from crm.rules import promises
from crm.rules.pages import pages_in
from crm.rules.proof import BITS
from crm.rules.sheet_words import thanks_words
from crm.rules.sheets import Ask, is_slug
from crm.web import came_by
from crm.web.callers import link_after
from crm.web.clients import client_key
from crm.web.form_token import fresh_token, read_token
from crm.web.forms.consultation import form_of
from crm.web.page_seen import PageSeen, page_seen
from crm.web.practice_face import Face
from crm.web.security import allow_framing, carries_its_own_token
from crm.web.sent_note import door_of, submission_of
from crm.web.shown_form import ShownForm

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.rules.intake import Limits, Submission
    from crm.web.forms.consultation import ConsultationForm

bp = Blueprint("consultation", __name__)
logger = log.get(__name__)

FROM_THE_ADDRESS = ("page", "article", "button", "embed")
"""What the page around the form may say about itself. Nothing about a person belongs into an address."""
TYPED_AGAIN = frozenset({Ask.NAME, Ask.EMAIL, Ask.PHONE, Ask.MESSAGE, Ask.SHORT, Ask.LONG})
"""What is shown again on the page that asks to send once more; what was chosen goes along unseen."""
WAIT_SECONDS = 60
TRY_AGAIN_SECONDS = 10


@dataclass(frozen=True)
class Knocked:
    """The form somebody is at, how many notes came from there lately, and whether calls are taken."""

    form: InquiryForm
    lately: int
    takes_calls: bool


@dataclass(frozen=True)
class Stored:
    """Which inquiry it is and whose; `times` leads on to where a time can be chosen, if one can."""

    inquiry_id: int
    lead_id: int
    times: str | None


@bp.get("/consultation", defaults={"slug": FIRST})
@bp.get("/f/<slug>")
def new(slug: str) -> Response | str | tuple[str, int]:
    """The form at this address; what it had for an address before leads to where it is now."""
    row = InquiryForm.at(slug) or abort(404)
    if row.slug != slug:
        asked_with = request.query_string.decode(errors="replace")
        return redirect(f"{url_for('.new', slug=row.slug)}?{asked_with}".rstrip("?"), 303)
    shown = ShownForm.of(row, row.current)
    if not row.is_open:
        return _resting(row, shown)
    known = {name: request.args.get(name, "") for name in FROM_THE_ADDRESS}
    known["button"] = known["button"] or request.args.get("from", "")
    known["touch"] = came_by.on_the_way(known["page"], Practice.current()).as_query
    return _page(shown, form_of(shown.sheet)(data=known))


@bp.post("/consultation", defaults={"slug": FIRST})
@bp.post("/f/<slug>")
@carries_its_own_token
def create(slug: str) -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Store the inquiry, then say thanks. What is missing is said kindly, and nothing typed is lost.

    Also where the form rests or was put away meanwhile, and by the questions of the version they saw.
    """
    now, limits = clock.now(), _limits()
    knocked = _knocked(slug, now) or abort(404)
    row = knocked.form
    seen = page_seen(request.form.get("version", ""))
    version = row.version(seen.number) if seen else None
    shown = ShownForm.of(row, version or row.current)
    form = form_of(shown.sheet, is_strict=version is not None)(request.form)
    if not form.validate():
        form.kept_email.data = form.typed(Ask.EMAIL)
        return _page(shown, form), 422
    if knocked.lately >= limits.posts_per_client_minute:
        return _page(shown, form, busy=True), 429, {"Retry-After": str(WAIT_SECONDS)}
    token = read_token(form.token.data or "", now, timedelta(hours=limits.token_hours))
    shown_at = None if token.age is None else now - token.age
    door = door_of(row, version or row.current, shown, shown_at)
    submission = submission_of(form, token, Practice.current(), door)
    stored = once_more(partial(_captured, submission, limits, now, takes_calls=knocked.takes_calls))
    logger.info("inquiry_stored", inquiry_id=stored.inquiry_id, lead_id=stored.lead_id)
    thanks_page = url_for(".thanks", slug=shown.slug, embed=form.embed.data or None, times=stored.times)
    return redirect(thanks_page, 303)


@bp.get("/consultation/thanks", defaults={"slug": FIRST})
@bp.get("/f/<slug>/thanks")
def thanks(slug: str) -> str:
    """When he answers, in words. Nothing of what they sent stands here or in the address."""
    row, practice = InquiryForm.at(slug) or abort(404), Practice.current()
    shown = ShownForm.of(row, row.current)
    by = promises.reply_by(clock.now(), practice.promise, practice.window)
    return _render(
        "public/thanks.html",
        Face.of(practice),
        shown,
        thanks_words=thanks_words(shown.sheet, by, practice.window),
        times=request.args.get("times", ""),
        pages=pages_in(shown.sheet.language),
        sends=row.starts is not Starts.NOTHING and shown.sheet.asks_for(Ask.EMAIL),
    )


@bp.errorhandler(DBAPIError)
@bp.errorhandler(PoolTimeout)
def not_stored(error: Exception) -> tuple[str, int, dict[str, str]]:
    """The database is locked or gone. Whatever was typed comes back, to be sent once more."""
    logger.error("database_unavailable", exc_info=error)
    slug = (request.view_args or {}).get("slug", FIRST)
    shown, is_sent = ShownForm.remembered(slug), request.method == "POST"
    again = [each for each in shown.sheet.questions if each.ask in TYPED_AGAIN]
    visible = {"website", *(each.key for each in again)}
    page = _render(
        "public/not_stored.html",
        Face.remembered(),
        shown,
        form=form_of(shown.sheet)(request.form) if is_sent else None,
        again=again,
        besides=[pair for pair in request.form.items(multi=True) if pair[0] not in visible],
        address=url_for(".new" if is_sent else str(request.endpoint), slug=slug, embed=_embed() or None),
    )
    return page, 503, {"Retry-After": str(TRY_AGAIN_SECONDS)}


def _captured(submission: Submission, limits: Limits, now: datetime, *, takes_calls: bool) -> Stored:
    """A page that somebody's cache shows to many has one nonce for all of them."""
    with transaction(Practice.current()):
        captured = capture(submission, limits, now)
        times = link_after(captured.inquiry_id) if takes_calls and offers_times(captured.lead) else None
        return Stored(captured.inquiry_id, captured.lead_id, times)


def _resting(row: InquiryForm, shown: ShownForm) -> tuple[str, int]:
    """It takes nothing new: how else to reach the practice, and who to call at once."""
    practice = Practice.current()
    others = db.session.scalars(InquiryForm.all()).all()
    other = next((each.slug for each in others if each.is_open), None)
    page = _render(
        "public/resting.html",
        Face.of(practice),
        shown,
        pause_words=row.pause_words,
        email=practice.sender_address,
        elsewhere=url_for(".new", slug=other, embed=_embed() or None) if other else None,
    )
    return page, 410 if row.archived_at else 200


def _page(shown: ShownForm, form: ConsultationForm, *, busy: bool = False) -> str:
    practice = Practice.current()
    form.version.data = str(PageSeen(shown.number, shown.asks_first(practice)))
    if read_token(form.token.data or "", clock.now(), timedelta.max).problem:
        form.token.data = fresh_token()
    return _render(
        "public/consultation.html",
        Face.of(practice),
        shown,
        form=form,
        busy=busy,
        asks_first=shown.asks_first(practice),
        promise=shown.words.promises[practice.promise],
        button_words=shown.button_words(practice.signer),
        proof_bits=BITS if practice.asks_proof else None,
    )


def _render(template: str, face: Face, shown: ShownForm, **more: object) -> str:
    allow_framing(shown.framed_by(face))
    around = {
        "practice": face,
        "shown": shown,
        "embedded": _embed(),
        "answer": request.method == "POST" or request.endpoint == "consultation.thanks",
    }
    return render_template(template, **around, **more)


def _embed() -> str:
    return str(request.values.get("embed", ""))


def _knocked(slug: str, now: datetime) -> Knocked | None:
    """In one statement. The practice comes along, for whoever asks for it next."""
    given = {"slug": slug, "place": client_key(), "since": now - timedelta(seconds=WAIT_SECONDS)}
    found = db.session.execute(KNOCKED, given).one_or_none() if is_slug(slug) else None
    if found is None:
        return None
    form, practice, lately, takes_calls = found
    practice.keep()
    return Knocked(form, lately, takes_calls)


_inquiry = Inquiry.__table__.c
LATELY_FROM = sa.select(sa.func.count(_inquiry.id)).where(
    _inquiry.client_key == sa.bindparam("place"), _inquiry.received_at > instant("since")
)
KNOCKED = AT.join(Practice, Practice.id == 1).add_columns(
    Practice, LATELY_FROM.scalar_subquery(), sa.exists().select_from(Opening)
)


def _limits() -> Limits:
    found: Limits = current_app.extensions["limits"]
    return found
