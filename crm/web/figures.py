"""The figures of the whole program as Prometheus reads them, and as JSON."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE

from crm.rules.vitality import Part, silences

if TYPE_CHECKING:
    from crm.flows.vital_signs import Figures
    from crm.rules.vitality import Signs

__all__ = ["CONTENT_TYPE", "ages", "instant", "page"]
LAST_HOUR = "within the last hour, told up to 10,000"
HELP = {
    "oldest_due": "Seconds for which the email that waits longest has been due; 0 when none is.",
    "seen": "Seconds since each part last showed itself; none where it never has.",
    "silent": "1 where a part has been silent for too long, else 0.",
    "messages": "Emails that are not at their end or want the owner, by state; told up to 10,000.",
    "attempts": f"Tries to send that ended {LAST_HOUR}, by outcome.",
    "decisions": f"Looks at due emails {LAST_HOUR}, by reason; 'goes' where nothing stood against it.",
    "held": "1 while the owner holds all sending, else 0.",
    "restored": "1 while a restored copy waits for the owner, else 0.",
    "database": "Bytes the database takes on its disk.",
}


def page(signs: Signs, told: Figures) -> bytes:
    """All of them, made for this one answer: nothing is counted between two."""
    registry = CollectorRegistry()
    _one(registry, "oldest_due_seconds", "oldest_due", ages(signs)["oldest_due"] or 0)
    seen = {part: age for part, age in ages(signs).items() if age is not None and part != "oldest_due"}
    _by(registry, "last_seen_seconds", "seen", "part", seen)
    silent = {each.part for each in silences(signs)}
    _by(registry, "silent", "silent", "part", {str(part): float(part in silent) for part in Part})
    _by(registry, "messages", "messages", "state", told.messages)
    _by(registry, "attempts_last_hour", "attempts", "outcome", told.attempts)
    _by(registry, "decisions_last_hour", "decisions", "reason", told.decisions)
    _one(registry, "sending_held", "held", told.sending_held)
    _one(registry, "restored", "restored", told.restored)
    _one(registry, "database_bytes", "database", told.database_bytes)
    return generate_latest(registry)


def ages(signs: Signs) -> dict[str, float | None]:
    """Seconds since each instant among the signs, by the part's name."""
    instants = [each.name for each in fields(signs) if each.name.endswith("_at")]
    return {name.removesuffix("_at"): _age(getattr(signs, name), signs.now) for name in instants}


def instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _age(at: datetime | None, now: datetime) -> float | None:
    return (now - at).total_seconds() if at else None


def _one(registry: CollectorRegistry, name: str, words: str, value: float) -> None:
    Gauge(f"practice_{name}", HELP[words], registry=registry).set(value)


def _by(
    registry: CollectorRegistry, name: str, words: str, label: str, values: dict[str, float] | dict[str, int]
) -> None:
    gauge = Gauge(f"practice_{name}", HELP[words], [label], registry=registry)
    for kind, value in values.items():
        gauge.labels(kind).set(value)
