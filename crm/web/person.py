"""A person's page: the story so far, now, what is planned, and who they are."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request

from crm import clock
from crm.flows.beside import desk as desk_for
from crm.flows.outlook import outlook_knowing
from crm.models import DraftKind, Lead, Practice
from crm.models.whole import whole
from crm.rules.permissions import May
from crm.rules.stages import SCREEN_WORDS
from crm.rules.telling import clock as clock_words
from crm.rules.telling import day_of_year
from crm.web import profile
from crm.web.access import account
from crm.web.agreements import agreements
from crm.web.composer import Asked, Typed, composer_for, opened
from crm.web.forms.checks import e164, national
from crm.web.gate import allows
from crm.web.keeping_words import kept_words
from crm.web.planned import planned
from crm.web.respond import get_or_404
from crm.web.story import folded, story
from crm.web.waiting import call_to_settle
from crm.web.wishes import offers

bp = Blueprint("person", __name__)
PROPOSED = 2
"""So many look-alikes are proposed at a time."""
bp.add_app_template_filter(national, "phone")
bp.add_app_template_filter(e164, "e164")


@bp.get("/people/<int:lead_id>")
def show(lead_id: int) -> str:
    """The whole story of one person."""
    return page(lead_id)


def page(lead_id: int, typed: Typed | None = None) -> str:
    """The page; with what was `typed` where a form of it was refused. 404 for nobody."""
    lead: Lead = whole(lead_id) or get_or_404(Lead, lead_id)
    now, zone, links = clock.now(), Practice.current().zone, current_app.extensions["links"]
    asked = _asked()
    desk = desk_for(lead, account().id, typed.kind if typed else asked.kind(lead))
    typed = typed or opened(lead, asked, desk, links, now)
    return render_template(
        "people/show.html",
        lead=lead,
        now=now,
        now_words=f"{now.astimezone(zone):%A}, {day_of_year(now, zone)}, {clock_words(now, zone)}",
        stage_choices=list(SCREEN_WORDS.items()),
        box=outlook_knowing(desk.beside.suppressed, lead, now),
        context_line=profile.context_line(lead, now, zone),
        way_here=profile.way_here(lead),
        path=profile.path(lead),
        elsewhere=profile.elsewhere(lead),
        consent=profile.consent(lead, desk.beside.against, now, zone),
        kept_words=kept_words(lead, now, zone),
        agreements=agreements(desk.agreed, now, zone),
        call_over=call_to_settle(lead, now),
        coming=lead.call_to_come(now),
        reminder=lead.reminder,
        address_hint=profile.address_hint(lead),
        alike=desk.beside.alike[:PROPOSED],
        wishes=offers(lead, now),
        parts=folded(story(lead, now, zone)),
        planned=planned(lead, links, now),
        composer=composer_for(lead, typed, desk),
        all_tags=desk.marks.tags,
        accounts={each.id: each.name for each in desk.marks.accounts},
        whose=next((each.id for each in desk.marks.accounts if each.is_on), None),
    )


def _asked() -> Asked:
    """What the address asks for. Who may not write can still log a call."""
    wanted = request.args
    if not allows(May.WRITE):
        return Asked(compose=DraftKind.CALL)
    return Asked(wanted.get("compose", ""), wanted.get("template", ""), wanted.get("offer", ""))
