"""A real dovecot: what is read, and that nothing is touched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.mail.imap import ImapMailbox
from crm.mail.imap_login import ImapSettings
from crm.mail.mailbox import MOST_BYTES, Folder, NotLetIn, NotSafe, Unreachable
from crm.rules.arrivals import Role
from tests.mail.dovecot import Dovecot, dovecot
from tests.mail.servers import certificate, listening

INBOX = Folder("INBOX", Role.INBOX)
WORDS = b"From: Sam <sam@example.org>\r\nMessage-ID: <%d@example.org>\r\nSubject: Thursday\r\n\r\nYes.\r\n"


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


def test_a_mailbox_is_read_and_nothing_in_it_is_touched(server: Dovecot) -> None:
    server.deliver(WORDS % 1, WORDS % 2)

    with server.mailbox().opened() as mailbox:
        mailbox.open(INBOX)
        listed = mailbox.listed_after(0)
        read = list(mailbox.read(listed))

    assert [each.uid for each in read] == [1, 2]
    assert all(each.raw.endswith(b"\r\n\r\nYes.\r\n") and not each.is_cut for each in read)
    assert b"\\Seen" not in server.flags()


def test_only_what_came_since_is_listed(server: Dovecot) -> None:
    server.deliver(WORDS % 1, WORDS % 2)

    with server.mailbox().opened() as mailbox:
        state = mailbox.open(INBOX)
        nothing = mailbox.listed_after(state.uid_next - 1)
        server.deliver(WORDS % 3)
        mailbox.open(INBOX)
        news = mailbox.listed_after(state.uid_next - 1)

    assert nothing == []
    assert [each.uid for each in news] == [3]


def test_of_a_large_mail_only_the_beginning_is_read(server: Dovecot) -> None:
    server.deliver(WORDS % 1 + (b"and so on " * 7 + b"\r\n") * 40_000)

    with server.mailbox().opened() as mailbox:
        mailbox.open(INBOX)
        (mail,) = mailbox.read(mailbox.listed_after(0))

    assert mail.size > 2_000_000
    assert len(mail.raw) == MOST_BYTES
    assert mail.is_cut


def test_the_folder_of_sent_mail_is_found_by_its_mark_and_junk_only_if_wanted(server: Dovecot) -> None:
    with server.mailbox().opened() as mailbox:
        without = mailbox.folders()
    with server.mailbox(reads_junk=True).opened() as mailbox:
        with_it = mailbox.folders()

    assert without == [INBOX, Folder("Sent", Role.SENT)]
    assert with_it == [*without, Folder("Junk", Role.JUNK)]


def test_the_heads_say_which_mail_it_is(server: Dovecot) -> None:
    server.deliver(WORDS % 1)

    with server.mailbox().opened() as mailbox:
        mailbox.open(INBOX)
        heads = mailbox.heads([1])

    assert b"<1@example.org>" in heads[1]
    assert b"Yes." not in heads[1]


def test_waiting_ends_when_a_mail_comes(server: Dovecot) -> None:
    with server.mailbox().opened() as mailbox:
        mailbox.open(INBOX)
        sender = threading.Timer(0.2, server.deliver, [WORDS % 1])
        sender.start()
        came = mailbox.wait(20, lambda: False)
        sender.join()
        news = mailbox.listed_after(0)

    assert came
    assert [each.uid for each in news] == [1]


def test_waiting_ends_when_it_is_enough(server: Dovecot) -> None:
    with server.mailbox().opened() as mailbox:
        mailbox.open(INBOX)

        assert not mailbox.wait(20, lambda: True)


def test_a_wrong_password_is_not_a_broken_connection(server: Dovecot) -> None:
    with pytest.raises(NotLetIn, match="AUTHENTICATIONFAILED"), server.mailbox(password="wrong").opened():
        pass


def test_nobody_answering_is_a_broken_connection() -> None:
    with listening() as found:
        port = found.getsockname()[1]
    nobody = ImapMailbox(ImapSettings("127.0.0.1", port, "connor", "none", "secret"))

    with pytest.raises(Unreachable), nobody.opened():
        pass


def test_an_unknown_certificate_is_not_accepted(tmp_path: Path) -> None:
    with dovecot(certificate(tmp_path)) as server:
        for port, security in ((server.imaps, "tls"), (server.imap, "starttls")):
            with pytest.raises(NotSafe), server.mailbox(port=port, security=security).opened():
                pass


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_known_certificate_lets_the_mailbox_be_read(
    security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with dovecot(pem) as server:
        server.deliver(WORDS % 1)
        port = server.imaps if security == "tls" else server.imap

        with server.mailbox(port=port, security=security).opened() as mailbox:
            mailbox.open(INBOX)
            (mail,) = mailbox.read(mailbox.listed_after(0))

    assert mail.raw.endswith(b"Yes.\r\n")
