"""A mail server that is slow, and on some lines silent: what is due goes on over the others (R8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from crm.rules.sending import MessageState
from tests.local.waiting import until
from tests.system.house import House, open_house
from tests.system.postoffice import HANG, Manners, PostOffice

pytestmark = pytest.mark.system
PATIENCE = 120
HUNG = ["hung1@example.org", "hung2@example.org"]
MAILS, PACE = 90, 0.25
"""On the one line left that is 22 seconds: longer than a drain may take while all move (worker/jobs)."""


@pytest.fixture
def house(own_database: str, office: PostOffice, place: Path) -> Iterator[House]:
    """One worker with three lines, two of which will hang for longer than the test lasts."""
    office.manners = Manners(dot={who: [HANG] for who in HUNG}, pace=PACE)
    waits = {"SMTP_CONNECTIONS": "3", "SMTP_DATA_TIMEOUT": str(2 * PATIENCE)}
    with open_house(place, own_database, office, **waits) as opened:
        opened.redis()
        opened.beat()
        opened.worker()
        yield opened


def test_two_lines_that_hang_keep_no_other_mail_waiting(
    house: House, office: PostOffice, tell: Callable[[str], None]
) -> None:
    hung = [house.receives(who) for who in HUNG]
    assert until(lambda: set(HUNG) <= set(office.offered), PATIENCE), house.running.logs()
    others = {f"p{n}@example.org" for n in range(MAILS)}

    began = monotonic()
    house.receives_all(others)

    assert until(lambda: others <= set(office.recipients()), PATIENCE), house.running.logs()
    tell(f"{MAILS} mails over one line of three in {monotonic() - began:.0f} s, at best {MAILS * PACE:.0f} s")
    assert {house.message(each).state for each in hung} == {MessageState.SENDING}
    assert sorted(office.recipients()) == sorted(others)
