"""Settings: what the owner decides for himself, a page for each subject. Each card saves itself."""

from __future__ import annotations

from flask import Blueprint

from crm.models import Practice
from crm.rules.permissions import May
from crm.web import (
    settings_account,
    settings_accounts,
    settings_browsers,
    settings_calendar,
    settings_calls,
    settings_colleagues,
    settings_danger,
    settings_form,
    settings_form_editor,
    settings_form_place,
    settings_hours,
    settings_mailbox,
    settings_passkeys,
    settings_practice,
    settings_privacy,
    settings_programs,
    settings_second_step,
    settings_sending,
    settings_spam,
    settings_ways_in,
)
from crm.web.forms.settings import ChecklistForm, DailyNoteForm, PracticeForm
from crm.web.gate import allows
from crm.web.settings_frame import settings_page

bp = Blueprint("settings", __name__, url_prefix="/settings")
for section in (
    settings_practice,
    settings_sending,
    settings_mailbox,
    settings_hours,
    settings_calls,
    settings_calendar,
    settings_colleagues,
    settings_form,
    settings_form_editor,
    settings_form_place,
    settings_spam,
    settings_danger,
    settings_privacy,
    settings_ways_in,
    settings_programs,
    settings_account,
    settings_accounts,
    settings_browsers,
    settings_passkeys,
    settings_second_step,
):
    bp.register_blueprint(section.bp)


@bp.get("")
def index() -> str:
    """The list of sections on a phone; beside it, where there is room, the first of them."""
    if not allows(May.SET_UP):
        return settings_account.page(is_index=True)
    practice = Practice.current()
    forms = {"form": PracticeForm(obj=practice), "checklist": ChecklistForm(obj=practice)}
    return settings_page("practice", practice, **forms, daily=DailyNoteForm(obj=practice), is_index=True)


@bp.get("/shortcuts")
def shortcuts() -> str:
    return settings_page("shortcuts", Practice.current())
