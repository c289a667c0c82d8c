"""The list of first steps on Today: what the owner says is done, and the whole list put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, url_for

from crm.db import transaction
from crm.flows import first_steps
from crm.rules.first_steps import FirstStep
from crm.web.respond import done

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("first_steps", __name__, url_prefix="/today/first-steps")


@bp.post("/<step>")
def create(step: str) -> Response:
    """He has looked at it."""
    if step not in set(FirstStep):
        abort(404)
    with transaction():
        first_steps.say_done({FirstStep(step)})
    return done("Ticked off.", to=url_for("today.show"))


@bp.post("/rest")
def create_rest() -> Response:
    """He does not want the list."""
    with transaction():
        first_steps.say_done(set(FirstStep))
    return done("The list is put away. All of it is in Settings.", to=url_for("today.show"))
