"""After the sign-in: may this role do what is asked? What it may not do gets a page that says who can."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import abort, current_app, g, has_request_context, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from crm.db import EYES, db
from crm.models import Account
from crm.rules.permissions import ALLOWED, SIGHT, May, Sight, may, may_change, roles_that_may
from crm.rules.roles import Role
from crm.rules.telling import called, listed
from crm.web import belongings
from crm.web.access import PUBLIC, account
from crm.web.permits import asked_of
from crm.web.security import SAFE_METHODS

if TYPE_CHECKING:
    from flask import Flask

    from crm.models.eyes import Eyes

OFFERED = {
    role: SimpleNamespace(**{what.name.lower(): what in allowed for what in May})
    for role, allowed in ALLOWED.items()
}
"""As templates ask for it: `allows.write`. What somebody may not do is not offered to them."""
NOTHING = SimpleNamespace()
NAMED = 3
ONLY_LOOKS = "You can look at everything here, and change nothing but your own account."


def protect(app: Flask) -> None:
    """To be called after the sign-in has been asked for: it knows then who it is."""
    app.before_request(_ask)
    app.jinja_env.globals["allows"] = Allows()
    app.jinja_env.globals["leads"] = leads


def allows(what: May) -> bool:
    """Whether who is signed in may do it."""
    return may(account().role, what)


def leads(address: str, method: str = "GET") -> bool:
    """Whether an address of ours is open to who is signed in; any other is, and so is all to the owner."""
    if _role() in (None, Role.OWNER) or not address.startswith("/"):
        return True
    try:
        endpoint, _ = current_app.url_map.bind("").match(urlsplit(address).path, method=method)
    except (HTTPException, RequestRedirect):
        return True
    if endpoint in PUBLIC:
        return True
    return (may if method in SAFE_METHODS else may_change)(account().role, asked_of(endpoint))


def _ask() -> None:
    """Before every private request, and before anything of it is looked at."""
    if request.endpoint is None or request.endpoint in PUBLIC:
        return
    role, what = account().role, asked_of(request.endpoint)
    if role is Role.READ_ONLY and request.method not in SAFE_METHODS and not may_change(role, what):
        abort(403, ONLY_LOOKS)
    if not may(role, what):
        abort(403, _who_can(what))
    if SIGHT[role] is not Sight.EVERYONE:
        _look_as(account(), SIGHT[role])
        belongings.ask()


def _look_as(me: Account, sight: Sight) -> None:
    """From here on this request reads only what they may see. What it writes is up to its route."""
    owner = Account.owner() if sight is Sight.NO_WORDS else None
    veil = f"Only {called(owner.name) if owner else 'the owner'} sees this"
    eyes: Eyes = current_app.extensions["eyes"]
    db.session().info[EYES] = eyes.of(sight, me.id, veil)


class Allows:
    """`allows.write` in a template: what is offered to who is signed in. To a stranger, nothing."""

    def __getattr__(self, what: str) -> bool:
        role = _role()
        found: bool = getattr(OFFERED[role] if role else NOTHING, what)
        return found


def _role() -> Role | None:
    """Of who is signed in, where a page is made for somebody who is."""
    sign_in = g.get("sign_in") if has_request_context() else None
    return sign_in.account.role if sign_in else None


def _who_can(what: May | None) -> str:
    """One sentence with the names, the owner's first."""
    roles = [role for role in roles_that_may(what) if role is not Role.READ_ONLY] or [Role.OWNER]
    ranks = sa.case({role: place for place, role in enumerate(Role)}, value=Account.role)
    names = db.session.scalars(
        sa.select(Account.name).where(Account.role.in_(roles)).order_by(ranks, Account.id).limit(NAMED)
    ).all()
    return f"Only {listed(list(names)) or 'the owner'} can {what or 'open this page'}."
