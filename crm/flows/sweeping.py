"""One act of the owner's on many people. Who has changed since he looked is left out, and named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

import sqlalchemy as sa

from crm import log
from crm.db import db, numbers
from crm.flows import bearings, triage
from crm.flows.deeds import Deed, verb_of
from crm.models import Enrollment, Lead, Sweep, SweepOutcome, SweepPerson, SweepState, Undo, turns
from crm.models.enrollment import OPEN_ENROLLMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence as Several
    from datetime import datetime

    from crm.flows.deeds import Verb

logger = log.get(__name__)
MOST = 300
"""So many people are done within one request; more of them by a worker, so that nobody sits and waits."""
A_BATCH = 25
"""So many in one transaction: nobody else waits longer for one of them."""

NOT_LEFT_OUT = (SweepOutcome.DONE, SweepOutcome.BACK, SweepOutcome.STAYED, SweepOutcome.STUCK)


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
    left: dict[SweepOutcome, list[str]] = field(default_factory=dict)

    def leave(self, name: str, why: SweepOutcome) -> None:
        self.left.setdefault(why, []).append(name)


def stamps(leads: Several[Lead]) -> dict[int, str]:
    """What must not have changed for someone between the look and the act, in a few letters each."""
    ways = bearings.ways([lead.id for lead in leads])
    return {lead.id: _stamp(lead, ways.get(lead.id)) for lead in leads}


def sweep(batch: Several[Chosen], verb: Verb, into: Sweep, told: Swept, now: datetime) -> None:
    """Act on these, each in their turn, by id, so that no two sweeps wait for each other."""
    for person in sorted(batch, key=lambda each: each.id):
        came = _in_their_turn(person, verb, into, now)
        if isinstance(came.of_it, SweepOutcome):
            told.leave(came.name, came.of_it)
            continue
        told.done += 1
        told.stopped += came.stopped


def go_on(now: datetime) -> bool:
    """A few people of the oldest act on very many that is at work. Whether there may be more to do.

    They and how far it came are one transaction: a worker that dies goes on with the first who is not done.
    """
    sweep = db.session.scalar(Sweep.at_work())
    if sweep is None:
        return False
    people = sweep.next_people(A_BATCH)
    if sweep.state is SweepState.DOING:
        _do(sweep, people, now)
    else:
        _take_back(people, now)
    sweep.has_been_through(people, now)
    if len(people) < A_BATCH:
        sweep.end(now)
    return True


def take_back(undo_ids: Several[int], now: datetime) -> Iterator[tuple[str, bool]]:
    """Each person's name, and whether they are back as before. Who was acted on since stays as they are."""
    for undo_id in undo_ids:
        turns.take_with(Undo, undo_id)
        undo = db.session.get_one(Undo, undo_id)
        yield undo.lead.name, not undo.has_been_built_on() and triage.take_back(undo, now)


def following(sweep: Sweep) -> int:
    """How many of those who are chosen have follow-ups under way."""
    under_way = sa.and_(Enrollment.lead_id == SweepPerson.lead_id, Enrollment.state.in_(OPEN_ENROLLMENTS))
    return numbers(sweep.people().where(sa.exists().where(under_way)))[0]


def so_far(sweep: Sweep) -> Swept:
    """What a worker has done of it, and whom it left out for what."""
    told = Swept(sweep.done, sweep.stopped)
    for person in db.session.execute(_names(sweep, SweepPerson.outcome.not_in(NOT_LEFT_OUT))):
        told.leave(person.name, person.outcome)
    return told


@dataclass(frozen=True)
class PutBack:
    """How many are as they were, who was acted on since and stays, and for whom the undo broke down."""

    done: int
    stayed: list[str]
    stuck: list[str] = field(default_factory=list)


def put_back(sweep: Sweep) -> PutBack:
    """What a worker has put back."""
    back = sweep.people().where(SweepPerson.outcome == SweepOutcome.BACK)
    stayed, stuck = (
        [person.name for person in db.session.execute(_names(sweep, SweepPerson.outcome == outcome))]
        for outcome in (SweepOutcome.STAYED, SweepOutcome.STUCK)
    )
    return PutBack(numbers(back)[0], stayed, stuck)


def _names(sweep: Sweep, which: sa.ColumnElement[bool]) -> sa.Select[str, SweepOutcome | None]:
    named = sa.select(Lead.name, SweepPerson.outcome).join(Lead, Lead.id == SweepPerson.lead_id)
    return named.where(SweepPerson.sweep_id == sweep.id, which).order_by(Lead.id)


@dataclass(frozen=True)
class Came:
    """What came of one person's turn."""

    name: str
    of_it: Undo | SweepOutcome
    stopped: bool = False


def _in_their_turn(person: Chosen, verb: Verb, into: Sweep, now: datetime) -> Came:
    turns.take(person.id)
    lead = db.session.get(Lead, person.id)
    if lead is None:
        return Came("", SweepOutcome.GONE)
    if not _is_as_shown(lead, person):
        return Came(lead.name, SweepOutcome.CHANGED)
    ran = lead.enrollment is not None
    came = verb(lead, into, now)
    if isinstance(came, Undo):
        into.reach([came])
    return Came(lead.name, came, stopped=ran and lead.enrollment is None)


def _do(sweep: Sweep, people: Several[SweepPerson], now: datetime) -> None:
    verb = verb_of(Deed.of(sweep.deed))
    for person in people:
        came = Came("", SweepOutcome.FAILED)
        with _alone(person):
            tried = _in_their_turn(Chosen(person.lead_id, person.stamp), verb, sweep, now)
            db.session.flush()
            came = tried
        if isinstance(came.of_it, SweepOutcome):
            person.outcome = came.of_it
            continue
        person.outcome, person.undo_id = SweepOutcome.DONE, came.of_it.id
        sweep.done += 1
        sweep.stopped += came.stopped


def _take_back(people: Several[SweepPerson], now: datetime) -> None:
    """However long the whole of it took. Who was never reached has nothing to be taken back."""
    for person in people:
        if person.undo_id is None:
            continue
        came = SweepOutcome.STUCK
        with _alone(person):
            tried = _put_back(person.lead_id, person.undo_id, now)
            db.session.flush()
            came = tried
        person.outcome = came


def _put_back(lead_id: int, undo_id: int, now: datetime) -> SweepOutcome:
    turns.take(lead_id)
    undo = db.session.get_one(Undo, undo_id)
    is_back = not undo.has_been_built_on() and triage.put_back(undo, now)
    return SweepOutcome.BACK if is_back else SweepOutcome.STAYED


@contextmanager
def _alone(person: SweepPerson) -> Iterator[None]:
    """What breaks down with one person takes nobody else along: of them nothing is kept, the others go on.

    A database that is away, or two who waited for each other, is not their fault: the batch is tried again.
    Only what has been flushed within has come about: what the database refuses would else count as done.
    """
    try:
        with db.session.begin_nested():
            yield
    except sa.exc.OperationalError:
        raise
    except Exception:
        logger.exception("sweep_broke_at_someone", lead_id=person.lead_id)


def _is_as_shown(lead: Lead, person: Chosen) -> bool:
    return _stamp(lead, lead.enrollment or lead.last_enrollment) == person.stamp


def _stamp(lead: Lead, way: object) -> str:
    state, stopped = getattr(way, "state", None), getattr(way, "stop_reason", None)
    facts = (lead.stage, lead.stage_changed_at, lead.heard_at, lead.quarantined_at, state, stopped)
    return f"{crc32(repr([str(fact) for fact in facts]).encode()):08x}"
