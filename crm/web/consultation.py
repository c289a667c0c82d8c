"""The public forms, by themselves or inside the practice's own site. No cookie is set or read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm import clock, log
from crm.db import db, instant, transaction
from crm.flows.asking import FIRST
from crm.flows.calendars import offers_times
from crm.flows.capture import capture
from crm.models import Inquiry, InquiryForm, Practice, Starts
from crm.rules import promises
from crm.rules.intake import FormShown, Submission, TokenProblem
from crm.rules.proof import BITS, is_proof
from crm.rules.sheet_words import thanks_words
from crm.rules.sheets import Ask
from crm.rules.zones import told_by_a_browser
from crm.web import came_by
from crm.web.callers import link_after
from crm.web.clients import client_key, network_key
from crm.web.form_token import fresh_token, read_token
from crm.web.forms.checks import e164, zone_of
from crm.web.forms.consultation import form_of
from crm.web.practice_face import Face
from crm.web.security import allow_framing, carries_its_own_token
from crm.web.shown_form import ShownForm

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.models import FormVersion
    from crm.rules.intake import Limits
    from crm.web.form_token import ReadToken
    from crm.web.forms.consultation import ConsultationForm

bp = Blueprint("consultation", __name__)
logger = log.get(__name__)

FROM_THE_ADDRESS = ("page", "article", "button", "embed")
"""What the page around the form may say about itself. Nothing about a person belongs into an address."""
TYPED_AGAIN = frozenset({Ask.NAME, Ask.EMAIL, Ask.PHONE, Ask.MESSAGE, Ask.SHORT, Ask.LONG})
"""What is shown again on the page that asks to send once more; what was chosen goes along unseen."""
BOX, NOTICE = "box", "notice"
VERSION_SEEN = re.compile(r"(?P<number>[0-9]{1,6})-(?P<manner>box|notice)", re.ASCII)
"""What a page says of itself: which version it shows, and how it asks about follow-ups."""
WAIT_SECONDS = 60
TRY_AGAIN_SECONDS = 10


@dataclass(frozen=True)
class Door:
    """The form they came through, in plain values. `is_box`: what their page asked with, where it says."""

    shown: ShownForm
    as_shown: FormShown
    found_us: str
    notice_id: int
    box_id: int
    is_box: bool | None


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
    row, now, limits = InquiryForm.at(slug) or abort(404), clock.now(), _limits()
    seen = VERSION_SEEN.fullmatch(request.form.get("version", ""))
    version = row.version(int(seen["number"])) if seen else None
    shown = ShownForm.of(row, version or row.current)
    form = form_of(shown.sheet, is_strict=version is not None)(request.form)
    if not form.validate():
        form.kept_email.data = form.typed(Ask.EMAIL)
        return _page(shown, form), 422
    if _too_many(limits):
        return _page(shown, form, busy=True), 429, {"Retry-After": str(WAIT_SECONDS)}
    token = read_token(form.token.data or "", now, timedelta(hours=limits.token_hours))
    shown_at = None if token.age is None else now - token.age
    door = _door(row, version or row.current, shown, shown_at)
    with transaction():
        captured = capture(_submission(form, token, Practice.current(), door), limits, now)
        stored = {"inquiry_id": captured.inquiry.id, "lead_id": captured.lead.id}
        after = link_after(captured.inquiry.id) if offers_times(captured.lead) else None
    logger.info("inquiry_stored", **stored)
    thanks_page = url_for(".thanks", slug=shown.slug, embed=form.embed.data or None, times=after)
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


def _door(row: InquiryForm, version: FormVersion, shown: ShownForm, shown_at: datetime | None) -> Door:
    """Everything about it that the transaction needs, so that nothing is read once more there."""
    as_shown = FormShown(
        version_id=version.id,
        shown_at=shown_at,
        account_id=row.account_id,
        sequence_id=row.sequence_id if row.starts is Starts.CHOSEN else None,
        starts_nothing=row.starts is Starts.NOTHING,
    )
    seen = VERSION_SEEN.fullmatch(request.form.get("version", ""))
    is_box = seen["manner"] == BOX if seen else None
    return Door(shown, as_shown, row.found_us, version.notice_id, version.box_id, is_box)


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
    form.version.data = f"{shown.number}-{BOX if shown.asks_first(practice) else NOTICE}"
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


def _submission(form: ConsultationForm, token: ReadToken, practice: Practice, door: Door) -> Submission:
    asks_first = door.shown.asks_first(practice) if door.is_box is None else door.is_box
    consent, usable = door.shown.sheet.consent, form.has_email
    came = came_by.told_with(form, practice)
    own_site = door.shown.is_home(Face.of(practice), request.headers.get("Origin", ""))
    return Submission(
        name=form.typed(Ask.NAME),
        email=form.typed(Ask.EMAIL) if usable else "",
        unusable_email="" if usable else form.typed(Ask.EMAIL),
        phone=e164(form.typed(Ask.PHONE)) or "",
        message=form.typed(Ask.MESSAGE),
        free_times=", ".join(form.chosen(Ask.FREE_TIMES)),
        found_us=form.typed(Ask.FOUND_US) or door.found_us or came.site,
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
        token_problem=None if own_site and token.problem is TokenProblem.MISSING else token.problem,
        consent_wording=consent.box if asks_first else consent.notice,
        zone_name=told_by_a_browser(form.zone.data or ""),
        phones_zone=zone_of(form.typed(Ask.PHONE)),
        more=form.more,
        typed=form.typed_beside,
        touch=tuple(came.kept.items()),
        form=replace(door.as_shown, consent_id=door.box_id if asks_first else door.notice_id),
    )


def _too_many(limits: Limits) -> bool:
    """More notes from one place in a minute than people write."""
    given = {"place": client_key(), "since": clock.now() - timedelta(seconds=WAIT_SECONDS)}
    return (db.session.scalar(LATELY_FROM, given) or 0) >= limits.posts_per_client_minute


_inquiry = Inquiry.__table__.c
LATELY_FROM = sa.select(sa.func.count(_inquiry.id)).where(
    _inquiry.client_key == sa.bindparam("place"), _inquiry.received_at > instant("since")
)


def _limits() -> Limits:
    found: Limits = current_app.extensions["limits"]
    return found
