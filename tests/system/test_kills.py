"""kill -9 at any moment: nothing is lost, nothing leaves twice (R2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm.rules.sending import MessageState
from tests.system.house import House, open_house
from tests.system.postoffice import Manners, PostOffice
from tests.system.reckoning import reckon
from tests.system.storm import kill_workers, start_workers

pytestmark = pytest.mark.system
MAILS, KILLS, CONNECTIONS, PATIENCE = 500, 30, 4, 180


@pytest.fixture
def house(own_database: str, office: PostOffice, place: Path) -> Iterator[House]:
    office.manners = Manners(pace=0.2)
    with open_house(place, own_database, office, SMTP_CONNECTIONS=str(CONNECTIONS)) as opened:
        yield opened


def test_killed_workers_lose_nothing_and_send_nothing_twice(
    house: House, office: PostOffice, tell: Callable[[str], None]
) -> None:
    everyone = [f"p{n}@example.org" for n in range(MAILS)]
    house.receives_all(everyone)

    doubts = kill_workers(house, start_workers(house), KILLS)
    left = house.due()
    office.manners = Manners()
    assert house.all_gone(PATIENCE), house.running.logs()

    found = reckon(house, office)
    tell(f"{KILLS} kills, {left} mails left then: {found.taken.total()} accepted, in doubt: {doubts}")
    assert left > 0, "the storm was over before the last kill"
    assert found.wrongs(everyone) == []
    assert max(doubts) <= CONNECTIONS
    assert len(found.of(MessageState.UNCERTAIN)) == sum(doubts)
    assert found.of(MessageState.FAILED) == set()
    assert house.broken_promises() == []
    assert next_ones(house) == sorted(found.of(MessageState.SENT))


def next_ones(house: House) -> list[str]:
    """Who is to hear from us again: one email each, planned when the first was accepted."""
    now = datetime.now(UTC)
    return sorted(m.to_address for m in house.messages() if not m.is_acknowledgement and m.due_at > now)
