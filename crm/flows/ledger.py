"""The worker's book: results, marks and new claims of all its connections, together in one transaction.

Which promise holds when the worker dies?
- before the claim commits: the row is untouched;
- claimed, not handed over: its lease runs out and it is scheduled again, nothing left the house;
- handed over, no result stored: nobody knows, so it becomes uncertain, and only the owner sends it again.

A line asks for its next mark only after it has told what became of its last mail, and both are stored in the
order in which they came: so one commit may carry the results and the marks of all lines, and a process that
dies leaves at most one uncertain mail for each of its connections.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.db import db
from crm.flows import entry_links, glimpses, settling
from crm.flows.jobs import Job
from crm.flows.last_look import LastLook
from crm.flows.surroundings import Room, look_around, room_left
from crm.flows.writing import parcel_of
from crm.mail.compose import Unsafe, compose
from crm.mail.language import BrokenText
from crm.models import Practice, claims, due
from crm.models.claims import Claimant, HandedOver
from crm.models.outgoing import outgoing
from crm.rules.smtp_replies import ACCOUNT_WAITS
from crm.rules.waits import still_waits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crm.flows.jobs import Ask, End
    from crm.flows.settling import Retries
    from crm.flows.surroundings import Surroundings
    from crm.links import Links
    from crm.mail.letters import Content
    from crm.models.claims import Held
    from crm.models.outgoing import Outgoing


@dataclass(frozen=True)
class Page:
    """What one transaction is about: results, wishes to hand over, and how many more may be claimed."""

    ends: Sequence[End]
    asks: Sequence[Ask]
    room: int
    urgent_room: int
    by: Claimant


@dataclass(frozen=True)
class Written:
    """What it led to: the mails that may go to their text now, and those to be carried next.

    `looked_at_any`: something was due, even if none of it goes.
    """

    granted: frozenset[int]
    jobs: list[Job]
    looked_at_any: bool


def write(page: Page, links: Links, retries: Retries, now: datetime) -> Written:
    """One page of the book, inside the caller's transaction."""
    with db.session.no_autoflush:
        return _write(page, links, retries, now)


def reap(now: datetime) -> None:
    """Settle the claims of workers that died, and waits that only a clock that was fast can have written."""
    for message in db.session.scalars(due.abandoned(now)):
        settling.abandoned(message, now)
    due.cut_back(now)


def _write(page: Page, links: Links, retries: Retries, now: datetime) -> Written:
    held = _lock(page)
    settling.settle(page.ends, held, retries, now)
    granted = hand_over([ask.job for ask in page.asks], now)
    db.session.flush()
    taken = claim(page, links, now)
    return Written(granted, [job for job in taken if job], looked_at_any=bool(taken))


def _lock(page: Page) -> dict[int, Held]:
    """The rows of all that has ended and of all that is about to go, locked before anything is read of them.

    What Postgres reads while it waits is as it was before the other one acted.
    """
    ids = [end.job.message_id for end in page.ends] + [ask.job.message_id for ask in page.asks]
    db.session.flush()
    return claims.lock(ids) if ids else {}


def hand_over(jobs: Sequence[Job], now: datetime) -> frozenset[int]:
    """The mark before DATA, guarded by token, live lease and one more look. Returns whose text may go.

    Their rows are locked. Where nothing has moved since the last look its answer holds; else everything is
    looked at again.
    """
    unmoved = glimpses.mark_unmoved(jobs, now)
    return unmoved | _look_again([job for job in jobs if job.message_id not in unmoved], now)


def _look_again(jobs: Sequence[Job], now: datetime) -> frozenset[int]:
    if not jobs:
        return frozenset()
    tokens = {job.message_id: job.token for job in jobs}
    held = [each for each in outgoing(tokens) if each.claim_token == tokens[each.id]]
    look = LastLook(look_around(held, now), Room(), now, again=True)
    if look.seen.practice.restored_at is not None:
        return frozenset()
    going = {message.id for message in look.over(held)}
    return claims.mark(
        [job.text for job in jobs if job.message_id in going], {job.token for job in jobs}, now
    )


def claim(page: Page, links: Links, now: datetime) -> list[Job | None]:
    """Claim the most urgent due rows, look once more at all that is known, and compose what goes.

    One entry for each row; None for what does not go.
    Before the practice has an address to write from, mail waits: there is nobody yet to be from. So it
    does in a restored copy until the owner confirms it, and while the sending account fails.
    """
    practice = Practice.current()
    room = _room_for_claims(page, practice, now)
    if room.urgent_room <= 0:
        return []
    left = room_left(practice, now)
    ids = claims.take(
        max(room.room, room.urgent_room),
        now,
        page.by,
        by_people_only=practice.sending_held_at is not None,
        urgent_only=room.room <= 0,
    )
    if not ids:
        return []
    messages = outgoing(ids)
    look = LastLook(look_around(messages, now), left, now)
    jobs = {message.id: _job(message, look.seen, links, now) for message in look.over(messages)}
    return [jobs.get(message_id) for message_id in ids]


def _room_for_claims(page: Page, practice: Practice, now: datetime) -> Page:
    """Nothing, or a single mail that tries whether the account works again, or as much as was asked for."""
    waits = still_waits(practice.account_retry_at, now, ACCOUNT_WAITS[-1])
    if not practice.sender_address or practice.restored_at is not None or waits:
        return Page((), (), 0, 0, page.by)
    if practice.account_failures:
        return Page((), (), min(page.room, 1), min(page.urgent_room, 1), page.by)
    return page


def _job(message: Outgoing, seen: Surroundings, links: Links, now: datetime) -> Job | None:
    """The mail itself. One whose text cannot be sent fails, and holds up no other."""
    try:
        _refuse_what_is_damaged(message)
        parcel = parcel_of(message, links, now, seen)
        email = compose(parcel)
    except (BrokenText, Unsafe) as problem:
        settling.fail(claims.rows([message.id])[message.id], f"the text can’t be sent: {problem}", now)
        return None
    return Job(
        message_id=message.id,
        token=message.claim_token or "",
        urgency=message.urgency,
        email=email,
        text=_words_of(message, parcel.content),
        number=message.attempts + 1,
        lead_id=message.lead_id,
        enrollment_id=message.enrollment_id,
        looked_at=now,
        seen=glimpses.known(message, seen),
    )


def _refuse_what_is_damaged(message: Outgoing) -> None:
    if not message.is_readable:
        raise Unsafe("the database has it damaged")


def _words_of(message: Outgoing, content: Content) -> HandedOver:
    version_id = message.words.version_id if message.words else None
    text = entry_links.NOT_KEPT if message.notice in entry_links.KINDS else content.text
    return HandedOver(message.id, content.subject, text, version_id)


def claimant(worker: str) -> Claimant:
    """A claim of its own: everything one transaction takes has one token."""
    return Claimant(worker, secrets.token_hex(8))
