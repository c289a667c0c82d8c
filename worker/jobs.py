"""Everything that happens by itself, in one table: name, period, function.

Each job is idempotent: two beats, a lost ring and a late one are all harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from crm import clock
from crm.db import transaction
from crm.flows.delivery import Post, drain
from crm.flows.follow_up import close_quietly
from crm.models import JobRun

if TYPE_CHECKING:
    from collections.abc import Callable

    from config import Config

DRAIN_BUDGET = timedelta(seconds=20)


@dataclass(frozen=True)
class Job:
    """One thing that happens by itself. `expires`: a ring older than this is worth nothing."""

    name: str
    every: timedelta
    run: Callable[[Post], object]
    expires: timedelta


def drain_due_mail(post: Post) -> object:
    """Send what is due."""
    return drain(post, clock.now, DRAIN_BUDGET)


def close_the_quiet(_post: Post) -> object:
    """Close people who stayed silent after the last email."""
    with transaction():
        return close_quietly(clock.now())


def heartbeat(_post: Post) -> object:
    """Say that beat, broker and worker all live: the owner's banner watches this row (R39)."""
    with transaction():
        return JobRun.note("heartbeat", clock.now())


JOBS = (
    Job("drain", timedelta(seconds=2), drain_due_mail, expires=timedelta(seconds=10)),
    Job("close_quietly", timedelta(minutes=10), close_the_quiet, expires=timedelta(minutes=10)),
    Job("heartbeat", timedelta(seconds=30), heartbeat, expires=timedelta(seconds=60)),
)


def beat_schedule(config: Config) -> dict[str, dict[str, object]]:
    """The table in beat's own shape. The drain's period is the operator's."""
    return {
        job.name: {
            "task": f"practice.{job.name}",
            "schedule": timedelta(seconds=config.drain_seconds) if job.name == "drain" else job.every,
            "options": {"expires": job.expires.total_seconds()},
        }
        for job in JOBS
    }
