"""A copy or an older state of the practice: nothing goes out until the owner says that it is the one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, render_template, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import identity
from crm.models import Instance, Practice
from crm.rules.telling import opening, things
from crm.web.respond import done, go

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("restored", __name__)


@bp.get("/restored")
def show() -> str | Response:
    """What was seen, and what the two ways out are."""
    practice = Practice.current()
    if practice.restored_at is None:
        return go(url_for("today.show"))
    instance = db.session.get(Instance, 1)
    return render_template(
        "settings/restored.html",
        since=practice.restored_at,
        saved_at=instance.marked_at if instance else None,
        doubtful=len(identity.may_have_left(clock.now())),
        now=clock.now(),
        zone=practice.zone,
    )


@bp.post("/restored/confirmation")
def create_confirmation() -> Response:
    """This is the one to go on with."""
    config = current_app.extensions["config"]
    with transaction():
        if Practice.current().restored_at is None:
            return done("Emails go out already.", to=url_for("today.show"))
        doubtful = identity.confirm(config.data_dir, clock.now())
    identity.remember(config.data_dir)
    if doubtful == 0:
        return done("Emails go out again. None was in doubt.", to=url_for("going_out.show"))
    words = f"Emails go out again. {opening(things(doubtful, 'email'))} may have left already: look at each."
    return done(words, to=url_for("going_out.show"))
