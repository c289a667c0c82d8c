"""Stop these emails. GET changes nothing, because scanners follow links; POST stops at once (RFC 8058)."""

from __future__ import annotations

from flask import Blueprint, abort

from crm import clock
from crm.db import transaction
from crm.flows import consent
from crm.models import Lead, Practice, Suppression, turns
from crm.rules.pages import pages_in
from crm.rules.sending import SuppressionReason
from crm.web.forms.checks import tidy
from crm.web.security import carries_its_own_token
from crm.web.spoken import spoken

bp = Blueprint("stop", __name__)


@bp.get("/stop/<token>")
def show(token: str) -> str:
    """One button. Nothing has happened yet."""
    lead = _lead(token)
    was_erased = any(each.reason is SuppressionReason.ERASED for each in Suppression.against(lead.wish_key))
    masked = mask(lead.email) or pages_in(lead.language).stop.your_address
    return _page("stop", lead, was_erased=was_erased, masked=masked)


@bp.post("/stop/<token>")
@carries_its_own_token
def create(token: str) -> str:
    """Stop. 200 without redirect, with any body, and twice too: mail programs press this by themselves."""
    with transaction():
        turns.take_of(lambda: _lead(token).id)
        consent.unsubscribe(_lead(token), clock.now())
    return _page("stopped", _lead(token))


@bp.post("/stop/<token>/undo")
@carries_its_own_token
def undo(token: str) -> str:
    """They changed their mind on the page itself."""
    with transaction():
        turns.take_of(lambda: _lead(token).id)
        consent.resubscribe(_lead(token), clock.now())
    return _page("stop_undone", _lead(token))


@bp.post("/stop/<token>/erasure")
@carries_its_own_token
def ask_for_erasure(token: str) -> str:
    """They want nothing of them kept: the owner is asked, and nothing goes out meanwhile."""
    with transaction():
        turns.take_of(lambda: _lead(token).id)
        consent.ask_for_erasure(_lead(token), clock.now())
    lead = _lead(token)
    return _page("erasure_asked", lead, call=lead.call_ahead(clock.now()))


def mask(email: str | None) -> str:
    """m•••••@example.com: enough to know one's own address, too little for anyone else. Empty without one."""
    local, _, domain = (email or "").partition("@")
    return f"{local[:1]}•••••@{domain}" if domain else ""


def _page(name: str, lead: Lead, **more: object) -> str:
    return spoken(f"public/{name}.html", Practice.current(), lead.language, lead=lead, **more)


def _lead(token: str) -> Lead:
    return Lead.of_stop_link(tidy(token)) or abort(404)
