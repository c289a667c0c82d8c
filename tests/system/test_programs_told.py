"""kill -9 in the middle of telling, with two beats: nothing is lost, and a double has the same name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from crm import clock
from crm.db import db, transaction
from crm.models import Dispatch, Listener
from crm.rules.dispatches import DispatchKind, DispatchState
from tests.local.waiting import until
from tests.outside.receivers import Receiver, hangs, receiver, says
from tests.system.house import House, open_house
from tests.system.postoffice import PostOffice

pytestmark = pytest.mark.system
PEOPLE, KILLS, BETWEEN, PATIENCE = 240, 8, 12, 120


@pytest.fixture
def house(own_database: str, office: PostOffice, place: Path) -> Iterator[House]:
    with open_house(place, own_database, office) as opened:
        yield opened


@pytest.fixture
def program() -> Iterator[Receiver]:
    """It takes a while for each, so that workers are killed while it does."""

    def takes_its_time(line: object, closing: Event) -> None:
        closing.wait(0.02)
        says("204 No Content")(line, closing)  # type: ignore[arg-type]

    with receiver(manner=takes_its_time) as opened:
        yield opened


def listens(house: House, url: str) -> None:
    with house.app.app_context(), transaction() as rows:
        listener = Listener(name="Zapier", url=url, made_at=clock.now())
        listener.tells = [str(DispatchKind.INQUIRY_RECEIVED)]
        listener.give_secret()
        rows.add(listener)


def dispatches(house: House, url: str) -> list[Dispatch]:
    with house.app.app_context():
        found = sa.select(Dispatch).join(Dispatch.listener).where(Listener.url == url).order_by(Dispatch.id)
        return list(db.session.scalars(found))


def end_leases(house: House) -> int:
    """As if those of the dead had run out."""
    its = sa.update(Dispatch).where(Dispatch.state == DispatchState.SENDING).values(lease_until=clock.now())
    with house.app.app_context(), transaction() as rows:
        return len(rows.execute(its.returning(Dispatch.id)).all())


def test_killed_workers_lose_nothing_and_a_double_has_the_same_name(
    house: House, program: Receiver, tell: Callable[[str], None]
) -> None:
    with receiver(manner=hangs) as dead:
        listens(house, program.url)
        listens(house, dead.url)
        house.receives_all(f"p{n}@example.org" for n in range(PEOPLE))
        house.redis()
        house.beat("one")
        house.beat("two")

        in_doubt = [_killed_in_the_midst(house, program, n) for n in range(KILLS)]
        house.worker("last one")
        house.worker("last two")
        assert until(lambda: len(set(program.ids)) == PEOPLE, PATIENCE), house.running.logs()

        told = dispatches(house, program.url)
        assert until(lambda: _all_delivered(house, program.url), PATIENCE), house.running.logs()

    times = Counter(program.ids)
    assert set(times) == {each.message_id for each in told}
    doubles = sum(times.values()) - PEOPLE
    tell(f"{KILLS} kills: {PEOPLE} told, in doubt {in_doubt}, {doubles} doubles; one dead beside it")
    assert sum(in_doubt) > 0, "no kill was in the midst"
    assert doubles <= sum(in_doubt)


def _killed_in_the_midst(house: House, program: Receiver, number: int) -> int:
    """How many were in its hands."""
    begun = len(program.ids)
    worker = house.worker(f"w{number}")
    assert until(lambda: len(program.ids) >= begun + BETWEEN, PATIENCE), house.running.logs()
    worker.kill()
    return end_leases(house)


def _all_delivered(house: House, url: str) -> bool:
    return all(each.state is DispatchState.DELIVERED for each in dispatches(house, url))
