"""Settings, Mailbox: by which way answers come in, and a test that both halves of it work."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, abort, current_app, flash, request, session, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import proofs
from crm.models import MailAccount, MailParcel, MailProvider, Practice
from crm.rules.providers import ProviderKind
from crm.rules.telling import moment
from crm.web.access import account
from crm.web.both_ways import bounce_outcome
from crm.web.forms.mailbox import NewProviderForm, SigningKeyForm
from crm.web.mail_words import PROVIDER_STEPS, PROVIDER_WORDS
from crm.web.respond import done, get_or_404, go
from crm.web.settings_frame import settings_page
from crm.web.settings_sending import ROUND_TRIP, last_outcome
from crm.web.source_tokens import token_hash

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.links import Links

bp = Blueprint("mailbox", __name__, url_prefix="/mailbox")
FRESH = "fresh_mail_address"
"""Where a new address waits for the one page that shows it."""
SHOWN = 10


@dataclass(frozen=True)
class Shown:
    """One provider as the page tells of it. `last`: what it handed over last, and when."""

    provider: MailProvider
    name: str
    steps: tuple[str, ...]
    last: str
    address: str


@bp.get("")
def show() -> str:
    return _page(NewProviderForm())


@bp.post("/providers")
def create() -> Response | tuple[str, int]:
    """Connect one. The page shows its address, once."""
    form = NewProviderForm(request.form)
    if not form.validate():
        return _page(form), 422
    kind, token = ProviderKind(form.kind.data), secrets.token_urlsafe(32)
    with transaction() as rows:
        provider = MailProvider(kind=kind, made_at=clock.now())
        provider.give_token(token, token_hash(f"mail:{token}"))
        if _of(kind) is not None:
            return done(f"{PROVIDER_WORDS[kind]} is connected already.", to=url_for(".show"))
        rows.add(provider)
        rows.flush()
        provider_id = provider.id
    return _with_address(provider_id, token, f"{PROVIDER_WORDS[kind]} may post here now.")


@bp.post("/providers/<int:provider_id>/address")
def create_address(provider_id: int) -> Response:
    """Another one: the one before it is lost, or somebody has it who should not."""
    token = secrets.token_urlsafe(32)
    with transaction():
        provider = get_or_404(MailProvider, provider_id, lock=True)
        provider.give_token(token, token_hash(f"mail:{token}"))
    return _with_address(provider_id, token, "Here is a new one. Nothing comes in by the one before it.")


@bp.post("/providers/<int:provider_id>/closure")
def create_closure(provider_id: int) -> Response:
    with transaction():
        provider = get_or_404(MailProvider, provider_id, lock=True)
        provider.close(clock.now())
        words = f"{PROVIDER_WORDS[provider.kind]} is disconnected. Nothing comes in by it."
    return done(words, to=url_for(".show"))


@bp.post("/providers/<int:provider_id>/key")
def update_key(provider_id: int) -> Response | tuple[str, int]:
    """What Mailgun signs with. Without it nothing is believed."""
    form, provider = SigningKeyForm(request.form), get_or_404(MailProvider, provider_id)
    if provider.kind is not ProviderKind.MAILGUN:
        abort(404)
    if not form.validate():
        return _page(NewProviderForm(), signing=form), 422
    with transaction():
        provider = get_or_404(MailProvider, provider_id)
        provider.signing_secret, provider.trouble = form.signing_secret.data, ""
    return done("Saved. What Mailgun signs with it comes in.", to=url_for(".show"))


@bp.post("/unknown/acknowledgement")
def acknowledge() -> Response:
    """The owner has seen what nobody knows."""
    with transaction():
        MailParcel.see_all()
    return done("They are put away.", to=url_for(".show"))


@bp.post("/tests")
def create_test() -> Response:
    """Both halves at once."""
    with transaction():
        now, practice = clock.now(), Practice.current()
        if not practice.sender_address:
            return done("Say first who emails come from.", to=url_for("settings.sending.show"))
        proofs.send_test(ROUND_TRIP, account(), now, practice.sender_address)
        proofs.send_probe(account(), now)
        practice.account_tested_at = now
    return done("Two tests leave now: one has to come back, one has to bounce.", to=url_for(".show"))


def _with_address(provider_id: int, token: str, words: str) -> Response:
    session[FRESH] = [provider_id, token]
    flash(words, "message")
    return go(url_for(".show"))  # and to no other page: the address is shown there, once


def _page(form: NewProviderForm, signing: SigningKeyForm | None = None) -> str:
    now, practice = clock.now(), Practice.current()
    fresh = session.pop(FRESH, [0, ""])
    read_at = MailAccount.last_read()
    providers = [_shown(each, fresh, practice, now) for each in db.session.scalars(MailProvider.all())]
    form.offer({each.provider.kind for each in providers})
    return settings_page(
        "mailbox",
        practice,
        form=form,
        signing=signing or SigningKeyForm(),
        providers=providers,
        read_at=moment(read_at, now, practice.zone) if read_at else None,
        unknown=list(db.session.scalars(MailParcel.unknown().limit(SHOWN))),
        names=PROVIDER_WORDS,
        outcomes=[each for each in (last_outcome(practice, now), bounce_outcome(practice, now)) if each],
        reads=read_at is not None or any(not each.provider.closed_at for each in providers),
    )


def _shown(provider: MailProvider, fresh: list[object], practice: Practice, now: datetime) -> Shown:
    links: Links = current_app.extensions["links"]
    last = (
        f"{provider.last_called}, {moment(provider.last_at, now, practice.zone)}" if provider.last_at else ""
    )
    address = links.mail_in(str(fresh[1])) if fresh[0] == provider.id else ""
    return Shown(provider, PROVIDER_WORDS[provider.kind], PROVIDER_STEPS[provider.kind], last, address)


def _of(kind: ProviderKind) -> MailProvider | None:
    return next((each for each in db.session.scalars(MailProvider.all()) if each.kind is kind), None)
