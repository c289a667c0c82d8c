"""A day-old backup is put back under a real worker and beat: nothing leaves by itself (R40)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import Config
from crm import clock
from crm.db import db, transaction
from crm.flows import identity
from crm.keeping import putting_back, taking
from crm.keeping.contents import Unpacking
from crm.models import JobRun, Message, Practice
from crm.rules.sending import MessageState
from tests.local.waiting import until
from tests.system.house import House, open_house
from tests.system.postoffice import Manners, PostOffice

pytestmark = pytest.mark.system
PEOPLE, PATIENCE = 12, 90


@pytest.fixture
def house(own_database: str, office: PostOffice, place: Path) -> Iterator[House]:
    office.manners = Manners()
    with open_house(place, own_database, office) as opened:
        yield opened


def test_a_backup_put_back_beside_a_running_worker_sends_nothing_until_the_owner_says_so(
    house: House, office: PostOffice
) -> None:
    everyone = [f"p{n}@example.org" for n in range(PEOPLE)]
    house.receives_all(everyone)
    backup = house.running.folder / "yesterday.backup"
    with house.app.app_context():
        taking.take(db.engine, config_of(house), backup, clock.now())
    house.redis()
    house.worker()
    house.beat()
    assert house.all_gone(PATIENCE), house.running.logs()
    sent = len(office.accepted)

    with house.app.app_context(), backup.open("rb") as file:
        db.session.remove()
        unpacking = Unpacking(file, taking.keyring(config_of(house)))
        putting_back.put_back(db.engine, unpacking, clock.now())
        restored_at = clock.now()

    assert until(lambda: rung_since(house, restored_at), PATIENCE), house.running.logs()
    assert house.due() == PEOPLE
    assert len(office.accepted) == sent == PEOPLE

    assert confirms(house) == PEOPLE
    house.receives("newcomer@example.org")
    assert until(lambda: len(office.to("newcomer@example.org")) == 1, PATIENCE), house.running.logs()
    assert [len(office.to(each)) for each in everyone] == [1] * PEOPLE
    assert uncertain(house) == PEOPLE


def config_of(house: House) -> Config:
    config: Config = house.app.extensions["config"]
    return config


def rung_since(house: House, instant: datetime) -> bool:
    """Whether beat, Redis and the worker have gone on in the restored database, twice over."""
    with house.app.app_context():
        last = db.session.scalar(sa.select(JobRun.last("heartbeat")))
        return last is not None and last > instant + timedelta(seconds=20)


def confirms(house: House) -> int:
    """The owner says that this is the one to go on with."""
    folder = config_of(house).data_dir
    with house.app.app_context():
        with transaction():
            assert Practice.current().restored_at is not None
            doubtful = identity.confirm(folder, clock.now())
        identity.remember(folder)
        return doubtful


def uncertain(house: House) -> int:
    with house.app.app_context():
        counted = sa.select(sa.func.count(Message.id)).where(Message.state == MessageState.UNCERTAIN)
        return db.session.scalar(counted) or 0
