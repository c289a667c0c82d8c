"""Redis only rings: without it people are still answered, a little later (R1, R3, R9)."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import monotonic

import pytest

from crm.rules.sending import MessageState
from tests.local.waiting import until
from tests.system.house import House, open_house
from tests.system.postoffice import Manners, PostOffice
from tests.system.processes import Program
from tests.system.reckoning import reckon
from tests.system.visitor import Visitor

pytestmark = pytest.mark.system
PATIENCE = 110
"""Seconds after recovery; R3 promises two minutes."""


@pytest.fixture(scope="module")
def house(own_database: str, office: PostOffice, place: Path) -> Iterator[House]:
    """Two beats and two workers, which is one of each too many."""
    with open_house(place, own_database, office) as opened:
        yield opened


@pytest.fixture(scope="module")
def redis(house: House) -> list[Program]:
    """The one that runs now stands last."""
    return [house.redis()]


@pytest.fixture(scope="module")
def visitor(house: House, redis: list[Program]) -> Visitor:
    for name in ("one", "two"):
        house.beat(f"beat-{name}")
        house.worker(f"worker-{name}")
    return house.web()


@contextmanager
def down(house: House, redis: list[Program]) -> Iterator[None]:
    redis[-1].kill()
    yield
    redis.append(house.redis())


@contextmanager
def mute(house: House, redis: list[Program]) -> Iterator[None]:
    redis[-1].signal(signal.SIGSTOP)
    yield
    redis[-1].signal(signal.SIGCONT)


@contextmanager
def forgetful(house: House, redis: list[Program]) -> Iterator[None]:
    with house.redis_client() as client:
        client.flushall()
        yield
        client.flushall()


Outage = Callable[[House, list[Program]], AbstractContextManager[None]]


@pytest.mark.parametrize("outage", [down, mute, forgetful])
def test_the_form_answers_and_the_mail_leaves_when_redis_is_back(
    outage: Outage,
    house: House,
    redis: list[Program],
    visitor: Visitor,
    office: PostOffice,
    tell: Callable[[str], None],
) -> None:
    who = f"{outage.__name__}@example.org"

    with outage(house, redis):
        began = monotonic()
        answer = visitor.asks_for_a_call(who)
        took = monotonic() - began
    back = monotonic()

    assert answer.url.endswith("/consultation/thanks")
    assert took < 5
    assert until(lambda: bool(office.to(who)), PATIENCE), house.running.logs()
    tell(f"{outage.__name__}: form answered in {took:.2f} s, mail {monotonic() - back:.1f} s after recovery")


def test_redis_emptied_and_killed_in_the_middle_costs_no_mail(
    house: House, redis: list[Program], visitor: Visitor, office: PostOffice, tell: Callable[[str], None]
) -> None:
    office.manners = Manners(pace=0.2)
    everyone = [f"first{n}@example.org" for n in range(150)]
    house.receives_all(everyone)

    for strike, outage in enumerate((forgetful, down, forgetful, down)):
        more = [f"strike{strike}-{n}@example.org" for n in range(40)]
        assert until(lambda: bool(office.accepted) and house.due() > 0, PATIENCE), house.running.logs()
        with outage(house, redis):
            house.receives_all(more)
        everyone += more
    back = monotonic()

    assert house.all_gone(PATIENCE), house.running.logs()
    tell(f"Redis emptied and killed twice each: all {len(everyone)} gone {monotonic() - back:.1f} s later")
    assert sent_once(house, office, everyone)


def test_two_beats_and_two_workers_send_each_of_five_hundred_mails_once(
    house: House, visitor: Visitor, office: PostOffice
) -> None:
    office.manners = Manners()
    everyone = [f"p{n}@example.org" for n in range(500)]

    house.receives_all(everyone)

    assert house.all_gone(2 * PATIENCE), house.running.logs()
    assert sent_once(house, office, everyone)


def sent_once(house: House, office: PostOffice, everyone: list[str]) -> bool:
    found = reckon(house, office)
    assert found.wrongs(everyone) == []
    assert house.broken_promises() == []
    return found.of(MessageState.SENT) >= set(everyone)
