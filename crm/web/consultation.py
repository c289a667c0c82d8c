"""The public form at /consultation, by itself or inside the practice's own site. No cookie is set or read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm import clock, log
from crm.db import db, transaction
from crm.flows.capture import capture
from crm.models import FollowUpPolicy, Inquiry, Practice
from crm.rules import promises
from crm.rules.intake import Submission, TokenProblem
from crm.rules.proof import BITS, is_proof
from crm.rules.zones import told_by_a_browser
from crm.web.clients import client_key, network_key
from crm.web.form_token import fresh_token, read_token
from crm.web.forms.checks import e164, zone_of
from crm.web.forms.consultation import AGREED, NOTICE, ConsultationForm
from crm.web.practice_face import Face
from crm.web.security import allow_framing, carries_its_own_token

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from crm.rules.intake import Limits
    from crm.web.form_token import ReadToken

bp = Blueprint("consultation", __name__)
logger = log.get(__name__)

FROM_THE_ADDRESS = ("page", "article", "button", "embed")
"""What the page around the form may say about itself. Nothing about a person belongs into an address."""
WAIT_SECONDS = 60
TRY_AGAIN_SECONDS = 10


@bp.get("/consultation")
def new() -> str:
    form = ConsultationForm(data={name: request.args.get(name, "") for name in FROM_THE_ADDRESS})
    return _page(form)


@bp.post("/consultation")
@carries_its_own_token
def create() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Store the inquiry, then say thanks. What is missing is said kindly, and nothing typed is lost."""
    form, now, limits = ConsultationForm(request.form), clock.now(), _limits()
    if not form.validate():
        form.kept_email.data = form.email.data
        return _page(form), 422
    if _too_many(limits):
        return _page(form, busy=True), 429, {"Retry-After": str(WAIT_SECONDS)}
    token = read_token(form.token.data or "", now, timedelta(hours=limits.token_hours))
    with transaction():
        captured = capture(_submission(form, token, Practice.current()), limits, now)
    logger.info("inquiry_stored", inquiry_id=captured.inquiry.id, lead_id=captured.lead.id)
    return redirect(url_for("consultation.thanks", embed=form.embed.data or None), 303)


@bp.get("/consultation/thanks")
def thanks() -> str:
    """When he answers, in words. Nothing of what they sent stands here or in the address."""
    practice = Practice.current()
    by = promises.reply_by(clock.now(), practice.promise, practice.window)
    by_when = promises.by_when_in_words(by, practice.window)
    return _render("public/thanks.html", Face.of(practice), by_when=by_when)


@bp.errorhandler(DBAPIError)
@bp.errorhandler(PoolTimeout)
def not_stored(error: Exception) -> tuple[str, int, dict[str, str]]:
    """The database is locked or gone. Whatever was typed comes back, to be sent once more."""
    logger.error("database_unavailable", exc_info=error)
    typed = ConsultationForm(request.form) if request.method == "POST" else None
    page = _render("public/not_stored.html", Face.remembered(), form=typed)
    return page, 503, {"Retry-After": str(TRY_AGAIN_SECONDS)}


def _page(form: ConsultationForm, *, busy: bool = False) -> str:
    practice = Practice.current()
    if read_token(form.token.data or "", clock.now(), timedelta.max).problem:
        form.token.data = fresh_token()
    return _render(
        "public/consultation.html",
        Face.of(practice),
        form=form,
        busy=busy,
        asks_first=practice.follow_up_policy is FollowUpPolicy.ASK_FIRST,
        follow_up_notice=NOTICE,
        promise=promises.SCREEN_WORDS[practice.promise],
        proof_bits=BITS if practice.asks_proof else None,
    )


def _render(template: str, face: Face, **more: object) -> str:
    allow_framing(face.framed_by)
    around = {
        "practice": face,
        "embedded": request.values.get("embed", ""),
        "answer": request.method == "POST" or request.endpoint == "consultation.thanks",
    }
    return render_template(template, **around, **more)


def _submission(form: ConsultationForm, token: ReadToken, practice: Practice) -> Submission:
    asks_first = practice.follow_up_policy is FollowUpPolicy.ASK_FIRST
    usable = form.has_email
    return Submission(
        name=form.name.data or "",
        email=form.email.data if usable else "",
        unusable_email="" if usable else form.email.data or "",
        phone=e164(form.phone.data or "") or "",
        message=form.message.data or "",
        free_times=", ".join(form.free_times.data or []),
        found_us=form.found_us.data or "",
        page=form.page.data or "",
        article=form.article.data or "",
        button=form.button.data or "",
        personal_only=bool(form.personal_only.data),
        agreed=bool(form.agreed.data) if asks_first else None,
        nonce=token.nonce,
        client_key=client_key(),
        network_key=network_key(),
        proof=is_proof(form.token.data or "", form.proof.data or "") if practice.asks_proof else None,
        honeypot=form.website.data or "",
        seconds_to_fill=token.age.total_seconds() if token.age is not None else None,
        token_problem=None if _from_own_site(Face.of(practice), token) else token.problem,
        consent_wording=AGREED if asks_first else NOTICE,
        zone_name=told_by_a_browser(form.zone.data or ""),
        phones_zone=zone_of(form.phone.data or ""),
    )


def _from_own_site(face: Face, token: ReadToken) -> bool:
    """A plain form written into the practice's own pages carries no token; its browser names the site."""
    return token.problem is TokenProblem.MISSING and face.is_home(request.headers.get("Origin", ""))


def _too_many(limits: Limits) -> bool:
    """More notes from one place in a minute than people write."""
    lately = sa.select(sa.func.count(Inquiry.id)).where(
        Inquiry.client_key == client_key(),
        Inquiry.received_at > clock.now() - timedelta(seconds=WAIT_SECONDS),
    )
    return (db.session.scalar(lately) or 0) >= limits.posts_per_client_minute


def _limits() -> Limits:
    found: Limits = current_app.extensions["limits"]
    return found
