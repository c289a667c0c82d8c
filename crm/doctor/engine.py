"""What does things by itself: the broker that wakes it, its heartbeats, and what waits to be sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from redis import Redis, RedisError

from config import Config
from crm import clock
from crm.db import db
from crm.doctor.finding import Finding, look, ok, wrong
from crm.flows import vital_signs
from crm.models import Practice
from crm.rules.vitality import WHAT_IT_MEANS, WHAT_TO_DO, Part, Signs, silences

SECONDS = 3.0
PARTS = {
    Part.WORKER: "worker",
    Part.BEAT: "beat",
    Part.RINGS: "rings",
    Part.MAILBOX: "mailbox",
    Part.MAIL: "mail",
}


def check(config: Config) -> Iterator[Finding]:
    """The broker, then what the database remembers."""
    yield _broker(config.redis_url)
    try:
        yield from _remembered(config)
    except sa.exc.SQLAlchemyError:
        yield look("heartbeats", "nothing can be known of them", "see database and schema, then `crm plant`")
    finally:
        db.session.rollback()


def _broker(url: str) -> Finding:
    if url.startswith("filesystem://"):
        folder = Path(urlsplit(url).path)
        if folder.is_dir():
            return ok("broker", f"a folder, {folder}")
        return wrong("broker", f"{folder} is not there", "look at REDIS_URL")
    try:
        Redis.from_url(
            url.replace("redis+socket://", "unix://"), socket_timeout=SECONDS, socket_connect_timeout=SECONDS
        ).ping()
    except (RedisError, OSError, ValueError) as trouble:
        why = type(trouble).__name__
        return wrong(
            "broker", f"Redis doesn't answer ({why})", "start it: emails wait until it wakes the worker"
        )
    return ok("broker", "Redis answers")


def _remembered(config: Config) -> Iterator[Finding]:
    now = clock.now()
    signs = vital_signs.signs(now, reads_mail=config.imap_host is not None, keeps_backups=False)
    silent = {each.part: each for each in silences(signs)}
    for part, about in PARTS.items():
        if each := silent.get(part):
            since = f" since {each.since:%Y-%m-%d %H:%M} UTC" if each.since else ""
            yield wrong(about, f"{WHAT_IT_MEANS[part]}{since}", WHAT_TO_DO[part])
        elif (part is not Part.MAILBOX or config.imap_host) and (part is not Part.RINGS or signs.rang_at):
            yield ok(about, _alive(part, signs))
    yield from _waiting()


def _alive(part: Part, signs: Signs) -> str:
    if part is Part.MAIL:
        since = signs.oldest_due_at
        return (
            f"the longest wait is {(signs.now - since).total_seconds():.0f} s"
            if since
            else "nothing is overdue"
        )
    last = {Part.WORKER: signs.worker_at, Part.BEAT: signs.beat_at, Part.MAILBOX: signs.mailbox_at}
    at = last.get(part, signs.rang_at)
    return f"showed itself {(signs.now - at).total_seconds():.0f} s ago" if at else "not known"


def _waiting() -> Iterator[Finding]:
    practice = Practice.current()
    told = vital_signs.figures(clock.now()).messages
    if practice.restored_at:
        yield look(
            "sending", "held: this is a restored copy", "the owner says on the pages whether to go on with it"
        )
    elif practice.sending_held_at:
        yield look("sending", "held by the owner", "Follow-ups, Going out: let it go on")
    elif practice.account_failing_since:
        yield wrong("sending", "the account takes no emails", "see what is said of SMTP")
    else:
        yield ok("sending", f"{told['due']:,} due, {told['scheduled']:,} scheduled, {told['held']:,} held")
    if told["uncertain"] or told["failed"]:
        words = f"{told['uncertain']:,} uncertain, {told['failed']:,} failed"
        yield look("problems", words, "the owner decides on each: Follow-ups, Going out")
    else:
        yield ok("problems", "no email is uncertain or failed")
