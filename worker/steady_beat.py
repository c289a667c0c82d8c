"""Beat's scheduler, but one that goes on ringing when the machine's clock is set back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery.beat import PersistentScheduler

if TYPE_CHECKING:
    from worker.pulse import Pulse


class SteadyBeat(PersistentScheduler):  # type: ignore[misc,unused-ignore]
    """Celery's own waits for the instant it had planned: a day in silence, if the clock goes back a day.

    So it does after a restart, because it keeps its last rings in a file. `pulse` says that it ticks.
    """

    pulse: Pulse | None = None

    def tick(self) -> float:
        """One look at what is to be rung; seconds until the next."""
        if self.pulse is not None:
            self.pulse.beat()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at > entry.default_now()]
        for entry in ahead:
            entry.last_run_at = entry.default_now()
        if ahead:
            self._heap = None
        waits: float = super().tick()
        return waits
