"""What a run of bench.knocking came to."""

from __future__ import annotations

import base64
import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Knock:
    """One request: the answer's status, and how long it took."""

    status: int
    milliseconds: float


@dataclass(frozen=True)
class Run:
    """All of them, in the order of the requests. `cpu`: seconds of the process that knocked."""

    knocks: Sequence[Knock]
    seconds: float
    cpu: float

    @property
    def p50(self) -> float:
        return statistics.median(each.milliseconds for each in self.knocks)

    @property
    def p95(self) -> float:
        return sorted(each.milliseconds for each in self.knocks)[int(len(self.knocks) * 0.95)]

    @property
    def pace(self) -> float:
        """Answers a second."""
        return len(self.knocks) / self.seconds

    def __str__(self) -> str:
        share = f"{self.cpu / self.seconds:.0%} of a core"
        return f"p50 {self.p50:.1f} ms, p95 {self.p95:.1f} ms, {self.pace:.0f} a second (generator: {share})"


def knock(port: int, clients: int, requests: Sequence[bytes], apart: float = 0) -> Run:
    """By so many clients at once, in a process of its own; `apart`: seconds between two requests, if any."""
    ready = [base64.b64encode(each).decode() for each in requests]
    asked = json.dumps({"port": port, "clients": clients, "requests": ready, "apart": apart})
    words = [sys.executable, "-m", "bench.knocking"]
    done = subprocess.run(words, input=asked, capture_output=True, text=True, check=True, cwd=ROOT)
    told = json.loads(done.stdout)
    return Run([Knock(status, took) for _, status, took in told["knocks"]], told["seconds"], told["cpu"])
