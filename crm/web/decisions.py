"""Why each email went, waited or did not go: every look a worker took at one, to be searched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import joinedload, selectinload

from crm import clock
from crm.db import db
from crm.flows.explaining import look_of
from crm.flows.finding import matching
from crm.models import Decision, EmailTemplate, Message, Practice, Step
from crm.rules.explaining import look_words
from crm.rules.explaining_words import REASON_WORDS, VERDICT_WORDS
from crm.rules.intake import clean_line
from crm.rules.search_words import Place
from crm.rules.sending import Reason, Verdict
from crm.web.messages import subject_of
from crm.web.pages import Before
from crm.web.story import teller_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Select

bp = Blueprint("decisions", __name__)

PAGE = 25
FEW = 50
"""So many people of one name are looked for by what they got; more, by walking through all looks."""
PERIODS = {"1": "the last day", "7": "the last 7 days", "30": "the last 30 days"}
SOUGHT_AT_MOST = 100


@dataclass(frozen=True)
class Filters:
    """What the address asks for. `what` is a verdict or a reason."""

    name: str = ""
    what: Verdict | Reason | None = None
    days: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Filters:
        """Anything that makes no sense is left out."""
        days = asked.get("days", "")
        name = clean_line(asked.get("q", ""), SOUGHT_AT_MOST)
        return cls(name, _verdict_or_reason(asked.get("what", "")), days if days in PERIODS else "")

    @property
    def narrows(self) -> bool:
        return bool(self.name or self.what or self.days)

    def address(self, before: Before | None = None) -> str:
        """The same list, from below this place on."""
        older = str(before) if before else None
        return url_for(
            ".index", q=self.name or None, what=self.what or None, days=self.days or None, before=older
        )


@dataclass(frozen=True)
class Row:
    """One look, in words."""

    decision: Decision
    subject: str
    words: str


@bp.get("/follow-ups/why")
def index() -> str:
    """A page of the looks these filters leave."""
    filters, now = Filters.read(request.args), clock.now()
    before = Before.read(request.args.get("before", ""))
    found = list(db.session.scalars(_looks(filters, before, now).limit(PAGE + 1)))
    more = Before(found[PAGE - 1].at, found[PAGE - 1].id) if len(found) > PAGE else None
    zone = Practice.current().zone
    return render_template(
        "follow_ups/decisions.html",
        rows=[_row(decision, now, zone) for decision in found[:PAGE]],
        filters=filters,
        choices=_choices(),
        periods=[("", "any time"), *PERIODS.items()],
        newest=filters.address() if before else None,
        older=filters.address(more) if more else None,
    )


def _row(decision: Decision, now: datetime, zone: ZoneInfo) -> Row:
    message = decision.message
    teller = teller_of(message.lead, now, zone)
    subject = message.sent_subject or subject_of(message)
    return Row(decision, subject, look_words(look_of(decision, message), teller))


def _looks(filters: Filters, before: Before | None, now: datetime) -> Select[Decision]:
    """By an index in the order they are shown in, so that a million of them cost what a hundred do."""
    looks = sa.select(Decision).options(*_WITH_EMAIL).order_by(Decision.at.desc(), Decision.id.desc())
    looks = looks.where(*_found(filters.what), *(before.so_on(Decision.at, Decision.id) if before else ()))
    if filters.days:
        looks = looks.where(Decision.at > now - timedelta(days=int(filters.days)))
    return looks.where(_theirs(filters.name)) if filters.name else looks


def _found(what: Verdict | Reason | None) -> list[sa.ColumnElement[bool]]:
    """The words stand in the statement as they are, so that the partial indexes are used."""
    if what is None:
        return []
    column = Decision.verdict if isinstance(what, Verdict) else Decision.reason
    same = column == sa.literal_column(f"'{what}'")
    return [same] if what is Verdict.SEND else [Decision.verdict != sa.literal_column("'send'"), same]


def _theirs(name: str) -> sa.ColumnElement[bool]:
    """Looks at what people of this name got. A name few have is found by its people, else by walking on."""
    named = matching(name, Place.NAME)
    people = list(db.session.scalars(named.limit(FEW + 1)))
    if len(people) > FEW:
        return Decision.message.has(Message.lead_id.in_(named))
    emails = list(db.session.scalars(sa.select(Message.id).where(Message.lead_id.in_(people))))
    return Decision.message_id.in_(emails)


def _choices() -> list[tuple[Verdict, str, list[tuple[Reason, str]]]]:
    """What can be looked for: each verdict, and the reasons that lead to it."""
    reasons = {verdict: [reason for reason in Reason if reason.verdict is verdict] for verdict in Verdict}
    return [
        (verdict, VERDICT_WORDS[verdict], [(reason, REASON_WORDS[reason]) for reason in reasons[verdict]])
        for verdict in Verdict
    ]


def _verdict_or_reason(word: str) -> Verdict | Reason | None:
    if word in {*Verdict}:
        return Verdict(word)
    return Reason(word) if word in {*Reason} else None


_WITH_EMAIL = (
    joinedload(Decision.message, innerjoin=True).options(
        joinedload(Message.lead),
        joinedload(Message.template_version),
        selectinload(Message.step).joinedload(Step.template).joinedload(EmailTemplate.current),
    ),
)
