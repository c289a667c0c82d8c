"""Servers that drop, hang, babble, lie and say goodbye: each ends soon, as trouble that has a name."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from crm.mail.imap import ImapMailbox
from crm.mail.imap_login import ImapSettings
from crm.mail.mailbox import MOST_BYTES, Arrival, Folder, NotLetIn, Unreachable
from crm.rules.arrivals import Role
from tests.mail.imap_server import ARRIVED, DONE, POLITE, WORDS, Answer, ImapServer, serving
from tests.mail.servers import Gone

INBOX = Folder("INBOX", Role.INBOX)


def read_all(server: ImapServer) -> list[Arrival]:
    with server.mailbox().opened() as mailbox:
        (inbox,) = mailbox.folders()
        mailbox.open(inbox)
        return list(mailbox.read(mailbox.listed_after(0)))


def hang(sock: socket.socket) -> None:
    while sock.recv(65536):
        pass
    raise Gone


def drop(_sock: socket.socket) -> None:
    raise Gone


def drip(sock: socket.socket) -> None:
    """A letter now and then, for ever, each within any timeout for a single one."""
    sock.settimeout(0.03)
    while True:
        sock.sendall(b"*")
        try:
            if not sock.recv(1):
                raise Gone
        except TimeoutError:
            continue


def babble(sock: socket.socket) -> None:
    while True:
        sock.sendall(b"x" * 65_536)


def endless_lines(sock: socket.socket) -> None:
    while True:
        sock.sendall(b"* 1 EXISTS\r\n" * 5_000)


def half_a_literal(sock: socket.socket) -> None:
    sock.sendall(b"* 1 FETCH (UID 1 BODY[]<0> {5000}\r\nonly this")
    raise Gone


def test_a_polite_server_is_read() -> None:
    with serving() as server:
        (mail,) = read_all(server)

    assert mail.raw == WORDS
    assert not any(command.upper().startswith(("SELECT", "STORE", "UID STORE")) for command in server.heard)


@pytest.mark.parametrize("where", list(POLITE)[:-1])
@pytest.mark.parametrize("how", [hang, drop, drip, babble, endless_lines], ids=lambda how: how.__name__)
def test_whatever_it_does_instead_of_answering_ends_soon(
    where: str, how: Callable[[socket.socket], None]
) -> None:
    began = monotonic()

    with serving(**{where: how}) as server, pytest.raises(Unreachable):
        read_all(server)

    assert monotonic() - began < 10


@pytest.mark.parametrize(
    ("where", "answer"),
    [
        ("SIZES", [b"* BYE shutting down"]),
        ("BODIES", half_a_literal),
        ("EXAMINE", [b"* 1 EXISTS", DONE]),
        ("EXAMINE", [b"* many EXISTS", b"* OK [UIDVALIDITY some] ok", DONE]),
        ("EXAMINE", [b"TAG NO [NONEXISTENT] no such folder"]),
        ("SIZES", [b"TAG BAD never heard of it"]),
        ("SIZES", [b"A99 OK not yours"]),
        ("SIZES", [b"gibberish"]),
        ("LIST", [b"\xff\xfe\x00"]),
        ("CAPABILITY", [b"* CAPABILITY IMAP4rev1 \xff", DONE]),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_an_answer_that_is_none_is_a_broken_connection(where: str, answer: Answer) -> None:
    with serving(**{where: answer}) as server, pytest.raises(Unreachable):
        read_all(server)


@pytest.mark.parametrize("host", ["imap..example.org", "imap." + 70 * "x" + ".org"])
def test_a_server_whose_name_is_none_is_out_of_reach(host: str) -> None:
    mailbox = ImapMailbox(ImapSettings(host, 993, "connor", password="secret"))

    with pytest.raises(Unreachable), mailbox.opened():
        pass


def test_nothing_of_what_stood_on_the_line_is_told_on() -> None:
    with serving(BODIES=[b"my secret words"]) as server, pytest.raises(Unreachable) as trouble:
        read_all(server)

    assert "secret" not in trouble.value.reply


def test_a_literal_larger_than_was_asked_for_is_not_kept() -> None:
    most = 3 * MOST_BYTES
    sizes = [f"* 1 FETCH (UID 1 RFC822.SIZE {most} INTERNALDATE {ARRIVED})".encode(), DONE]
    bodies = [b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n%s)" % (most, b"y" * most), DONE]
    with serving(SIZES=sizes, BODIES=bodies) as server:
        (mail,) = read_all(server)

    assert len(mail.raw) == MOST_BYTES


@pytest.mark.parametrize(
    "bodies",
    [
        [b"* 1 FETCH (UID 9 BODY[]<0> {4}\r\nNope)", DONE],
        [b"* 1 FETCH (FLAGS (\\Seen))", DONE],
        [b"* 1 FETCH (UID 1 BODY[]<0> NIL)", DONE],
        [DONE],
    ],
    ids=["another", "only marks", "nothing", "silence"],
)
def test_a_mail_that_was_not_asked_for_is_not_taken_for_one_that_was(bodies: list[bytes]) -> None:
    with serving(BODIES=bodies) as server:
        assert read_all(server) == []


def test_numbers_may_stand_behind_the_body_and_among_other_news() -> None:
    bodies = [
        b"* 2 EXISTS",
        b"* 1 FETCH (FLAGS (\\Seen) UID 1)",
        b"* 1 FETCH (BODY[]<0> {%d}\r\n%s UID 1)" % (len(WORDS), WORDS),
        DONE,
    ]
    with serving(BODIES=bodies) as server:
        (mail,) = read_all(server)

    assert mail.raw == WORDS


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        (b"TAG NO [AUTHENTICATIONFAILED] wrong", NotLetIn),
        (b"TAG NO wrong", NotLetIn),
        (b"TAG NO [UNAVAILABLE] later", Unreachable),
        (b"* BYE too many connections", Unreachable),
    ],
)
def test_a_refused_sign_in_is_told_from_one_that_cannot_be_now(said: bytes, trouble: type[Exception]) -> None:
    with serving(AUTHENTICATE=[said]) as server, pytest.raises(trouble):
        read_all(server)


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        ("AUTH=XOAUTH2", b"user=connor\1auth=Bearer first\1\1"),
        ("AUTH=XOAUTH2 AUTH=OAUTHBEARER", b"n,a=connor,\1auth=Bearer first\1\1"),
    ],
)
def test_a_token_is_read_anew_at_each_sign_in(offered: str, said: bytes, tmp_path: Path) -> None:
    token = tmp_path / "token"
    able = [f"* CAPABILITY IMAP4rev1 {offered}".encode(), DONE]
    with serving(CAPABILITY=able) as server:
        for word in ("first\n", "second\n"):
            token.write_text(word)
            with server.mailbox(token).opened():
                pass

    assert server.secrets == [said, said.replace(b"first", b"second")]


def test_a_token_that_is_not_there_is_told(tmp_path: Path) -> None:
    with serving() as server, pytest.raises(NotLetIn), server.mailbox(tmp_path / "token").opened():
        pass


def test_a_name_that_holds_no_mail_is_no_folder() -> None:
    names = [
        b'* LIST (\\Noselect \\Sent) "/" Sent',
        b'* LIST (\\HasNoChildren) "/" "Sent Items"',
        b'* LIST (\\NonExistent) "/" Archive',
    ]
    with serving(LIST=[*names, DONE]) as server, server.mailbox().opened() as mailbox:
        found = mailbox.folders()

    assert found == [INBOX, Folder("Sent Items", Role.SENT)]


def test_a_mail_that_the_store_refuses_has_a_head_all_the_same() -> None:
    head = b"From: Sam <sam@example.org>\r\nIn-Reply-To: <1@ours.example>\r\n\r\n"
    said = b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM)] {%d}\r\n%s)" % (len(head), head)
    with serving(BODIES=[said, DONE]) as server, server.mailbox().opened() as mailbox:
        mailbox.open(INBOX)
        heads = mailbox.heads([1])

    assert heads == {1: head}
    assert "IN-REPLY-TO" in server.heard[-2] or "IN-REPLY-TO" in server.heard[-1]
