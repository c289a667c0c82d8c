from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm.mail.smtp import Security, SmtpSettings
from tests.mail.servers import Owner, Sender, Server, certificate


@pytest.fixture
def hand_over() -> Owner:
    return Owner()


@pytest.fixture
def to() -> Iterator[Callable[..., Sender]]:
    """Transports to a server, closed when the test is over."""
    made: list[Sender] = []

    def transport(server: Server, **settings: object) -> Sender:
        patience = {"connect_timeout": 5.0, "command_timeout": 5.0, "data_timeout": 5.0}
        known = {"host": "127.0.0.1", "port": server.port, "security": Security.NONE} | patience | settings
        made.append(Sender(SmtpSettings(**known)))  # type: ignore[arg-type]
        return made[-1]

    yield transport
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("certificate"))
