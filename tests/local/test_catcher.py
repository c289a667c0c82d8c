from __future__ import annotations

import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.local.catcher import Mailbox
from crm.local.sockets import listen_anywhere, port_of
from tests.local.waiting import until

MAIL = (
    b"Subject: hello\r\nTo: sam@example.org\r\n\r\nFirst\r\n.hidden dot\r\n\xe2\x80\x9clast\xe2\x80\x9d\r\n"
)


@pytest.fixture
def caught(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The port of a catcher, and the folder of its mail."""
    with listen_anywhere() as listening:
        process = subprocess.Popen(
            [sys.executable, "-m", "crm.local.catcher", str(listening.fileno())],
            env=os.environ | {"MAILBOX_DIR": str(tmp_path / "mailbox")},
            pass_fds=[listening.fileno()],
        )
        yield port_of(listening), tmp_path / "mailbox"
        process.terminate()
        assert process.wait(10) == 0


@pytest.mark.system
def test_a_mail_is_kept_byte_for_byte(caught: tuple[int, Path]) -> None:
    port, folder = caught

    with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
        assert server.sendmail("connor@example.org", ["sam@example.org"], MAIL, ["BODY=8BITMIME"]) == {}

    [kept] = folder.iterdir()
    assert kept.read_bytes() == MAIL


@pytest.mark.system
def test_mail_that_cannot_be_kept_is_left_with_the_sender_for_later(caught: tuple[int, Path]) -> None:
    port, folder = caught
    assert until(folder.exists)
    folder.rmdir()

    with (
        smtplib.SMTP("127.0.0.1", port, timeout=20) as server,
        pytest.raises(smtplib.SMTPDataError) as refused,
    ):
        server.sendmail("connor@example.org", ["sam@example.org"], MAIL)

    assert refused.value.smtp_code == 452


def test_names_sort_by_arrival_and_the_oldest_go(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path, newest=3)

    for number in range(5):
        mailbox.keep(str(number).encode())

    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["2", "3", "4"]
