"""What is done to each of many people: written down plainly, so that a worker can do it later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from crm.db import db
from crm.flows import follow_up, marking, steering, triage
from crm.flows.outlook import outlook
from crm.models import Lead, Practice, Sequence, Sweep, SweepOutcome, Tag, Undo
from crm.models.undo import UNDO_LIFE
from crm.rules.pacing import SPREAD
from crm.rules.sending import EnrollmentState
from crm.rules.stages import CloseReason, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

A_TURN = timedelta(milliseconds=100)
"""Longer than a worker takes for one person: so long the first emails wait for the last to be started."""

Verb = Callable[[Lead, Sweep, datetime], Undo | SweepOutcome]
"""What is done to one person in their turn: the undo of it, or why they are left out."""


class Doing(StrEnum):
    """The kinds of it."""

    MOVE = "move"
    TAG = "tag"
    UNTAG = "untag"
    ASSIGN = "assign"
    PAUSE = "pause"
    START = "start"


@dataclass(frozen=True)
class Deed:
    """One of them. `to`: the id of the tag, the account or the sequence; of an account, None is nobody."""

    doing: Doing
    to: int | None = None
    stage: Stage | None = None
    reason: CloseReason | None = None

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Deed:
        stage, reason = plain["stage"], plain["reason"]
        return cls(
            Doing(plain["doing"]),
            plain["to"],
            Stage(stage) if stage else None,
            CloseReason(reason) if reason else None,
        )

    @property
    def plain(self) -> dict[str, Any]:
        return asdict(self)


def verb_of(deed: Deed) -> Verb:
    match deed.doing:
        case Doing.MOVE:
            return _move(deed.stage or Stage.CONTACTED, deed.reason)
        case Doing.TAG:
            return _tag(deed.to)
        case Doing.UNTAG:
            return _untag(deed.to)
        case Doing.ASSIGN:
            return _assign(deed.to)
        case Doing.PAUSE:
            return _pause
        case Doing.START:
            return _start(deed.to)


def _move(stage: Stage, reason: CloseReason | None) -> Verb:
    """To another stage. A referral takes no letter along; closing needs a reason."""

    def verb(lead: Lead, into: Sweep, now: datetime) -> Undo | SweepOutcome:
        if lead.stage is stage and lead.quarantined_at is None:
            return SweepOutcome.ALREADY
        if stage is Stage.SPAM:
            return triage.mark_spam(lead, into.account_id, now)
        if lead.quarantined_at is not None:
            return SweepOutcome.SPAM
        if stage is Stage.CLOSED:
            return triage.close(lead, reason or CloseReason.OTHER, into.account_id, now)
        return triage.move(lead, stage, into.account_id, now)

    return verb


def _tag(tag_id: int | None) -> Verb:
    """A tag that somebody deletes meanwhile is put on nobody any more."""

    def verb(lead: Lead, into: Sweep, now: datetime) -> Undo | SweepOutcome:
        tag = db.session.get_one(Tag, tag_id)
        if tag.removed_at is not None:
            return SweepOutcome.ALREADY
        try:
            return marking.put_on(tag, lead.id, into.account_id, now) or SweepOutcome.ALREADY
        except marking.TooManyTags:
            return SweepOutcome.FULL

    return verb


def _untag(tag_id: int | None) -> Verb:
    def verb(lead: Lead, into: Sweep, now: datetime) -> Undo | SweepOutcome:
        tag = db.session.get_one(Tag, tag_id)
        return marking.take_off(tag, lead.id, into.account_id, now) or SweepOutcome.ALREADY

    return verb


def _assign(to: int | None) -> Verb:
    def verb(lead: Lead, into: Sweep, now: datetime) -> Undo | SweepOutcome:
        return marking.assign(lead.id, to, into.account_id, now) or SweepOutcome.ALREADY

    return verb


def _pause(lead: Lead, into: Sweep, now: datetime) -> Undo | SweepOutcome:
    if lead.enrollment is None or lead.enrollment.state is not EnrollmentState.ACTIVE:
        return SweepOutcome.ALREADY
    return steering.pause(lead, into.account_id, now)


def _start(sequence_id: int | None) -> Verb:
    """Put them into a sequence, if it still runs.

    Nobody gets an email before the sweep can no longer be taken back.
    """

    def verb(lead: Lead, into: Sweep, now: datetime) -> Undo | SweepOutcome:
        sequence = db.session.get_one(Sequence, sequence_id)
        if not sequence.active or not steering.may_start(outlook(lead, now)):
            return SweepOutcome.MAY_NOT
        undo = steering.start(lead, sequence, into.account_id, now)
        _one_after_the_other(lead, into, now)
        return undo

    return verb


def first_after(count: int, now: datetime) -> datetime:
    """When the first email leaves, with so many people still to be started."""
    return now + UNDO_LIFE + count * A_TURN


def _one_after_the_other(lead: Lead, into: Sweep, now: datetime) -> None:
    """What would go before its place in the line waits for it: a minute apart, within the practice's hours.

    So what is left over in the evening does not leave all at once in the morning.
    """
    message = lead.enrollment.open_message if lead.enrollment else None
    first = first_after(into.chosen - into.gone_through, now)
    after_the_last = into.paced_at + SPREAD if into.paced_at else first
    place = Practice.current().window.next_opening(max(first, after_the_last))
    if message is not None and message.due_at <= place:
        follow_up.one_by_one([message], place)
        into.paced_at = place
