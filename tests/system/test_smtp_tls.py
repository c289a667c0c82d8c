"""A relay whose encryption is gone or false hears nothing of ours, and the owner is told (R36)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.waiting import until
from tests.mail.servers import certificate, tls_server
from tests.system.house import House, open_house
from tests.system.postoffice import Manners, PostOffice

pytestmark = pytest.mark.system
PATIENCE = 180
OUR_RELAY, SOMEBODY_ELSE = "IP:127.0.0.1", "IP:127.0.0.2"


@pytest.fixture(scope="module")
def relay(place: Path) -> Manners:
    """The relay on a good day."""
    return Manners(tls=tls_server(certificate(place, OUR_RELAY)))


@pytest.fixture(scope="module")
def house(own_database: str, office: PostOffice, place: Path, relay: Manners) -> Iterator[House]:
    trusted = place / f"{OUR_RELAY.replace(':', '-')}.pem"
    given = {"SMTP_SECURITY": "starttls", "SSL_CERT_FILE": str(trusted), "RETRY_SCHEDULE": "1s"}
    each_anew = {"SMTP_MAILS_PER_CONNECTION": "1"}
    with open_house(place, own_database, office, **given, **each_anew) as opened:
        opened.redis()
        opened.beat()
        opened.worker()
        yield opened


@pytest.mark.parametrize("trouble", ["stripped", "false"])
def test_nothing_goes_in_the_clear_or_to_somebody_else_and_all_goes_once_it_is_safe(
    trouble: str, house: House, office: PostOffice, place: Path, relay: Manners
) -> None:
    false = tls_server(certificate(place, SOMEBODY_ELSE))
    office.manners = Manners(tls=None if trouble == "stripped" else false)
    who = f"{trouble}@example.org"

    house.receives(who)

    assert until(lambda: house.account_failure() is not None, PATIENCE), house.running.logs()
    assert who not in office.offered
    office.manners = relay
    assert until(lambda: bool(office.to(who)), PATIENCE), house.running.logs()
    assert until(lambda: house.account_failure() is None, PATIENCE)
