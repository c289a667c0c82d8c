"""The last look at messages about to go: what speaks against one is carried out, each answer kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import UtcDateTime
from crm.flows import follow_up
from crm.flows.facts import facts_about, next_chance, plain
from crm.flows.surroundings import Room, Surroundings, look_around
from crm.many import execute, insert_given
from crm.models import Decision
from crm.models.event import UNTIL
from crm.rules.sending import OUR_OWN_WISH, Reason, Verdict, why_not_send

if TYPE_CHECKING:
    from crm.models import Message


@dataclass
class LastLook:
    """One look at several messages, and the room it leaves for more. `again`: they had their yes before."""

    seen: Surroundings
    left: Room
    now: datetime
    again: bool = False
    _let_go: list[dict[str, Any]] = field(default_factory=list)

    def lets_go(self, message: Message) -> bool:
        """A reason against sending is carried out and recorded; so is the first yes, by `record`."""
        facts = facts_about(message, self.seen, self.now, account_full=self.left.is_full_for(message))
        reason = why_not_send(facts)
        known = plain(facts)
        if reason:
            _carry_out(message, reason, self.seen, self.now)
            if reason.verdict is Verdict.WAIT:
                known[UNTIL] = message.due_at.isoformat()
            Decision.record(message.id, reason, known, self.now)
            return False
        self.left.let_through()
        if not self.again:
            self._let_go.append({"message_id": message.id, "facts": known})
        return True

    def record(self) -> None:
        """Every mail gets a yes: so these are written in one statement, past the unit of work."""
        if self._let_go:
            execute(LET_GO, self._let_go, now=self.now)


def look_at_draft(draft: Message, now: datetime) -> None:
    """What becomes of a draft whose time is up, decided and recorded like everything that is due."""
    look = LastLook(look_around([draft], now), Room(), now)
    look.lets_go(draft)
    look.record()


def _carry_out(message: Message, reason: Reason, seen: Surroundings, now: datetime) -> None:
    match reason.verdict:
        case Verdict.END:
            message.cancel(reason, now)
            if message.enrollment:
                message.enrollment.stop(reason.stop_reason, now)
        case Verdict.SKIP:
            follow_up.leave_out(message, reason, now)
        case Verdict.HOLD:
            _hold(message, reason, now)
        case Verdict.WAIT:
            message.put_off(next_chance(message, reason, seen, now))
            if reason in OUR_OWN_WISH:
                message.planned_at = message.due_at
        case Verdict.SEND:
            raise ValueError(f"{reason} is no reason against sending")


def _hold(message: Message, reason: Reason, now: datetime) -> None:
    if reason is Reason.NEEDS_APPROVAL:
        message.await_approval(now)
    elif message.is_draft:
        message.hold(now)
    else:
        message.put_off(message.due_at)
        message.hold(now)


_now: sa.BindParameter[datetime] = sa.bindparam("now", type_=UtcDateTime)
LET_GO = insert_given(
    Decision, "message_id", "facts", at=_now, last_at=_now, times=1, verdict=Verdict.SEND, reason=None
)
