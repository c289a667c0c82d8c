"""The owner says which programs are told what, and looks after what they were told."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.dispatching import MOST_LISTENERS
from crm.models import Dispatch, Listener
from crm.outside.guard import Guard
from crm.rules.dispatches import DispatchKind, DispatchState, test_body
from crm.rules.reach import Objection

if TYPE_CHECKING:
    from datetime import datetime

    from crm.rules.dispatches import Wants

__all__ = ["MOST_LISTENERS", "Guard", "TooMany", "Wish"]
PATIENCE = 3.0
"""Seconds for which somebody at a form waits for a name to be looked up."""


class TooMany(Exception):  # noqa: N818 - a fact, not an error
    """There are as many programs as a worker has lanes for."""


@dataclass(frozen=True)
class Wish:
    """What a program is called, where it is, and what it may hear."""

    name: str
    url: str
    tells: tuple[DispatchKind, ...]
    wants: Wants


def objection(guard: Guard, url: str) -> Objection | None:
    """Why nothing could be told to this address; None where it leads outside as things stand now."""
    way = guard.way_to(url, PATIENCE)
    return way if isinstance(way, Objection) else None


def start(wish: Wish, now: datetime) -> Listener:
    """Raises TooMany."""
    if len(db.session.scalars(Listener.all()).all()) >= MOST_LISTENERS:
        raise TooMany
    listener = Listener(made_at=now)
    listener.give_secret()
    edit(listener, wish)
    db.session.add(listener)
    db.session.flush()
    return listener


def edit(listener: Listener, wish: Wish) -> None:
    """What waits for it goes to its new address, with the words it was written down with."""
    listener.name, listener.url, listener.tells = wish.name, wish.url, [str(kind) for kind in wish.tells]
    listener.with_contact, listener.with_words = wish.wants.contact, wish.wants.words


def test(listener: Listener, now: datetime) -> Dispatch:
    """Something to hear, at once, that is about nobody."""
    made = Dispatch(
        listener_id=listener.id,
        message_id=f"msg_{secrets.token_hex(16)}",
        kind=DispatchKind.TEST,
        happened_at=now,
        body=test_body(listener.name, now),
        due_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def tell_again(listener_id: int, failed_since: datetime, now: datetime) -> int:
    """All that failed for good since then, with all their tries. Returns how many."""
    failed = (Dispatch.listener_id == listener_id, Dispatch.state == DispatchState.FAILED)
    again = {"state": DispatchState.WAITING, "due_at": now, "tries": 0, "ended_at": None}
    update = sa.update(Dispatch).where(*failed, Dispatch.ended_at >= failed_since).values(again)
    rows = db.session.execute(update.returning(Dispatch.id), execution_options={"synchronize_session": False})
    return len(rows.all())
