"""What processes have cost, as the kernel counts it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """One burst of mail. CPU is in seconds, of the workers and of the database for them."""

    mails: int
    seconds: float
    cpu: float
    peak_mb: float
    database_cpu: float = 0

    @property
    def pace(self) -> float:
        """Mails a second."""
        return self.mails / self.seconds

    @property
    def cpu_per_1000(self) -> float:
        return 1000 * self.cpu / self.mails

    @property
    def database_cpu_per_1000(self) -> float:
        return 1000 * self.database_cpu / self.mails


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of these processes and of the children they have waited for."""
    total = 0
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
            total += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
    return total / TICKS


def forget_peak(pid: int) -> None:
    """From now on the peak of memory counts anew (proc(5), clear_refs)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def peak_mb(pid: int) -> float:
    """The most memory a process has had."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
