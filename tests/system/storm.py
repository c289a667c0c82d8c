"""Workers killed at random moments while they work, each replaced at once."""

from __future__ import annotations

import random
from functools import partial

from tests.local.waiting import NEVER, until
from tests.system.house import House
from tests.system.processes import Program

WORKERS = 2
PATIENCE = 180


def start_workers(house: House) -> list[Program]:
    """With all that rings them."""
    house.redis()
    house.beat()
    return [house.worker(f"worker{n}") for n in range(WORKERS)]


def kill_workers(house: House, workers: list[Program], kills: int) -> list[int]:
    """As soon as they have begun, in turn. Returns how many mails each had just handed over."""
    doubts = []
    for kill in range(kills):
        victim = workers[kill % WORKERS]
        assert until(partial(house.has_begun, victim), PATIENCE), house.running.logs()
        NEVER.wait(random.uniform(0, 0.3))
        victim.kill()
        workers[kill % WORKERS] = house.worker(f"worker{kill % WORKERS}")
        doubts.append(house.end_leases(victim))
    return doubts
