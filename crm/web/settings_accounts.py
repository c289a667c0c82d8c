"""Settings, People who sign in: who they are, what they may be, and whom the owner asks to join."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, request, url_for
from sqlalchemy.exc import IntegrityError

from crm import clock, log
from crm.db import db, transaction
from crm.flows import entry_links
from crm.flows.leaving import left_behind
from crm.models import Account, Invitation, LastOwner, Passkey, Practice, SignIn
from crm.models.one_time_link import INVITATION_LIFE
from crm.models.second_step import turn_off, with_password_alone
from crm.rules.roles import Role
from crm.rules.telling import date_words
from crm.web.access import account
from crm.web.again import freshly_authenticated
from crm.web.forms.accounts import ROLE_WORDS, InvitationForm, RoleForm
from crm.web.respond import done, get_or_404
from crm.web.settings_frame import settings_page, settings_subpage

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

bp = Blueprint("accounts", __name__, url_prefix="/accounts")
logger = log.get(__name__)
LAST_OWNER = "Somebody has to own the practice. Make someone else an owner first."
TAKEN = "Someone here signs in with that address already."


@bp.before_request
def _owners_only() -> None:
    if account().role is not Role.OWNER:
        abort(403, "Only an owner decides who signs in.")


@bp.get("")
def show() -> str:
    return _page(InvitationForm())


@bp.post("/invitations")
@freshly_authenticated
def create() -> str | tuple[str, int]:
    """The link is mailed, and shown this once for whoever would rather hand it over."""
    form = InvitationForm(request.form)
    if not form.validate() or _is_taken(form):
        return _page(form), 422
    links = current_app.extensions["links"]
    try:
        with transaction():
            me = db.session.get_one(Account, account().id)
            token = entry_links.invite(form.guest, me, links, clock.now())
    except IntegrityError:  # two invited the same address at the same moment
        form.email.errors = ["Somebody is inviting them just now. Look below."]
        return _page(form), 422
    logger.info("invited", account_id=account().id)
    return _page(InvitationForm(), invited=form.guest, link=links.joining(token))


@bp.post("/invitations/<int:invitation_id>/withdrawal")
def withdraw(invitation_id: int) -> Response:
    with transaction():
        get_or_404(Invitation, invitation_id)
        was_open = entry_links.withdraw(clock.now(), Invitation.id == invitation_id)
    words = "The invitation is taken back. Its link opens nothing any more."
    return done(words if was_open else "It was used or taken back already.", to=url_for(".show"))


@bp.post("/second-step")
@freshly_authenticated
def update_second_step() -> Response:
    """Whether everybody must use one. Who has none is led to it when they next sign in."""
    demanded = "second_step" in request.form
    with transaction():
        practice = Practice.current()
        if demanded:
            practice.demand_second_step(clock.now())
        else:
            practice.second_step_since = None
    logger.info("second_step_demanded", account_id=account().id, demanded=demanded)
    words = "Everybody uses a second step from now on." if demanded else "A second step is offered again."
    return done(words, to=url_for(".show"))


@bp.post("/<int:account_id>/role")
@freshly_authenticated
def change_role(account_id: int) -> Response:
    form = RoleForm(request.form)
    if not form.validate():
        abort(400)
    return _change(
        account_id,
        lambda one: one.become(Role(form.role.data)),
        lambda one: f"{one.name} is {ROLE_WORDS[one.role].article} now.",
    )


@bp.get("/<int:account_id>/deactivation/new")
def new_deactivation(account_id: int) -> str:
    """What would still be theirs, each with the way to where it is changed."""
    one, practice = get_or_404(Account, account_id), Practice.current()
    left = left_behind(account_id, clock.now())
    return settings_subpage("deactivation", "accounts", practice, one=one, left=left)


@bp.post("/<int:account_id>/deactivation")
@freshly_authenticated
def deactivate(account_id: int) -> Response:
    return _change(
        account_id,
        lambda one: one.deactivate(clock.now()),
        lambda one: f"{one.name} can’t sign in any more, and is signed out everywhere.",
    )


@bp.post("/<int:account_id>/reactivation")
@freshly_authenticated
def reactivate(account_id: int) -> Response:
    return _change(account_id, lambda one: one.reactivate(), lambda one: f"{one.name} can sign in again.")


@bp.post("/<int:account_id>/sign-out")
@freshly_authenticated
def sign_out(account_id: int) -> Response:
    return _change(
        account_id,
        lambda one: one.sign_out(clock.now()),
        lambda one: f"{one.name} is signed out everywhere.",
    )


@bp.post("/<int:account_id>/second-step/removal")
@freshly_authenticated
def turn_second_step_off(account_id: int) -> Response:
    """For somebody who lost the phone and the codes. Speak with them first: the page says so."""
    return _change(account_id, turn_off, lambda one: f"{one.name} signs in with the password alone now.")


def _change(account_id: int, act: Callable[[Account], None], words: Callable[[Account], str]) -> Response:
    """One change of one account, with the owners held still meanwhile: somebody always owns the practice."""
    try:
        with transaction():
            get_or_404(Account, account_id)
            one = Account.alone(account_id)
            act(one)
            said = words(one)
    except LastOwner:
        return done(LAST_OWNER, to=url_for(".show"))
    logger.info("account_changed", account_id=account_id, by=account().id, what=request.endpoint)
    return done(said, to=url_for(".show"))


def _is_taken(form: InvitationForm) -> bool:
    if db.session.scalar(sa.select(Account.id).where(Account.email == form.guest.email)) is None:
        return False
    form.email.errors = [TAKEN]
    return True


def _page(form: InvitationForm, **more: object) -> str:
    now, practice = clock.now(), Practice.current()
    seen = sa.select(sa.func.max(SignIn.seen_at)).where(SignIn.account_id == Account.id).scalar_subquery()
    has_passkey = sa.exists().where(Passkey.account_id == Account.id)
    active = Account.deactivated_at.is_not(None)
    everybody = sa.select(Account, seen, has_passkey).order_by(active, Account.id)
    return settings_page(
        "accounts",
        practice,
        form=form,
        people=db.session.execute(everybody).all(),
        invitations=db.session.scalars(Invitation.waiting(now)).all(),
        until=lambda invitation: date_words(
            (invitation.created_at + INVITATION_LIFE).astimezone(practice.zone).date(),
            now.astimezone(practice.zone).date(),
        ),
        role_words=ROLE_WORDS,
        role_choices=[(str(role), words.name) for role, words in ROLE_WORDS.items()],
        me=account(),
        alone=len(db.session.scalars(with_password_alone()).all()),
        **more,
    )
