"""From a due row to an accepted mail, at most once: a worker's lines at work, its book kept beside them."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from crm import log
from crm.db import db, transaction
from crm.flows import ledger
from crm.flows.jobs import End, Ended, Taken, Withheld
from crm.flows.ledger import Page, Written
from crm.flows.lines import Lines
from crm.mail.parse import parse
from crm.mail.transport import TryLater
from crm.models import claims, due
from crm.outside.telling import Outside

if TYPE_CHECKING:
    from datetime import datetime

    from crm.flows.jobs import Ask
    from crm.flows.reading import Inbox
    from crm.flows.settling import Retries
    from crm.links import Links
    from crm.mail.transport import Transport
    from crm.models.claims import Claimant
    from crm.rules.inbound import InboundMail

logger = log.get(__name__)

AHEAD = 5
"""How many mails wait ready for each line after a claim, so that none stands still while the book is written.

More are claimed once there is not one for each: a claim costs as much for a few as for many. A burst begins
with one for each: so the lines go at once, and the other workers have their part.
"""
URGENT_EVERY = 0.2
"""Seconds between two looks for urgent mail: it overtakes the rest, and must not wait for room."""
GLANCE = 1.0
"""Seconds after which a worker whose lines are all busy looks for something urgent."""
PATIENCE = 300.0
"""Seconds for which results are kept while the database is away: well within the lease."""
BREATH = 0.5
"""Seconds between two tries to reach the database."""
SLOW = 5.0
"""Seconds after which a server's answer counts as slow."""


@dataclass(frozen=True)
class Post:
    """What a worker needs: the way out and how many at once, our addresses, its patience, the way in.

    `data_dir`: what is remembered beside the database lies there (flows/identity). `outside`: the way to
    other programs. `inbox`: None where no mailbox is read. `mail_kept_for`: the bytes of what came in.
    `understand`: makes values of a mail's bytes.
    """

    transport: Transport
    links: Links
    retries: Retries
    connections: int = 1
    stopping: Callable[[], bool] = field(default=lambda: False)
    data_dir: Path | None = None
    outside: Outside = field(default_factory=Outside)
    inbox: Inbox | None = None
    mail_kept_for: timedelta = timedelta(days=90)
    understand: Callable[[bytes], InboundMail] = parse


def drain(post: Post, clock: Callable[[], datetime], budget: timedelta) -> int:
    """Send what is due until nothing is, or the budget is spent. Returns how many were accepted.

    While a line waits for a slow answer the others go on, budget or not. Raises
    sqlalchemy.exc.DBAPIError when the database stays away.
    """
    with transaction():
        ledger.reap(clock())
    with Lines(post.transport, post.connections, clock) as lines:
        return Delivery(post, clock, lines).until_nothing_is_due(clock() + budget)


def anything_due(now: datetime) -> bool:
    """Whether it would be worth a drain. Reads only."""
    try:
        return due.anything_due(now)
    finally:
        db.session.rollback()


def seconds_to_the_next(now: datetime, at_most: float) -> float:
    """How long nothing will be due, as far as is known now. Reads only."""
    try:
        due_at = due.next_due_at()
    finally:
        db.session.rollback()
    if due_at is None:
        return at_most
    return min(at_most, max(0.0, (due_at - now).total_seconds()))


@dataclass
class Delivery:
    """One drain: what its lines have told and the book does not know yet."""

    post: Post
    clock: Callable[[], datetime]
    lines: Lines
    accepted: int = 0
    ends: list[End] = field(default_factory=list)
    in_doubt: list[Claimant] = field(default_factory=list)
    account_fails: bool = False
    looked_at: float = 0.0

    def until_nothing_is_due(self, until: datetime) -> int:
        while True:
            asks, ends = self.lines.news(GLANCE)
            self.ends += ends
            self.account_fails |= any(map(_is_about_the_account, ends))
            if over := self._is_over(until):
                self._give_back()
            written = self._write(asks, claim=not over)
            self.lines.carry(written.jobs)
            if not (self.lines.under_way or self.ends or written.looked_at_any):
                return self.accepted

    def _is_over(self, until: datetime) -> bool:
        """A line that waits for a slow answer keeps the others at work, whatever the budget says."""
        spent = self.clock() >= until and self.lines.all_move(SLOW)
        return spent or self.account_fails or self.post.stopping()

    def _write(self, asks: list[Ask], *, claim: bool) -> Written:
        """One page of the book. While the database is away, results wait and no text goes out."""
        by = ledger.claimant(f"{socket.gethostname()}/{os.getpid()}")
        given_up_at = monotonic() + PATIENCE
        while True:
            try:
                written = self._try_to_write(asks, by, claim=claim)
            except DBAPIError as trouble:
                self.in_doubt.append(by)
                self._answer(asks, frozenset())
                if monotonic() > given_up_at or not (self.ends or self.lines.under_way):
                    raise
                logger.warning("database_away", exc_info=trouble)
                asks, claim = [], False
                Event().wait(BREATH)
            else:
                self._answer(asks, written.granted)
                return written

    def _try_to_write(self, asks: list[Ask], by: Claimant, *, claim: bool) -> Written:
        now, width = self.clock(), self.lines.width
        wanted = width * AHEAD if self.lines.under_way else width
        room = wanted - self.lines.ready if claim and self.lines.ready < width else 0
        page = Page(self.ends, asks, room, self._room_for_urgent(room) if claim else 0, by)
        with transaction():
            for claim_in_doubt in self.in_doubt:
                claims.give_back(claim_in_doubt, now)
            written = ledger.write(page, self.post.links, self.post.retries, now)
        self.accepted += sum(isinstance(end.outcome, Taken) for end in self.ends)
        self.ends, self.in_doubt = [], []
        return written

    def _room_for_urgent(self, room: int) -> int:
        """Now and then a look for what overtakes the rest, even where the rest has no room."""
        if room or monotonic() - self.looked_at >= URGENT_EVERY:
            self.looked_at = monotonic()
            return max(room, self.lines.width)
        return 0

    def _give_back(self) -> None:
        """What no line has taken up need not wait for the end of its lease."""
        now = self.clock()
        self.ends += [Ended(job, now, Withheld()) for job in self.lines.take_back()]

    @staticmethod
    def _answer(asks: list[Ask], granted: frozenset[int]) -> None:
        for ask in asks:
            ask.answer(goes=ask.job.message_id in granted)


def _is_about_the_account(end: End) -> bool:
    return isinstance(end.outcome, TryLater) and end.outcome.account_level
