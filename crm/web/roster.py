"""The list of people: filters that stand in the address, a search, and pages that never skip anyone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import sqlalchemy as sa

from crm.db import db
from crm.flows.bearings import BRIEFLY
from crm.flows.finding import matching
from crm.models import Assignment, Enrollment, Lead, LeadTag, attention
from crm.rules.intake import clean_line
from crm.rules.sending import EnrollmentState
from crm.rules.stages import Stage
from crm.rules.telling import opening, people
from crm.web.forms.checks import row_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from crm.flows.bearings import Person

Rows = sa.Select[*tuple[Any, ...]]
PAGE = 50
A_PAGE: sa.ColumnElement[int] = sa.literal_column(str(PAGE + 1))
"""Written out: of a number that comes later Postgres expects a tenth of all people, and plans each page."""
SOUGHT_AT_MOST = 100


@dataclass(frozen=True)
class Filters:
    """What the address asks for. `care`: an account's id, or nobody's. `before`: where this page begins."""

    stage: Stage | None = None
    q: str = ""
    source: str = ""
    show: str = ""
    tag: int | None = None
    care: str = ""
    before: int | None = None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Filters:
        """Anything that makes no sense is left out."""
        stage, show, care = asked.get("stage", ""), asked.get("show", ""), asked.get("with", "")
        return cls(
            stage=Stage(stage) if stage in {*Stage} else None,
            q=clean_line(asked.get("q", ""), SOUGHT_AT_MOST),
            source=clean_line(asked.get("source", "")),
            show=show if show in SHOWS else "",
            tag=_id(asked.get("tag", "")),
            care=care if care == NOBODY or _id(care) else "",
            before=_id(asked.get("before", "")),
        )

    @property
    def narrows(self) -> bool:
        return bool(self.stage or self.q or self.source or self.show or self.tag or self.care)

    @property
    def query(self) -> str:
        """What a view keeps of them."""
        asked = {
            "stage": self.stage,
            "q": self.q,
            "source": self.source,
            "show": self.show,
            "tag": self.tag,
            "with": self.care,
        }
        return urlencode({name: value for name, value in asked.items() if value})

    def address(self, before: int | None = None) -> str:
        """The same list, from below this id on."""
        return "&".join(filter(None, ("/people?view=list", self.query, f"before={before}" if before else "")))


def _id(text: str) -> int | None:
    return row_id(text) or None


@dataclass(frozen=True)
class Page:
    """The newest people first. `older` is where the next page begins, if there is one."""

    leads: Sequence[Person]
    older: int | None

    @property
    def number(self) -> str:
        """Seventeen people; Fifty people or more."""
        return opening(people(len(self.leads))) + (" or more" if self.older else "")


NOBODY = "nobody"
SHOWS = {"waiting": "waiting for you", "paused": "paused"}


def roster(filters: Filters, now: datetime) -> Page:
    """One page of the people these filters leave. One query."""
    asks_no_more = filters == Filters(stage=filters.stage)
    these = _begins(filters.stage) if asks_no_more else _a_page(chosen_by(filters, now))
    found = db.session.connection().execute(these).all()
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


@cache
def _begins(stage: Stage | None) -> Rows:
    """The first page of everybody, or of a stage, written once: to build it takes longer than to run it."""
    return _a_page(sa.select(Lead).where(_in_stage(stage)).order_by(Lead.id.desc()))


def _a_page(people: sa.Select[Lead]) -> Rows:
    return people.with_only_columns(*BRIEFLY).limit(A_PAGE)


def chosen_by(filters: Filters, now: datetime) -> sa.Select[Lead]:
    """Everybody these filters leave, the newest first."""
    return sa.select(Lead).where(*_conditions(filters, now)).order_by(Lead.id.desc())


def _conditions(filters: Filters, now: datetime) -> list[sa.ColumnElement[bool]]:
    conditions = [_in_stage(filters.stage)]
    if filters.q:
        conditions.append(Lead.id.in_(matching(filters.q)))
    if filters.source:
        conditions.append(Lead.found_us_key == filters.source)
    if filters.show == "waiting":
        waiting = attention.waiting(now).with_only_columns(Lead.id).order_by(None)
        conditions.append(Lead.id.in_(waiting))
    if filters.show == "paused":
        paused = Enrollment.state == sa.literal_column(f"'{EnrollmentState.PAUSED}'")  # as the index has it
        conditions.append(Lead.enrollments.any(paused))
    conditions += _marked(filters)
    if filters.before is not None:
        conditions.append(Lead.id < filters.before)
    return conditions


def _marked(filters: Filters) -> Iterator[sa.ColumnElement[bool]]:
    if filters.tag:
        yield Lead.id.in_(sa.select(LeadTag.lead_id).where(LeadTag.tag_id == filters.tag))
    if filters.care == NOBODY:
        yield Lead.id.not_in(sa.select(Assignment.lead_id))
    elif filters.care:
        theirs = Assignment.account_id == int(filters.care)
        yield Lead.id.in_(sa.select(Assignment.lead_id).where(theirs))


def _in_stage(stage: Stage | None) -> sa.ColumnElement[bool]:
    """Suspected spam stands with the spam, wherever it was, and with nobody else."""
    if stage is Stage.SPAM:
        return sa.or_(Lead.stage == Stage.SPAM, Lead.quarantined_at.is_not(None))
    if stage is None:
        return sa.true()
    return sa.and_(Lead.stage == stage, Lead.quarantined_at.is_(None))
