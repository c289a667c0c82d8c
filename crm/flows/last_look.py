"""The last look at messages about to go: what speaks against one is carried out, each answer kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from crm.db import db, instant
from crm.flows import follow_up
from crm.flows.facts import facts_about, next_chance, plain
from crm.flows.surroundings import Room, Surroundings, look_around
from crm.many import execute, insert_given
from crm.models import Decision, claims
from crm.models.event import UNTIL
from crm.models.outgoing import outgoing
from crm.rules.sending import OUR_OWN_WISH, Facts, Reason, Verdict, why_not_send

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm.models import Message
    from crm.models.outgoing import Outgoing


class Objection(NamedTuple):
    """What speaks against an email, and all that was known when it did."""

    message: Outgoing
    reason: Reason
    facts: Facts


@dataclass
class LastLook:
    """One look at several messages, and the room it leaves for more. `again`: they had their yes before."""

    seen: Surroundings
    left: Room
    now: datetime
    again: bool = False

    def over(self, messages: Sequence[Outgoing]) -> list[Outgoing]:
        """Those that go. What speaks against the others is carried out; each answer is kept."""
        going, objections = [], []
        for message in messages:
            facts = facts_about(message, self.seen, self.now, account_full=self.left.is_full_for(message))
            if reason := why_not_send(facts):
                objections.append(Objection(message, reason, facts))
            else:
                self.left.let_through()
                going.append((message, facts))
        self._carry_out(objections)
        if not self.again:
            self._record(going)
        return [message for message, _ in going]

    def _carry_out(self, objections: Sequence[Objection]) -> None:
        """Few don't go, and for those the whole rows are read."""
        rows = claims.rows([each.message.id for each in objections]) if objections else {}
        for objection in objections:
            message, known = rows[objection.message.id], plain(objection.facts)
            _carry_out(message, objection, self.seen, self.now)
            if objection.reason.verdict is Verdict.WAIT:
                known[UNTIL] = message.due_at.isoformat()
            Decision.record(message.id, objection.reason, known, self.now)
        db.session.flush()

    def _record(self, going: Sequence[tuple[Outgoing, Facts]]) -> None:
        """Every mail gets a yes: so these are written in one statement, past the unit of work."""
        if going:
            yes = [{"message_id": message.id, "facts": plain(facts)} for message, facts in going]
            execute(LET_GO, yes, now=self.now)


def look_at_draft(draft: Message, now: datetime) -> None:
    """What becomes of a draft whose time is up, decided and recorded like everything that is due."""
    messages = outgoing([draft.id])
    LastLook(look_around(messages, now), Room(), now).over(messages)


def _carry_out(message: Message, objection: Objection, seen: Surroundings, now: datetime) -> None:
    reason = objection.reason
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
            message.put_off(next_chance(objection.message, reason, seen, now))
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


_now = instant("now")
LET_GO = insert_given(
    Decision, "message_id", "facts", at=_now, last_at=_now, times=1, verdict=Verdict.SEND, reason=None
)
