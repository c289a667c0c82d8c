"""Settings, Ways in: the programs that may hand in inquiries, how to connect each, and its token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, flash, request, session, url_for

from crm import clock
from crm.db import db, transaction
from crm.models import Account, Delivery, Practice, Sequence, Source, Trigger
from crm.rules.intake import ANSWERS_AT_MOST
from crm.rules.mapping import parts_from
from crm.rules.signatures import SIGNERS
from crm.rules.telling import moment, opening, things
from crm.rules.ways_in import SourceKind, scopes_of
from crm.web.forms.ways_in import NewSourceForm, SecretForm, SourceForm, number_in
from crm.web.handed_in import settle_waiting
from crm.web.payload_view import PART_WORDS, arrivals, objection
from crm.web.respond import done, get_or_404, go
from crm.web.settings_frame import settings_page, settings_subpage
from crm.web.source_tokens import fresh_token, token_hash
from crm.web.ways_in_words import KIND_WORDS, STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.links import Links
    from crm.rules.mapping import Part

bp = Blueprint("ways_in", __name__, url_prefix="/ways-in")
SIGNED_ONLY = "From now on only what is signed with it comes in."
FRESH = "fresh_token"
"""Where a new token waits for the one page that shows it."""


@bp.get("")
def show() -> str:
    return _list(NewSourceForm())


@bp.post("")
def create() -> Response | tuple[str, int]:
    """A new way in. Its page shows the token, once."""
    form = NewSourceForm(request.form)
    if not form.validate():
        return _list(form), 422
    kind, token = SourceKind(form.kind.data), fresh_token()
    with transaction() as rows:
        source = Source(name=form.name.data, kind=kind, made_at=clock.now())
        source.scopes = [str(scope) for scope in scopes_of(kind)]
        source.give_token(token, token_hash(token))
        rows.add(source)
        rows.flush()
        to = url_for(".one", source_id=source.id)
    session[FRESH] = token
    flash(f"{form.name.data} is open. Now connect it.", "message")
    return go(to)  # and not back to the list: the token is shown there, once


@bp.get("/<int:source_id>")
def one(source_id: int) -> str:
    source = get_or_404(Source, source_id)
    return _page(source, _form(source, obj=source))


@bp.post("/<int:source_id>")
def update(source_id: int) -> Response | tuple[str, int]:
    form = _form(source := get_or_404(Source, source_id))
    if not form.validate():
        return _page(source, form), 422
    with transaction():
        source = get_or_404(Source, source_id)
        source.name, source.found_us = form.name.data, form.found_us.data
        source.account_id, source.sequence_id = number_in(form.account_id), number_in(form.sequence_id)
    return done("Saved. It holds for whoever comes in from now on.", to=url_for(".one", source_id=source_id))


@bp.post("/<int:source_id>/token")
def create_token(source_id: int) -> Response:
    """Another token: the one before it is lost, or somebody has it who should not."""
    token = fresh_token()
    with transaction():
        get_or_404(Source, source_id, lock=True).give_token(token, token_hash(token))
    session[FRESH] = token
    return done(
        "Here is a new one. The one before it opens nothing any more.",
        to=url_for(".one", source_id=source_id),
    )


@bp.post("/<int:source_id>/revocation")
def create_revocation(source_id: int) -> Response:
    with transaction():
        source = get_or_404(Source, source_id, lock=True)
        source.revoke(clock.now())
        name = source.name
    return done(f"{name} is shut. Nothing comes in by it.", to=url_for(".one", source_id=source_id))


@bp.post("/<int:source_id>/secret")
def update_secret(source_id: int) -> Response | tuple[str, int]:
    """What the builder signs with. From then on only what is signed comes in."""
    form, source = SecretForm(request.form), get_or_404(Source, source_id)
    if source.kind not in SIGNERS:
        abort(404)
    if not form.validate():
        return _page(source, _form(source, obj=source), secret=form), 422
    with transaction():
        get_or_404(Source, source_id).signing_secret = form.signing_secret.data
    signs = bool(form.signing_secret.data)
    return _settled(source_id, SIGNED_ONLY if signs else "No secret any more.")


@bp.post("/<int:source_id>/mapping")
def update_mapping(source_id: int) -> Response | tuple[str, int]:
    """Which field is what. It holds for what waits, too: whoever can be answered now becomes an inquiry."""
    source, parts = get_or_404(Source, source_id), _parts(request.form)
    if problem := objection(parts):
        return _page(source, _form(source, obj=source), chosen=parts, problem=problem), 422
    with transaction():
        get_or_404(Source, source_id, lock=True).learn(parts)
    return _settled(source_id, "Saved.")


@bp.post("/<int:source_id>/retries")
def create_retry(source_id: int) -> Response:
    """Look at all that waits once more."""
    get_or_404(Source, source_id)
    return _settled(source_id, "Looked at once more.")


@bp.post("/<int:source_id>/deliveries/<int:delivery_id>/oblivion")
def create_oblivion(source_id: int, delivery_id: int) -> Response:
    """Nobody wrote this: a test, an advertisement."""
    with transaction():
        delivery = get_or_404(Delivery, delivery_id, lock=True)
        if delivery.source_id != source_id or not delivery.waits:
            abort(404)
        delivery.forget()
    return done("Forgotten.", to=url_for(".one", source_id=source_id))


def _settled(source_id: int, words: str) -> Response:
    came = settle_waiting(source_id)
    more = (
        f" {opening(things(came, 'inquiry', 'inquiries'))} that waited {was(came)} on Today now."
        if came
        else ""
    )
    return done(words + more, to=url_for(".one", source_id=source_id))


def was(count: int) -> str:
    return "is" if count == 1 else "are"


def _parts(form: Mapping[str, str]) -> dict[str, Part]:
    """What the owner says of each field, by the name the form has for it."""
    told = {
        form[name]: form.get(f"part-{name.removeprefix('key-')}", "")
        for name in form
        if name.startswith("key-")
    }
    return parts_from(dict(list(told.items())[:ANSWERS_AT_MOST]))


def _form(source: Source, **filled: object) -> SourceForm:
    form = SourceForm(request.form if request.method == "POST" and not filled else None, **filled)
    starts = (Sequence.trigger == Trigger.INQUIRY, Sequence.active | (Sequence.id == source.sequence_id))
    form.offer(_names(Account), _names(Sequence, *starts))
    return form


def _names(model: type[Account | Sequence], *which: sa.ColumnElement[bool]) -> dict[int, str]:
    rows = db.session.execute(sa.select(model.id, model.name).where(*which).order_by(model.name))
    return {row.id: row.name for row in rows}


def _list(form: NewSourceForm) -> str:
    practice, now = Practice.current(), clock.now()
    kept = {row[0]: row[1] for row in db.session.execute(Delivery.waiting_by_source())}
    sources = db.session.scalars(Source.all()).all()
    used = {each.id: _when(each.last_used_at, practice, now) for each in sources}
    return settings_page(
        "ways_in", practice, form=form, sources=sources, used=used, kept=kept, kind_words=KIND_WORDS
    )


def _page(
    source: Source,
    form: SourceForm,
    secret: SecretForm | None = None,
    chosen: Mapping[str, Part] | None = None,
    problem: str = "",
) -> str:
    links: Links = current_app.extensions["links"]
    practice, now = Practice.current(), clock.now()
    token = session.pop(FRESH, None)
    return settings_subpage(
        "way_in",
        "ways_in",
        practice,
        source=source,
        form=form,
        secret=secret or SecretForm(),
        signs=source.kind in SIGNERS,
        token=token,
        address=links.hook(token) if token and source.kind is not SourceKind.API else None,
        reference=links.api_reference(),
        steps=STEPS[source.kind],
        kind_words=KIND_WORDS,
        used=_when(source.last_used_at, practice, now),
        arrivals=arrivals(source, chosen, now),
        parts=list(PART_WORDS.items()),
        problem=problem,
    )


def _when(at: datetime | None, practice: Practice, now: datetime) -> str | None:
    return moment(at, now, practice.zone) if at else None
