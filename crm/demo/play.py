"""Playing the script: each act at its time, and between the acts the mail goes out as it would have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db, transaction
from crm.flows.delivery import Post, drain
from crm.flows.follow_up import close_quietly
from crm.flows.settling import Retries
from crm.mail.transport import Refused, TryLater, Unsure
from crm.models import Account, Message
from crm.rules.sending import MessageState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm.links import Links
    from crm.mail.compose import Email

RETRIES = Retries(tuple(timedelta(minutes=m) for m in (5, 15, 45, 120, 240)), timedelta(days=3))
A_WHILE = timedelta(seconds=20)
BUSY = ("tomas.vela@example.org", "Still here, if it’s useful")
CUT_OFF = ("lena.brooks@example.com", "About cost, plainly")


@dataclass(frozen=True)
class Act:
    """Something a person or the owner did, at its instant, with the flow that such a thing goes through."""

    at: datetime
    do: Callable[[Account, datetime], object]


class Play:
    """Time passes from act to act. Nothing is written but by the flows, and no mail leaves the house."""

    def __init__(self, links: Links) -> None:
        self._post = Post(PretendServers(), links, RETRIES)

    def run(self, acts: Iterable[Act], until: datetime, looks_at: datetime) -> None:
        """Raises ValueError for an act in the future: that one could not have happened."""
        script = sorted((*acts, Act(looks_at, Account.look)), key=lambda act: act.at)
        if script[-1].at > until:
            raise ValueError(f"an act at {script[-1].at} is not over yet")
        for act in script:
            self._let_time_pass(act.at)
            with transaction():
                act.do(_owner(), act.at)
        self._let_time_pass(until)

    def _let_time_pass(self, until: datetime) -> None:
        """Each email leaves at its own moment, and whoever stayed silent is closed quietly."""
        while (due_at := _next_due(until)) is not None:
            drain(self._post, lambda at=due_at: at, A_WHILE)  # type: ignore[misc]
        with transaction():
            close_quietly(until)


class PretendServers:
    """The mail servers of the past: they take everything but three emails, each in its own way."""

    async def send(self, email: Email, hand_over: Callable[[], Awaitable[object]]) -> str:
        letter = (email.recipient, str(message_from_bytes(email.raw, policy=policy.default)["Subject"]))
        if email.recipient.endswith("@gmial.com"):
            raise Refused("550 5.1.2 there is no such domain", dead_address=True)
        if letter == BUSY:
            raise TryLater("451 4.3.2 too busy, try again later", account_level=False)
        await hand_over()
        if letter == CUT_OFF:
            raise Unsure("the connection was lost before the answer came")
        return "250 2.0.0 taken"


def _owner() -> Account:
    owner = Account.owner()
    if owner is None:
        raise LookupError("the demo's owner has gone")
    return owner


def _next_due(until: datetime) -> datetime | None:
    """When the next email leaves, if that is before the next act."""
    with transaction():
        return db.session.scalar(
            sa.select(sa.func.min(Message.due_at)).where(
                Message.state == MessageState.SCHEDULED, Message.held_at.is_(None), Message.due_at <= until
            )
        )
