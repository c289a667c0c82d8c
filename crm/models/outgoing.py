"""Emails about to go, from a few columns: what the last look and the letter ask for, and nothing else.

Nearly all of them just go. Whole rows, and the unit of work behind them, would be a third of what each costs;
those are read for the few that don't go (crm.models.claims.rows).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.db import db
from crm.many import among
from crm.models.enrollment import Enrollment
from crm.models.lead import Lead
from crm.models.message import Message
from crm.models.sequence import Step
from crm.models.template import TemplateVersion
from crm.models.urgency import NoticeKind, Urgency
from crm.rules.sending import EnrollmentState, MessageKind, MessageState
from crm.rules.sheets import FormLanguage
from crm.rules.stages import Stage
from crm.rules.telling import first_name
from crm.rules.wording import Wording
from crm.sealed import UNREADABLE, as_it_stands

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Person(NamedTuple):
    """Whom it goes to."""

    id: int
    name: str
    zone_name: str | None
    stage: Stage
    follow_ups_wanted: bool
    reply_by: datetime | None
    replied_at: datetime | None
    read_first_at: datetime | None
    quarantined_at: datetime | None
    line_from_you: str
    page_token: str
    unsubscribe_token: str
    reply_token: str | None
    language: FormLanguage

    @property
    def first_name(self) -> str:
        return first_name(self.name)


class Running(NamedTuple):
    """The follow-ups it belongs to."""

    state: EnrollmentState
    started_at: datetime


class Words(NamedTuple):
    """What it says, and from which version of its template; from none where somebody wrote it."""

    wording: Wording
    version_id: int | None


class StepRules(NamedTuple):
    """What its step says of it, with its template's words."""

    at_once: bool
    asks_first: bool
    max_late: timedelta
    words: Words


class Outgoing(NamedTuple):
    """One email: its columns, its person, their follow-ups, its step, and its words; a notice has none.

    `sealed_address`: where it goes, as the database has it.
    """

    id: int
    kind: MessageKind
    notice: NoticeKind | None
    lead_id: int | None
    enrollment_id: int | None
    step_id: int | None
    to_address: str
    urgency: int
    message_id: str
    state: MessageState
    claim_token: str | None
    attempts: int
    due_at: datetime
    planned_at: datetime | None
    by_hand_at: datetime | None
    approved_at: datetime | None
    expires_at: datetime | None
    lead: Person | None
    enrollment: Running | None
    step: StepRules | None
    words: Words | None
    sealed_address: str

    @property
    def has_a_place(self) -> bool:
        """Something has put it off, and it stands in a line since."""
        return self.due_at != self.planned_at

    @property
    def to_domain(self) -> str:
        """The part after the @, in lower case."""
        return self.to_address.rpartition("@")[2].lower()

    @property
    def waits_in_line(self) -> bool:
        """Whether the account’s room goes to others first. A reminder of a call must not be late."""
        return self.urgency == Urgency.FOLLOW_UP and self.kind is not MessageKind.CALL

    @property
    def is_acknowledgement(self) -> bool:
        """The first answer to an inquiry: it carries nothing a stranger typed (R12)."""
        return self.urgency == Urgency.ACKNOWLEDGEMENT

    @property
    def is_readable(self) -> bool:
        """Whether the database still has whole what it says, where it goes, and to whom."""
        said = self.words.wording if self.words else Wording("", "", "")
        person = (self.lead.name, self.lead.line_from_you) if self.lead else ()
        return UNREADABLE not in (self.to_address, said.subject, said.preview, said.body, *person)

    def has_expired(self, now: datetime) -> bool:
        """Whether it waited for a yes for longer than it may."""
        is_draft = self.state is MessageState.AWAITING_APPROVAL
        return is_draft and self.expires_at is not None and self.expires_at <= now


def outgoing(ids: Iterable[int]) -> list[Outgoing]:
    """These emails as they are now, in this order, locked in one order, the same in every worker."""
    wanted = list(ids)
    db.session.flush()
    found = db.session.connection().execute(OUTGOING, {"these": wanted}).all()
    steps = {step.id: _rules_of(step) for step in _of(Step, {row.step_id for row in found})}
    kept = {each.id: each for each in _of(TemplateVersion, {row.template_version_id for row in found})}
    rows = {row.id: _outgoing(row, steps, kept) for row in found}
    return [rows[each] for each in wanted if each in rows]


def _of(model: type[Any], ids: set[int | None]) -> Iterable[Any]:
    """The few rows that many emails share."""
    known = ids - {None}
    return db.session.scalars(SHARED[model], {"these": list(known)}) if known else ()


def _rules_of(step: Step) -> StepRules:
    words = Words(step.template.current.wording, step.template.current_id)
    return StepRules(step.at_once, step.asks_first, step.max_late, words)


def _outgoing(row: Any, steps: Mapping[int, StepRules], kept: Mapping[int, TemplateVersion]) -> Outgoing:  # noqa: ANN401 - a row of OUTGOING
    step = steps[row.step_id] if row.step_id else None
    person = Person._make(row[OF_PERSON]) if row.lead_id else None
    running = Running._make(row[OF_FOLLOW_UPS]) if row.enrollment_id else None
    return Outgoing._make((*row[OWN], person, running, step, _words(row, step, kept), row.sealed_address))


def _words(row: Any, step: StepRules | None, kept: Mapping[int, TemplateVersion]) -> Words | None:  # noqa: ANN401 - the same
    """As crm.models.message.Message.wording: somebody's own, those of an earlier try, or the template's."""
    if row.body is not None:
        return Words(Wording(row.subject or "", row.preview or "", row.body), None)
    if row.template_version_id is not None:
        return Words(kept[row.template_version_id].wording, row.template_version_id)
    return step.words if step else None


_message, _lead, _enrollment = Message.__table__.c, Lead.__table__.c, Enrollment.__table__.c
_own = [_message[name] for name in Outgoing._fields[: Outgoing._fields.index("lead")]]
_of_person = [_lead[name] for name in Person._fields]
_of_follow_ups = [_enrollment[name] for name in Running._fields]
_of_words = [_message.subject, _message.preview, _message.body, _message.template_version_id]
SHARED = {
    Step: sa.select(Step).where(among(Step.id, "these")).options(joinedload(Step.sequence)),
    TemplateVersion: sa.select(TemplateVersion).where(among(TemplateVersion.id, "these")),
}
OWN = slice(0, len(_own))
OF_PERSON = slice(OWN.stop, OWN.stop + len(_of_person))
OF_FOLLOW_UPS = slice(OF_PERSON.stop, OF_PERSON.stop + len(_of_follow_ups))
OUTGOING = (
    sa.select(
        *(*_own, *_of_person, *_of_follow_ups, *_of_words),
        as_it_stands(_message.to_address).label("sealed_address"),
    )
    .select_from(Message.__table__)
    .outerjoin(Lead.__table__, _lead.id == _message.lead_id)
    .outerjoin(Enrollment.__table__, _enrollment.id == _message.enrollment_id)
    .where(among(_message.id, "these"))
    .order_by(_message.id)
    .with_for_update(of=Message.__table__)
)
