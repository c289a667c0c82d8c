"""Settings, Spam: how it is judged, the small sum the form may ask for, and what the owner has taught."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, request, url_for

from crm.db import db, transaction
from crm.models import Practice, SenderRule, SenderTrait, attention
from crm.rules.spam import ALWAYS_ENOUGH, WORDS, Sign
from crm.web.respond import done, get_or_404
from crm.web.settings_frame import settings_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("spam", __name__, url_prefix="/spam")

TAUGHT_SHOWN = 500


@bp.get("")
def show() -> str:
    taught = sa.select(SenderRule).order_by(SenderRule.id.desc()).limit(TAUGHT_SHOWN)
    suspects = attention.quarantined().order_by(None).with_only_columns(sa.func.count())
    return settings_page(
        "spam",
        Practice.current(),
        suspects=db.session.scalar(suspects) or 0,
        enough=[WORDS[sign] for sign in Sign if sign in ALWAYS_ENOUGH],
        together=[WORDS[sign] for sign in Sign if sign not in ALWAYS_ENOUGH | {Sign.PITCH}],
        taught=db.session.scalars(taught).all(),
        network=SenderTrait.NETWORK,
    )


@bp.post("/proof")
def update_proof() -> Response:
    with transaction():
        Practice.current().asks_proof = asks = "asks_proof" in request.form
    words = "Your form asks browsers for a small sum now." if asks else "Your form asks for no sum any more."
    return done(words, to=url_for(".show"))


@bp.post("/taught/<int:rule_id>/removal")
def forget(rule_id: int) -> Response:
    """What he taught once is forgotten; whoever is in Spam stays there."""
    with transaction():
        db.session.delete(get_or_404(SenderRule, rule_id))
    return done("Forgotten. Notes from there are judged like any other.", to=url_for(".show"))
