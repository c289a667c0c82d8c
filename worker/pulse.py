"""A part that says that it lives, whatever else it is busy with: a row each half minute (R39)."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from crm import clock, log
from crm.db import db, transaction
from crm.models import JobRun

if TYPE_CHECKING:
    from flask import Flask

logger = log.get(__name__)
EVERY = 30.0
"""Seconds."""


@dataclass
class Pulse:
    """Of the worker, or of beat. `app`: whose database is told."""

    name: str
    app: Flask
    _noted_at: float | None = None
    _stopping: Event = field(default_factory=Event)

    def beat(self) -> None:
        """Note it, if that is due. A database that is away is no reason to stop: the next time is soon."""
        if self._noted_at is not None and monotonic() < self._noted_at + EVERY:
            return
        self._noted_at = monotonic()
        try:
            with self.app.app_context():
                with transaction():
                    JobRun.note(self.name, clock.now())
                db.session.remove()
        except DBAPIError as trouble:
            logger.warning("no_pulse", kind=self.name, exc_info=trouble)

    def start(self) -> None:
        """Beside whatever this process does, until it is told to stop."""
        Thread(target=self._go_on, name=f"pulse of {self.name}", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()

    def _go_on(self) -> None:
        while not self._stopping.is_set():
            self.beat()
            self._stopping.wait(EVERY)
