"""Programs of the owner's that are told what happens, and what was written down for them."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from crm.models import Dispatch, Listener
from crm.rules.dispatches import DispatchKind, DispatchState
from tests.practice import Practice

EVERYTHING = [str(kind) for kind in DispatchKind if kind is not DispatchKind.TEST]


def listens(practice: Practice, url: str = "https://hooks.example.org/in", **known: object) -> int:
    """A program that wants to hear everything, with what else is known of it. Its id."""
    with practice.at_work() as session:
        listener = Listener(name="Zapier", url=url, tells=EVERYTHING, made_at=practice.now)
        listener.give_secret()
        for name, value in known.items():
            setattr(listener, name, value)
        session.add(listener)
        session.flush()
        return listener.id


def listener(practice: Practice, listener_id: int = 1) -> Listener:
    with practice.reading() as session:
        return session.get_one(Listener, listener_id)


def dispatches(practice: Practice) -> list[Dispatch]:
    with practice.reading() as session:
        return list(session.scalars(sa.select(Dispatch).order_by(Dispatch.id)))


def states(practice: Practice) -> list[DispatchState]:
    return [each.state for each in dispatches(practice)]


def payloads(practice: Practice) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in dispatches(practice)]


def heard(practice: Practice) -> list[str]:
    """What happened, in brief: "inquiry.received", "stage.changed: new to contacted"."""
    return [_brief(each) for each in payloads(practice)]


def _brief(payload: dict[str, Any]) -> str:
    stage = payload["data"].get("stage")
    return f"{payload['type']}: {stage['from']} to {stage['to']}" if stage else str(payload["type"])
