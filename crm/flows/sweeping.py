"""One act of the owner's on many people. Who has changed since he looked is left out, and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from zlib import crc32

from crm.db import db
from crm.flows import bearings, follow_up, marking, steering, triage
from crm.flows.outlook import outlook
from crm.models import Lead, Sequence, Sweep, Tag, Undo, turns
from crm.models.undo import UNDO_LIFE
from crm.rules.pacing import SPREAD
from crm.rules.sending import EnrollmentState
from crm.rules.stages import CloseReason, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence as Several

MOST = 300
"""So many people in one sweep, so that it ends before anybody gives up waiting."""
A_BATCH = 25
"""So many in one transaction: nobody else waits longer for one of them."""


class Left(StrEnum):
    """Why someone was left out."""

    CHANGED = "changed"
    ALREADY = "already"
    SPAM = "spam"
    MAY_NOT = "may_not"
    GONE = "gone"
    FULL = "full"


@dataclass(frozen=True)
class Chosen:
    """A person as they were shown."""

    id: int
    stamp: str


@dataclass
class Swept:
    """What came of it: how many, whose follow-ups stopped, and who was left out for what, by name."""

    done: int = 0
    stopped: int = 0
    left: dict[Left, list[str]] = field(default_factory=dict)

    def leave(self, name: str, why: Left) -> None:
        self.left.setdefault(why, []).append(name)


Verb = Callable[[Lead, int, datetime], Undo | Left]
"""What is done to one person in their turn."""


def stamps(leads: Several[Lead]) -> dict[int, str]:
    """What must not have changed for someone between the look and the act, in a few letters each."""
    ways = bearings.ways([lead.id for lead in leads])
    return {lead.id: _stamp(lead, ways.get(lead.id)) for lead in leads}


def sweep(batch: Several[Chosen], verb: Verb, into: Sweep, told: Swept, now: datetime) -> None:
    """Act on these, each in their turn, by id, so that no two sweeps wait for each other."""
    for person in sorted(batch, key=lambda each: each.id):
        turns.take(person.id)
        lead = db.session.get(Lead, person.id)
        if lead is None:
            told.leave("", Left.GONE)
            continue
        ran = lead.enrollment is not None
        came = verb(lead, into.account_id, now) if _is_as_shown(lead, person) else Left.CHANGED
        if isinstance(came, Left):
            told.leave(lead.name, came)
            continue
        into.reach([came])
        told.done += 1
        told.stopped += ran and lead.enrollment is None


def take_back(undo_ids: Several[int], now: datetime) -> Iterator[tuple[str, bool]]:
    """Each person's name, and whether they are back as before. Who was acted on since stays as they are."""
    for undo_id in undo_ids:
        turns.take_with(Undo, undo_id)
        undo = db.session.get_one(Undo, undo_id)
        yield undo.lead.name, not undo.has_been_built_on() and triage.take_back(undo, now)


def move(stage: Stage, reason: CloseReason | None) -> Verb:
    """To another stage. A referral takes no letter along; closing needs a reason."""

    def verb(lead: Lead, account_id: int, now: datetime) -> Undo | Left:
        if lead.stage is stage and lead.quarantined_at is None:
            return Left.ALREADY
        if stage is Stage.SPAM:
            return triage.mark_spam(lead, account_id, now)
        if lead.quarantined_at is not None:
            return Left.SPAM
        if stage is Stage.CLOSED:
            return triage.close(lead, reason or CloseReason.OTHER, account_id, now)
        return triage.move(lead, stage, account_id, now)

    return verb


def tag(tag_id: int) -> Verb:
    def verb(lead: Lead, account_id: int, now: datetime) -> Undo | Left:
        try:
            return marking.put_on(db.session.get_one(Tag, tag_id), lead.id, account_id, now) or Left.ALREADY
        except marking.TooManyTags:
            return Left.FULL

    return verb


def untag(tag_id: int) -> Verb:
    def verb(lead: Lead, account_id: int, now: datetime) -> Undo | Left:
        return marking.take_off(db.session.get_one(Tag, tag_id), lead.id, account_id, now) or Left.ALREADY

    return verb


def assign(to: int | None) -> Verb:
    def verb(lead: Lead, account_id: int, now: datetime) -> Undo | Left:
        return marking.assign(lead.id, to, account_id, now) or Left.ALREADY

    return verb


def pause() -> Verb:
    def verb(lead: Lead, account_id: int, now: datetime) -> Undo | Left:
        if lead.enrollment is None or lead.enrollment.state is not EnrollmentState.ACTIVE:
            return Left.ALREADY
        return steering.pause(lead, account_id, now)

    return verb


def start(sequence_id: int, told: Swept) -> Verb:
    """Put them into a sequence. Nobody gets an email before the sweep can no longer be taken back.

    What would go at once leaves one by one from then on, each within its person's hours.
    """

    def verb(lead: Lead, account_id: int, now: datetime) -> Undo | Left:
        if not steering.may_start(outlook(lead, now)):
            return Left.MAY_NOT
        undo = steering.start(lead, db.session.get_one(Sequence, sequence_id), account_id, now)
        _not_at_once(lead, now, place=told.done)
        return undo

    return verb


def _not_at_once(lead: Lead, now: datetime, place: int) -> None:
    message = lead.enrollment.open_message if lead.enrollment else None
    earliest = now + UNDO_LIFE + place * SPREAD
    if message is not None and message.due_at < earliest:
        follow_up.one_by_one([message], earliest)


def _is_as_shown(lead: Lead, person: Chosen) -> bool:
    return _stamp(lead, lead.enrollment or lead.last_enrollment) == person.stamp


def _stamp(lead: Lead, way: object) -> str:
    state, stopped = getattr(way, "state", None), getattr(way, "stop_reason", None)
    facts = (lead.stage, lead.stage_changed_at, lead.heard_at, lead.quarantined_at, state, stopped)
    return f"{crc32(repr([str(fact) for fact in facts]).encode()):08x}"
