"""kill -9 at any moment: nothing is lost, nothing leaves twice (R2)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from crm.rules.sending import MessageState
from tests.local.waiting import NEVER, until
from tests.system.house import House, open_house
from tests.system.postoffice import Manners, PostOffice

pytestmark = pytest.mark.system
MAILS, PATIENCE = 500, 60
KILLS = {"postgres": 30, "sqlite": 12}
"""All of them where workers do work at once; SQLite lets one write at a time, and the start takes long."""
CONNECTIONS, WORKERS = 4, 2


@pytest.fixture
def house(own_database: str, office: PostOffice, place: Path) -> Iterator[House]:
    office.manners = Manners(pace=0.2)
    with open_house(place, own_database, office, SMTP_CONNECTIONS=str(CONNECTIONS)) as opened:
        yield opened


def test_killed_workers_lose_nothing_and_send_nothing_twice(
    house: House, office: PostOffice, request: pytest.FixtureRequest, tell: Callable[[str], None]
) -> None:
    everyone = [f"p{n}@example.org" for n in range(MAILS)]
    for address in everyone:
        house.receives(address)
    doubts = storm(house, KILLS[request.config.getoption("--database")])
    left = house.due()
    office.manners = Manners()
    assert house.all_gone(PATIENCE), house.running.logs()

    first = {m.to_address: m for m in house.messages() if m.is_acknowledgement}
    uncertain = {address for address, m in first.items() if m.state is MessageState.UNCERTAIN}
    accepted = office.recipients()
    tell(f"{len(doubts)} kills, {left} mails left then: {len(accepted)} accepted, in doubt: {doubts}")
    assert left > 0, "the storm was over before the last kill"
    assert sorted(set(accepted)) == sorted(accepted)
    assert {m.state for m in first.values()} <= {MessageState.SENT, MessageState.UNCERTAIN}
    assert set(everyone) - uncertain == set(accepted) - uncertain
    assert max(doubts) <= CONNECTIONS
    assert len(uncertain) == sum(doubts)
    assert [m for m in house.messages() if m.state is MessageState.SENDING] == []
    assert house.broken_promises() == []
    assert next_ones(house) == sorted(set(everyone) - uncertain)


def storm(house: House, kills: int) -> list[int]:
    """Workers are killed as soon as they have begun. Returns how many mails each had just handed over."""
    house.redis()
    house.beat()
    workers = [house.worker(f"worker{n}") for n in range(WORKERS)]
    doubts = []
    for kill in range(kills):
        victim = workers[kill % WORKERS]
        assert until(partial(house.has_begun, victim), PATIENCE), house.running.logs()
        NEVER.wait(random.uniform(0, 0.3))
        victim.kill()
        workers[kill % WORKERS] = house.worker(f"worker{kill % WORKERS}")
        doubts.append(house.end_leases(victim))
    return doubts


def next_ones(house: House) -> list[str]:
    """Who is to hear from us again: one email each, planned when the first was accepted."""
    now = datetime.now(UTC)
    return sorted(m.to_address for m in house.messages() if not m.is_acknowledgement and m.due_at > now)
