"""What has been silent for too long, and what is to be done about it (RELIABILITY R39)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SILENCE = timedelta(minutes=10)
OVERDUE = timedelta(minutes=10)
"""An email that has been due for so long, while nothing holds it back, doesn't leave by itself any more."""
OLD_BACKUP = timedelta(hours=36)


class Part(StrEnum):
    """What can fall silent."""

    WORKER = "worker"
    BEAT = "beat"
    RINGS = "rings"
    MAILBOX = "mailbox"
    MAIL = "mail"
    BACKUP = "backup"


@dataclass(frozen=True)
class Signs:
    """When each part last showed that it lives; None: never. `rang_at`: a ring of beat's reached a worker.

    `oldest_due_at`: of the emails that nothing holds back. `reads_mail` and `keeps_backups` say whether the
    operator wants that at all.
    """

    now: datetime
    worker_at: datetime | None
    beat_at: datetime | None
    rang_at: datetime | None
    mailbox_at: datetime | None = None
    reads_mail: bool = False
    oldest_due_at: datetime | None = None
    backup_at: datetime | None = None
    keeps_backups: bool = False

    def is_silent(self, last: datetime | None, after: timedelta = SILENCE) -> bool:
        """A sign that lies ahead was given by a fast clock, and is believed no longer than one behind."""
        return last is None or abs(self.now - last) >= after


@dataclass(frozen=True)
class Silence:
    """One part that is silent. `since`: its last sign; None where it never gave one."""

    part: Part
    since: datetime | None


def silences(signs: Signs) -> list[Silence]:
    """Each cause, and not what only follows from it: a dead worker also hears no ring."""
    found = [
        Silence(part, at)
        for part, at in ((Part.WORKER, signs.worker_at), (Part.BEAT, signs.beat_at))
        if signs.is_silent(at)
    ]
    if not found and signs.is_silent(signs.rang_at):
        found.append(Silence(Part.RINGS, signs.rang_at))
    if signs.reads_mail and signs.is_silent(signs.mailbox_at):
        found.append(Silence(Part.MAILBOX, signs.mailbox_at))
    if not found and signs.oldest_due_at is not None and signs.now - signs.oldest_due_at >= OVERDUE:
        found.append(Silence(Part.MAIL, signs.oldest_due_at))
    if signs.keeps_backups and signs.is_silent(signs.backup_at, OLD_BACKUP):
        found.append(Silence(Part.BACKUP, signs.backup_at))
    return found


WHAT_IT_MEANS = {
    Part.WORKER: "the part that sends emails isn’t running",
    Part.BEAT: "the clock that wakes the others isn’t running",
    Part.RINGS: "the worker isn’t woken any more",
    Part.MAILBOX: "your mailbox isn’t being read",
    Part.MAIL: "an email is overdue, and nothing says why",
    Part.BACKUP: "no backup has been made",
}
WHAT_TO_DO = {
    Part.WORKER: "start the worker (docker compose up --detach worker), and look at its log",
    Part.BEAT: "start beat (docker compose up --detach beat), and look at its log",
    Part.RINGS: "look whether Redis answers (docker compose ps redis), then restart worker and beat",
    Part.MAILBOX: "run `crm doctor`: it signs in to the mailbox and says what comes back",
    Part.MAIL: "run `crm doctor`, then look at the worker’s log",
    Part.BACKUP: "run `crm backup`: it says what is in its way",
}
