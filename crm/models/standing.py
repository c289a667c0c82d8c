"""Where people stand in their sequences, from a few columns: what planning the next email asks for.

Whole rows would take five times as long, for every mail that was sent.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.many import DIALECTS, among, is_one_of, listed
from crm.models.enrollment import OPEN_ENROLLMENTS, Enrollment
from crm.models.lead import Lead
from crm.models.message import OPEN_STATES, Message
from crm.models.sequence import Sequence, Step, Trigger, as_plan_step
from crm.models.urgency import Urgency
from crm.rules.schedule import PlanStep, what_follows
from crm.rules.sending import MessageKind, StopReason, Withdrawal
from crm.together import Together, told_instant

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Standing:
    """One person in one sequence that is still open. `id` is the person's.

    `earlier`: when follow-ups went to them, of whatever sequence.
    """

    id: int
    zone_name: str | None
    email: str | None
    wanted: bool
    enrollment_id: int
    trigger: Trigger
    plan: list[PlanStep]
    done: frozenset[int]
    earlier: tuple[datetime, ...]

    @property
    def next_step(self) -> PlanStep | StopReason | None:
        return what_follows(self.plan, self.done, reachable=self.email is not None, wanted=self.wanted)


def standings(enrollment_ids: Iterable[int]) -> list[Standing]:
    """In one statement, however many they are."""
    found = WITH_THEIR_PLANS[db.engine.dialect.name].ask(these=list(enrollment_ids))
    plans = defaultdict(list)
    for step in found["plans"]:
        plans[step.sequence_id].append(as_plan_step(step, sequence_asks=step.sequence_asks))
    return [
        Standing(
            id=row.id,
            zone_name=row.zone_name,
            email=row.email,
            wanted=row.follow_ups_wanted,
            enrollment_id=row.enrollment_id,
            trigger=row.trigger,
            plan=plans[row.sequence_id][:1] if row.answers_only else plans[row.sequence_id],
            done=frozenset(row.done),
            earlier=tuple(map(told_instant, row.earlier)),
        )
        for row in found["enrolled"]
    ]


_enrollment, _lead, _message = Enrollment.__table__.c, Lead.__table__.c, Message.__table__.c
_sequence, _step = Sequence.__table__.c, Step.__table__.c
_is_done = sa.and_(
    ~is_one_of(_message.state, OPEN_STATES),
    _message.cancel_reason.is_distinct_from(Withdrawal.OUT_OF_PLAN),
)
"""Enrollment.steps_done."""
SETS_THE_PACE = (
    _message.sent_at.is_not(None),
    _message.kind == MessageKind.STEP,
    _message.urgency == int(Urgency.FOLLOW_UP),
)
"""What counts against a person's pace: neither the first answer to them nor the owner's own letters."""


def _enrolled(dialect: str) -> sa.Select[*tuple[Any, ...]]:
    done = sa.select(_message.step_id).where(_message.enrollment_id == _enrollment.id, _is_done)
    earlier = sa.select(_message.sent_at).where(_message.lead_id == _lead.id, *SETS_THE_PACE)
    return (
        sa.select(
            _lead.id,
            _lead.zone_name,
            _lead.email,
            _lead.follow_ups_wanted,
            _enrollment.id.label("enrollment_id"),
            _enrollment.sequence_id,
            _enrollment.answers_only,
            _sequence.trigger,
            listed(done, dialect).label("done"),
            listed(earlier, dialect).label("earlier"),
        )
        .join_from(Enrollment.__table__, Lead.__table__, _lead.id == _enrollment.lead_id)
        .join(Sequence.__table__, _sequence.id == _enrollment.sequence_id)
        .where(among(_enrollment.id, "these"), is_one_of(_enrollment.state, OPEN_ENROLLMENTS))
        .order_by(_enrollment.id)
    )


DONE = sa.select(_message.enrollment_id, _message.step_id).where(
    among(_message.enrollment_id, "these"), _is_done
)
PLANS = (
    sa.select(
        _step.id,
        _step.sequence_id,
        _step.wait_count,
        _step.wait_unit,
        _step.at_once,
        _step.needs_approval,
        _sequence.needs_approval.label("sequence_asks"),
    )
    .join_from(Step.__table__, Sequence.__table__, _sequence.id == _step.sequence_id)
    .where(
        _step.sequence_id.in_(sa.select(_enrollment.sequence_id).where(among(_enrollment.id, "these"))),
        _step.removed_at.is_(None),
    )
    .order_by(_step.position)
)
"""Sequence.plan."""
WITH_THEIR_PLANS = {dialect: Together(enrolled=_enrolled(dialect), plans=PLANS) for dialect in DIALECTS}
