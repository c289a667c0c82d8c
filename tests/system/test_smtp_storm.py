"""Every bad day of a mail server at once, workers killed besides: each mail comes to its one right end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from crm.rules.sending import MessageState
from tests.system.house import House, open_house
from tests.system.postoffice import CUT, DRIP, HANG, HANG_UP, KEEP, Manners, PostOffice
from tests.system.reckoning import reckon
from tests.system.storm import kill_workers, start_workers

pytestmark = pytest.mark.system
POLITE, EACH, KILLS, PATIENCE = 200, 8, 6, 180
FOR_GOOD = KILLS + 1
"""A refusal stands also for a worker that comes after one that was killed before it could read it."""
SHORT = {
    "SMTP_CONNECT_TIMEOUT": "2",
    "SMTP_COMMAND_TIMEOUT": "2",
    "SMTP_DATA_TIMEOUT": "2",
    "RETRY_SCHEDULE": "1s",
}
SENT, FAILED, UNCERTAIN = MessageState.SENT, MessageState.FAILED, MessageState.UNCERTAIN


@dataclass(frozen=True)
class Trouble:
    """What is answered to a recipient, then to their text, before yes; and how that ends with no kill."""

    name: str
    end: MessageState
    rcpt: tuple[str, ...] = ()
    dot: tuple[str, ...] = ()


TROUBLES = (
    Trouble("greylisted", SENT, rcpt=("450 4.7.1 greylisted, come back",)),
    Trouble("closing", SENT, rcpt=("421 4.3.2 closing for a moment",)),
    Trouble("busy", SENT, rcpt=("450 4.2.1 mailbox busy", "450 4.2.1 still busy")),
    Trouble("full", SENT, rcpt=("452 4.2.2 mailbox full",)),
    Trouble("silent", SENT, rcpt=(HANG,)),
    Trouble("gone", SENT, rcpt=(HANG_UP,)),
    Trouble("dripping", SENT, rcpt=(DRIP,)),
    Trouble("closing-late", SENT, dot=("421 4.3.2 closing for a moment",)),
    Trouble("busy-late", SENT, dot=("450 4.2.1 mailbox busy",)),
    Trouble("full-late", SENT, dot=("452 4.3.1 no room", "452 4.3.1 no room")),
    Trouble("unknown", FAILED, rcpt=("550 5.1.1 no such user",) * FOR_GOOD),
    Trouble("too-much", FAILED, rcpt=("552 5.2.2 mailbox full for good",) * FOR_GOOD),
    Trouble("unwanted", FAILED, dot=("550 5.7.1 we do not like it",) * FOR_GOOD),
    Trouble("too-long", FAILED, dot=("552 5.3.4 too long",) * FOR_GOOD),
    Trouble("silent-late", UNCERTAIN, dot=(HANG,)),
    Trouble("gone-late", UNCERTAIN, dot=(HANG_UP,)),
    Trouble("dripping-late", UNCERTAIN, dot=(DRIP,)),
    Trouble("kept", UNCERTAIN, dot=(KEEP,)),
    Trouble("cut", SENT, dot=(CUT,)),
)


def of(trouble: Trouble) -> list[str]:
    """Those it happens to; each has a mail server of their own, so that none waits for another's."""
    return [f"{trouble.name}@p{n}.{trouble.name}.example.org" for n in range(EACH)]


@pytest.fixture
def house(own_database: str, office: PostOffice, place: Path) -> Iterator[House]:
    office.manners = Manners(
        rcpt={who: list(trouble.rcpt) for trouble in TROUBLES for who in of(trouble)},
        dot={who: list(trouble.dot) for trouble in TROUBLES for who in of(trouble)},
        greetings=[HANG] * 2,
    )
    with open_house(place, own_database, office, **SHORT) as opened:
        yield opened


def test_whatever_the_servers_do_every_mail_is_accepted_once_or_shown(
    house: House, office: PostOffice, tell: Callable[[str], None]
) -> None:
    troubled = [who for trouble in TROUBLES for who in of(trouble)]
    everyone = [f"p{n}@example.org" for n in range(POLITE)] + troubled
    house.receives_all(everyone)

    began = monotonic()
    doubts = kill_workers(house, start_workers(house), KILLS)
    assert house.all_gone(PATIENCE), house.running.logs()

    found = reckon(house, office)
    tell(
        f"{len(everyone)} mails, {KILLS} kills, over after {monotonic() - began:.0f} s: "
        f"{found.taken.total()} accepted, {len(found.of(FAILED))} refused, {len(found.of(UNCERTAIN))} "
        f"uncertain, {sum(doubts)} of them by kills"
    )
    assert found.wrongs(everyone) == []
    assert house.broken_promises() == []
    for trouble in TROUBLES:
        assert {found.book[who] for who in of(trouble)} <= {trouble.end, UNCERTAIN}, trouble.name
