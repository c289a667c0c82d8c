"""The public form at /consultation, by itself or inside the practice's own site. No cookie is set or read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Blueprint, current_app, redirect, render_template, request, url_for

from crm import clock, log
from crm.db import db, transaction
from crm.flows.capture import capture
from crm.models import FollowUpPolicy, Inquiry, Practice
from crm.rules import promises
from crm.rules.intake import Submission, TokenProblem
from crm.web.clients import client_key
from crm.web.form_token import ReadToken, fresh_token, read_token
from crm.web.forms.checks import e164
from crm.web.forms.consultation import AGREED, NOTICE, ConsultationForm
from crm.web.security import allow_framing, carries_its_own_token

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from config import Config

bp = Blueprint("consultation", __name__)
logger = log.get(__name__)
WAIT_SECONDS = 60


@bp.get("/consultation")
def new() -> str:
    form = ConsultationForm(request.args)
    form.token.data = fresh_token()
    return _page(form)


@bp.post("/consultation")
@carries_its_own_token
def create() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Store the inquiry, then say thanks. What is missing is said kindly, and nothing typed is lost."""
    form, now, config = ConsultationForm(request.form), clock.now(), _config()
    if not form.validate():
        form.kept_email.data = form.email.data
        return _page(form), 422
    if _too_many(config):
        return _page(form, busy=True), 429, {"Retry-After": str(WAIT_SECONDS)}
    token = read_token(form.token.data or "", now, timedelta(hours=config.form_token_hours))
    with transaction():
        captured = capture(_submission(form, token), current_app.extensions["limits"], now)
    logger.info("inquiry_stored", inquiry_id=captured.inquiry.id, lead_id=captured.lead.id)
    return redirect(url_for("consultation.thanks", embed=form.embed.data or None), 303)


@bp.get("/consultation/thanks")
def thanks() -> str:
    """When he answers, in words. Nothing of what they sent stands here or in the address."""
    practice = Practice.current()
    by = promises.reply_by(clock.now(), practice.promise, practice.window)
    return _render("public/thanks.html", practice, by_when=promises.by_when_in_words(by, practice.window))


def _page(form: ConsultationForm, *, busy: bool = False) -> str:
    practice = Practice.current()
    return _render(
        "public/consultation.html",
        practice,
        form=form,
        busy=busy,
        asks_first=practice.follow_up_policy is FollowUpPolicy.ASK_FIRST,
        follow_up_notice=NOTICE,
        promise=promises.SCREEN_WORDS[practice.promise],
    )


def _render(template: str, practice: Practice, **more: object) -> str:
    allow_framing(_framed_by(practice))
    embedded = bool(request.values.get("embed"))
    return render_template(template, practice=practice, embedded=embedded, **more)


def _framed_by(practice: Practice) -> str:
    """The practice's own site, with and without www, may show the form in a frame."""
    site = urlsplit(practice.website)
    if not site.netloc:
        return "'self'"
    bare = site.netloc.removeprefix("www.")
    return f"'self' {site.scheme}://{bare} {site.scheme}://www.{bare}"


def _submission(form: ConsultationForm, token: ReadToken) -> Submission:
    practice = Practice.current()
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
        honeypot=form.website.data or "",
        seconds_to_fill=token.age.total_seconds() if token.age is not None else None,
        token_problem=None if _from_own_site(practice, token) else token.problem,
        consent_wording=AGREED if asks_first else NOTICE,
    )


def _from_own_site(practice: Practice, token: ReadToken) -> bool:
    """A plain form written into the practice's own pages carries no token; its browser names the site."""
    site = urlsplit(practice.website).netloc.removeprefix("www.")
    sender = urlsplit(request.headers.get("Origin", "")).netloc.removeprefix("www.")
    return token.problem is TokenProblem.MISSING and bool(site) and sender == site


def _too_many(config: Config) -> bool:
    """More notes from one place in a minute than people write."""
    lately = sa.select(sa.func.count(Inquiry.id)).where(
        Inquiry.client_key == client_key(),
        Inquiry.received_at > clock.now() - timedelta(seconds=WAIT_SECONDS),
    )
    return (db.session.scalar(lately) or 0) >= config.form_posts_per_client_minute


def _config() -> Config:
    config: Config = current_app.extensions["config"]
    return config
