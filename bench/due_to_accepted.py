"""1. From due rows to accepted mails, with the whole ledger; beside it, what else sends the same mails."""

from __future__ import annotations

import smtplib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic

import sqlalchemy as sa

from bench import peers
from bench.composing import OF_EMAIL_MESSAGE, composing_alone
from bench.costs import Run
from bench.practices import WORKERS, Practice, practice
from bench.sinks import Sink, fast_sink
from bench.telling import ratio, tell
from crm import clock
from crm.db import db
from crm.flows.surroundings import look_around
from crm.flows.writing import parcel_of
from crm.links import Links
from crm.mail.compose import compose
from crm.models import Message
from crm.models.outgoing import outgoing
from crm.rules.sending import MessageState
from tests.system.house import HOME

SIZES = (500, 2_000, 8_000)
CEILING = 2_000
TURNS = 3
"""Ours and the peer's, so often one after the other: the speed of a machine changes within minutes."""
SMTP_SOURCE = Path("/usr/sbin/smtp-source")


@dataclass(frozen=True)
class Turn:
    """The same number of mails sent by us and right after that by the peer, if it is installed."""

    ours: Run
    theirs: Run | None

    @property
    def ahead(self) -> float | None:
        """How many times its pace we had."""
        return self.ours.pace / self.theirs.pace if self.theirs else None


def measure() -> None:
    tell(f"1. Due to accepted: templated multipart mails, Postgres and Redis, {WORKERS} worker processes")
    if not peers.is_there():
        tell("   django-post-office: not installed, see `make bench`")
    small, *_, large = ours = [_in_turns(size) for size in SIZES]
    ratio("CPU s per 1,000 mails", max(map(_cpu, ours)), at_most=1)
    ratio("flat: CPU per mail, 8,000 against 500", _cpu(large) / _cpu(small), at_most=1.2)
    ratio("flat: peak memory, 8,000 against 500", _memory(large) / _memory(small), at_most=1.2)


def _in_turns(size: int) -> list[Run]:
    """What ours were. Of the ratios counts the one in the middle."""
    with practice(fast_sink) as opened:
        turns = [_turn(opened, size) for _ in range(TURNS)]
        ours = [turn.ours for turn in turns]
        if ahead := [turn.ahead for turn in turns if turn.ahead]:
            all_of_them = ", ".join(f"{each:.2f}" for each in ahead)
            ratio(f"   against django-post-office: median of {all_of_them}", median(ahead), at_least=3)
        if size == CEILING:
            _ceilings(opened, ours[-1])
        return ours


def _turn(opened: Practice, size: int) -> Turn:
    opened.plan(size)
    ours = opened.measure(size)
    opened.sink.prove_once_each(len(opened.sink.taken()))
    _tell("ours", ours)
    return Turn(ours, _peer(size, opened.sink) if peers.is_there() else None)


def _peer(size: int, sink: Sink) -> Run:
    run = peers.measure(size, sink)
    sink.prove_once_each(len(sink.taken()))
    _tell("django-post-office", run)
    return run


def _cpu(runs: Sequence[Run]) -> float:
    return median(run.cpu_per_1000 for run in runs)


def _memory(runs: Sequence[Run]) -> float:
    return max(run.peak_mb for run in runs)


def _tell(who: str, run: Run) -> None:
    database = f", database {run.database_cpu_per_1000:.2f}" if run.database_cpu else ""
    tell(
        f"   {run.mails:>5,} mails, {who}: {run.pace:,.0f} a second,"
        f" CPU s per 1,000 mails {run.cpu_per_1000:.2f}{database}, peak memory {run.peak_mb:.0f} MB a process"
    )


def _ceilings(opened: Practice, ours: Run) -> None:
    """What one Python process can do that has nothing to keep in mind, and what C can do."""
    mails = _as_sent(opened)
    began = monotonic()
    with smtplib.SMTP(HOME, opened.sink.port, "bench.example") as smtp:
        for n, raw in enumerate(mails):
            smtp.sendmail("bench@example.org", f"loop{n}@example.org", raw)
    loop = len(mails) / (monotonic() - began)
    ratio(f"   against a bare smtplib loop over one connection ({loop:,.0f} a second)", ours.pace / loop)
    alone = composing_alone(mails)
    ratio(
        f"   all our CPU against composing alone through EmailMessage ({alone:.2f} s per 1,000)",
        ours.cpu_per_1000 / alone,
        at_most=1 / OF_EMAIL_MESSAGE,
    )
    if not SMTP_SOURCE.exists():
        tell("   postfix's smtp-source: not there")
        return
    size = sum(map(len, mails)) // len(mails)
    command = [str(SMTP_SOURCE), "-d", "-s16", f"-m{len(mails)}", f"-l{size}", f"{HOME}:{opened.sink.port}"]
    began = monotonic()
    subprocess.run(command, check=True)
    source = len(mails) / (monotonic() - began)
    ratio(f"   against postfix's smtp-source ({source:,.0f} a second, for orientation)", ours.pace / source)


def _as_sent(opened: Practice) -> list[bytes]:
    """The same mails, rendered again."""
    sent = sa.select(Message.id).where(Message.state == MessageState.SENT).order_by(Message.id.desc())
    links, now = Links(opened.house.env["BASE_URL"]), clock.now()
    with opened.house.app.app_context():
        messages = outgoing(db.session.scalars(sent.limit(CEILING)))
        seen = look_around(messages, now)
        return [compose(parcel_of(message, links, now, seen)).raw for message in messages]
