"""Settings, Your form: where it stands, how to put it there, and how it asks about follow-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, render_template, request, url_for

from crm.db import transaction
from crm.models import FollowUpPolicy, Practice
from crm.web.forms.consultation import AGREED, NOTICE, PERSONAL_ONLY
from crm.web.forms.settings import FormForm
from crm.web.respond import done
from crm.web.settings_frame import settings_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from crm.links import Links

bp = Blueprint("form", __name__, url_prefix="/form")


@bp.get("")
def show() -> str:
    practice = Practice.current()
    return _page(practice, FormForm(obj=practice))


@bp.post("")
def update() -> Response | tuple[str, int]:
    form, practice = FormForm(request.form), Practice.current()
    if not form.validate():
        return _page(practice, form), 422
    with transaction():
        practice = Practice.current()
        practice.website = form.site
        practice.follow_up_policy = FollowUpPolicy(form.follow_up_policy.data)
    return done("Saved. Your form shows it from now on.", to=url_for(".show"))


def _page(practice: Practice, form: FormForm) -> str:
    links: Links = current_app.extensions["links"]
    asks_first = practice.follow_up_policy is FollowUpPolicy.ASK_FIRST
    consent = ("agreed", AGREED) if asks_first else ("personal_only", PERSONAL_ONLY)
    return settings_page(
        "form",
        practice,
        form=form,
        address=links.form(),
        script=f"{links.base_url}{url_for('static', filename='embed.js')}",
        plain=render_template(
            "settings/plain_form.html",
            address=links.form(),
            consent=consent,
            notice=NOTICE,
            practice=practice,
        ),
    )
