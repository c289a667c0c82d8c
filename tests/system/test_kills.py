"""kill -9 at any moment: nothing is lost, nothing leaves twice (R2)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm.rules.sending import MessageState
from tests.local.waiting import NEVER, until
from tests.system.house import House, open_house
from tests.system.postoffice import Manners, PostOffice

pytestmark = pytest.mark.system
MAILS, KILLS, PATIENCE = 100, 7, 60
THREADS = 4


@pytest.fixture
def house(own_database: str, office: PostOffice, place: Path) -> Iterator[House]:
    office.manners = Manners(pace=0.08)
    with open_house(place, own_database, office) as opened:
        yield opened


def test_killed_workers_lose_nothing_and_send_nothing_twice(
    house: House, office: PostOffice, tell: Callable[[str], None]
) -> None:
    everyone = [f"p{n}@example.org" for n in range(MAILS)]
    for address in everyone:
        house.receives(address)
    house.redis()
    house.beat()
    doubts = []

    for _ in range(KILLS):
        worker = house.worker(threads=THREADS)
        taken = len(office.accepted) + random.randint(2, MAILS // KILLS - 2)
        assert until(lambda wanted=taken: len(office.accepted) >= wanted, PATIENCE), house.running.logs()  # type: ignore[misc]
        NEVER.wait(random.uniform(0, 0.1))
        worker.kill()
        doubts.append(house.end_leases())
    house.worker(threads=THREADS)
    assert house.all_gone(PATIENCE), house.running.logs()

    first = {m.to_address: m for m in house.messages() if m.is_acknowledgement}
    uncertain = {address for address, m in first.items() if m.state is MessageState.UNCERTAIN}
    accepted = office.recipients()
    tell(f"{KILLS} kills: {len(accepted)} accepted, {len(uncertain)} uncertain; in doubt each time: {doubts}")
    assert sorted(set(accepted)) == sorted(accepted)
    assert {m.state for m in first.values()} <= {MessageState.SENT, MessageState.UNCERTAIN}
    assert set(everyone) - uncertain == set(accepted) - uncertain
    assert max(doubts) <= THREADS  # each thread has one open connection
    assert len(uncertain) == sum(doubts)
    assert [m for m in house.messages() if m.state is MessageState.SENDING] == []
    assert next_ones(house) == sorted(set(everyone) - uncertain)


def next_ones(house: House) -> list[str]:
    """Who is to hear from us again: one email each, planned when the first was accepted."""
    now = datetime.now(UTC)
    return sorted(m.to_address for m in house.messages() if not m.is_acknowledgement and m.due_at > now)
