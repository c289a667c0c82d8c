"""What every rule of the storm stands on: the practice, what has left it, and what must go no more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition

from crm.flows.jobs import Job
from crm.models import Lead, Undo, turns
from crm.rules.sending import MessageState
from tests.practice import TUESDAY, Practice
from tests.storm.backup import Backup
from tests.storm.picture import Picture, Row
from tests.worker import Outcome

OWNER = 1
FOR_GOOD = 0
"""Stands where the id of an Undo would: nothing takes this back."""
PEOPLE = ("Sam Rivers <sam@example.org>", "Ana <ana@example.com>", "Theo <theo@gmial.com>")
"""Theo's domain is a slip that the owner can put right."""

F = TypeVar("F", bound=Callable[..., object])
which = st.integers(0, 11)
"""Any of several: counted round and round."""


@dataclass(frozen=True)
class Accepted:
    """A mail the world has, and of which step it was when its worker took it."""

    message_id: str
    enrollment_id: int | None
    step_id: int | None


@dataclass
class Carried:
    """One mail in the hands of a worker, as the worker sees it."""

    job: Job
    row: Row
    granted: bool = False
    outcome: Outcome | None = None


@dataclass
class World:
    """What is outside the practice and never forgets: what the mail server took, and what the owner said.

    `again`: how often he has said "Send again" of a mail. `arrived`: those of which he said that.
    """

    accepted: list[Accepted] = field(default_factory=list)
    again: Counter[str] = field(default_factory=Counter)
    arrived: set[str] = field(default_factory=set)

    def takes(self, carried: Carried) -> None:
        row = carried.row
        self.accepted.append(Accepted(row.message_id, row.enrollment_id, row.step_id))


class House(RuleBasedStateMachine):
    """`over`: sequences that somebody's act has ended, by the acts that did; Undo takes one of them back."""

    def __init__(self, practice: Practice, beginning: Backup) -> None:
        super().__init__()
        self.practice = practice
        practice.at(TUESDAY)
        beginning.restore(practice)
        self.world = World()
        self.carried: list[Carried] = []
        self.leads: list[int] = []
        self.undos: list[tuple[int, int]] = []
        self.over: dict[int, set[int]] = defaultdict(set)
        self.unsubscribed: set[int] = set()
        self.went_back = False
        self.look()

    @property
    def now(self) -> datetime:
        return self.practice.now

    def look(self) -> Picture:
        """How everything stands now. Between two steps nothing moves, so `seen` still holds."""
        self.seen = Picture.of(self.practice)
        return self.seen

    def act(self, who: int, do: Callable[[Lead], Undo | None], *, ends: bool = False) -> None:
        """The owner acts on one person; with `ends` nothing of what ran for them may go any more."""
        lead_id = self.leads[who % len(self.leads)]
        self.a_second_passes()
        with self.practice.at_work():
            turns.take(lead_id)
            lead = self.practice.lead(lead_id)
            before = [each.id for each in lead.enrollments]
            undo = do(lead)
            undo_id = undo.id if undo else FOR_GOOD
        if undo_id:
            self.undos.append((lead_id, undo_id))
        for enrollment_id in before if ends else ():
            self.over[enrollment_id].add(undo_id)

    def a_second_passes(self) -> None:
        """Nobody does two things at one instant."""
        self.practice.at(self.now + timedelta(seconds=1))

    def to_somebody(self, *states: MessageState) -> list[Row]:
        """Emails in these states that are for a person, not for the owner himself."""
        return [row for row in self.seen.in_state(*states) if row.lead_id]


somebody_wrote = precondition(lambda house: bool(house.leads))


def some_email_is(*states: MessageState) -> Callable[[F], F]:
    """The rule's button is on the page of some email."""
    return precondition(lambda house: bool(house.to_somebody(*states)))
