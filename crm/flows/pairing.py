"""Two records beside each other: which is kept, what is chosen, what a merge would lead to. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from crm.models import Assignment, Suppression
from crm.models.suppression import WISHES
from crm.rules.addresses import normalize_email
from crm.rules.merging import Course, Place, Running, Side, Signals, Whose, course, settled_in, united
from crm.rules.merging import usual_place as usual_stage
from crm.rules.sending import SuppressionReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm.models import Enrollment, Lead, Message

FIELDS = ("name", "email", "phone", "prefers", "free_times", "found_us", "looking_for", "zone_name")
"""What the owner chooses between where the two differ."""
STAGE, CARE = "stage", "care"


@dataclass(frozen=True)
class Pair:
    """Two records: the older one is kept."""

    kept: Lead
    other: Lead

    @classmethod
    def of(cls, one: Lead, two: Lead) -> Pair:
        return cls(*sorted((one, two), key=lambda lead: (lead.created_at, lead.id)))

    @property
    def ids(self) -> tuple[int, int]:
        return self.kept.id, self.other.id

    @property
    def leads(self) -> tuple[Lead, Lead]:
        return self.kept, self.other

    @property
    def wish_keys(self) -> set[str]:
        return self.kept.wish_keys | self.other.wish_keys

    def in_care_of(self, whose: Whose) -> int | None:
        """In whose care that record is; None for nobody in particular."""
        return Assignment.of((self.kept if whose is Whose.KEPT else self.other).id)

    def chosen(self, field: str, choices: Mapping[str, Whose]) -> Any:  # noqa: ANN401 - any column of Lead
        lead = self.kept if choices[field] is Whose.KEPT else self.other
        return getattr(lead, field)


@dataclass(frozen=True)
class Outcome:
    """What a merge with these choices would lead to."""

    contact: dict[str, Any]
    place: Place
    signals: Signals
    course: Course


def usual_choices(pair: Pair) -> dict[str, Whose]:
    """The kept record's own, the other's where it has none; the address that still takes mail."""
    choices = {
        name: Whose.KEPT if getattr(pair.kept, name) or not getattr(pair.other, name) else Whose.OTHER
        for name in FIELDS
    }
    if pair.other.email and _is_dead(pair.kept) and not _is_dead(pair.other):
        choices["email"] = Whose.OTHER
    care = Whose.OTHER if pair.in_care_of(Whose.KEPT) is None else Whose.KEPT
    return choices | {STAGE: usual_stage(_place(pair.kept), _place(pair.other)), CARE: care}


def foresee(pair: Pair, choices: Mapping[str, Whose]) -> Outcome:
    """The person as they would be. Reads only."""
    place = _place(pair.kept if choices[STAGE] is Whose.KEPT else pair.other)
    signals = united(_signals(pair.kept), _signals(pair.other))
    return Outcome(
        contact={name: pair.chosen(name, choices) for name in FIELDS},
        place=place,
        signals=settled_in(place, signals),
        course=course(*(_side(lead) for lead in pair.leads)),
    )


def _is_dead(lead: Lead) -> bool:
    against = Suppression.against(normalize_email(lead.email)) if lead.email else []
    return any(each.reason is SuppressionReason.BOUNCED for each in against)


def _place(lead: Lead) -> Place:
    return Place(lead.stage, lead.stage_changed_at, lead.close_reason)


def _signals(lead: Lead) -> Signals:
    return Signals(**{field.name: getattr(lead, field.name) for field in fields(Signals)})


def _side(lead: Lead) -> Side:
    return Side(
        running=_running(lead.enrollment),
        had=frozenset(m.step_id for m in lead.messages if m.step_id and _left(m)),
        place=_place(lead),
        wants_no_more=Suppression.against_any(lead.wish_keys, WISHES),
        wanted=lead.follow_ups_wanted,
        booked=lead.booking is not None,
        replied_at=lead.replied_at,
        answered_at=lead.answered_at,
    )


def _running(enrollment: Enrollment | None) -> Running | None:
    if enrollment is None:
        return None
    gone = enrollment.steps_done | {m.step_id for m in enrollment.messages if m.step_id and _left(m)}
    to_come = frozenset(step.id for step in enrollment.plan) - gone
    return Running(enrollment.id, enrollment.started_at, enrollment.paused_at is not None, to_come)


def _left(message: Message) -> bool:
    """It went, or may have: then the same must not go to the other address."""
    return message.may_have_left
