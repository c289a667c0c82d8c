from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

NEVER = Event()


def until(true: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait for something to become true; False when it did not in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        NEVER.wait(0.02)
    return True
