from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from crm.mail.compose import Email
from crm.mail.smtp import Security, SmtpSettings, SmtpTransport
from crm.mail.transport import Refused, TryLater, Unsure
from tests.mail.servers import (
    Answer,
    Server,
    Talk,
    babble,
    certificate,
    drip,
    drop,
    hang,
    in_turn,
    listening,
    serving,
    then_drop,
    tls_server,
)

EMAIL = Email(
    sender="connor@springstreet.example",
    recipient="sam@example.org",
    message_id="<1@springstreet.example>",
    raw=b"Subject: I got your note\r\n\r\nHi there,\r\n.a line that begins with a dot\r\n",
)
SHORT = 0.4
"""Seconds of patience for a server that will not answer."""


class Owner:
    """Counts how often a mail was handed over."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def hand_over() -> Owner:
    return Owner()


@pytest.fixture
def to() -> Iterator[Callable[..., SmtpTransport]]:
    """Transports to a server, closed when the test is over."""
    made: list[SmtpTransport] = []

    def transport(server: Server, **settings: object) -> SmtpTransport:
        patience = {"connect_timeout": 5.0, "command_timeout": 5.0, "data_timeout": 5.0}
        known = {"host": "127.0.0.1", "port": server.port, "security": Security.NONE} | patience | settings
        made.append(SmtpTransport(SmtpSettings(**known)))  # type: ignore[arg-type]
        return made[-1]

    yield transport
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("certificate"))


To = Callable[..., SmtpTransport]


def test_a_mail_reaches_exactly_one_recipient_with_its_text_unchanged(to: To, hand_over: Owner) -> None:
    with serving() as server:
        reply = to(server).send(EMAIL, hand_over)

        assert reply == "250 2.0.0 queued as 4711"
        assert server.heard[1:3] == [
            b"mail FROM:<connor@springstreet.example>",
            b"rcpt TO:<sam@example.org>",
        ]
        assert server.verbs().count("RCPT") == 1
        assert server.texts[0].replace(b"\r\n..", b"\r\n.") + b"\r\n" == EMAIL.raw
        assert hand_over.times == 1


def test_the_mail_is_handed_over_after_the_recipient_was_accepted_and_before_data(to: To) -> None:
    with serving() as server:
        said_before: list[str] = []

        to(server).send(EMAIL, lambda: said_before.extend(server.verbs()))

        assert said_before == ["EHLO", "MAIL", "RCPT"]


def test_what_hand_over_raises_comes_through_and_nothing_leaves(to: To, hand_over: Owner) -> None:
    class Withdrawn(Exception): ...  # noqa: N818 - a decision, not an error

    def withdraw() -> None:
        raise Withdrawn

    with serving() as server:
        transport = to(server)

        with pytest.raises(Withdrawn):
            transport.send(EMAIL, withdraw)
        transport.send(EMAIL, hand_over)

        assert server.verbs() == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA"]
        assert server.connections == 1
        assert len(server.texts) == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "dot"])
def test_a_temporary_no_is_tried_later_on_the_same_connection(step: str, to: To, hand_over: Owner) -> None:
    answer = in_turn("451 4.3.0 not now", "354 go on" if step == "DATA" else "250 2.0.0 fine")
    changes: dict[str, Answer] = {step: answer}
    if step == "DATA":
        changes = {"DATA": "451 4.3.0 not now"}
    with serving(**changes) as server:
        transport = to(server)

        with pytest.raises(TryLater) as failure:
            transport.send(EMAIL, hand_over)

        assert failure.value.reply == "451 4.3.0 not now"
        assert not failure.value.account_level
        server.answers["DATA"] = "354 go on"
        transport.send(EMAIL, hand_over)
        assert server.connections == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "dot"])
def test_a_final_no_refuses_this_mail_and_not_the_next(step: str, to: To, hand_over: Owner) -> None:
    with serving(**{step: "550 5.7.1 not from you"}) as server:
        transport = to(server)

        with pytest.raises(Refused) as refusal:
            transport.send(EMAIL, hand_over)

        assert refusal.value.reply == "550 5.7.1 not from you"
        assert not refusal.value.dead_address
        server.answers[step] = "354 go on" if step == "DATA" else "250 2.0.0 fine"
        transport.send(EMAIL, hand_over)
        assert server.connections == 1


@pytest.mark.parametrize("step", ["RCPT", "dot"])
def test_a_dead_address_is_told_from_other_refusals(step: str, to: To, hand_over: Owner) -> None:
    with serving(**{step: "550-5.1.1 nobody of that name\r\n550 5.1.1 lives here"}) as server:
        with pytest.raises(Refused) as refusal:
            to(server).send(EMAIL, hand_over)

        assert refusal.value.dead_address


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("greeting", hang),
        ("greeting", drop),
        ("greeting", "421 4.3.2 too busy"),
        ("greeting", "554 5.3.2 no service"),
        ("greeting", drip),
        ("greeting", babble),
        ("greeting", "hello there"),
        ("EHLO", hang),
        ("EHLO", drop),
        ("EHLO", drip),
    ],
)
def test_a_server_that_cannot_be_talked_to_is_tried_later(
    step: str, answer: Answer, to: To, hand_over: Owner
) -> None:
    with serving(**{step: answer}) as server:
        began = monotonic()

        with pytest.raises(TryLater) as failure:
            to(server, connect_timeout=SHORT, command_timeout=SHORT).send(EMAIL, hand_over)

        assert failure.value.account_level
        assert hand_over.times == 0
        assert monotonic() - began < 6 * SHORT


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", [hang, drop, drip, "421 4.3.2 shutting down", "what is this"])
def test_a_line_lost_before_the_text_is_tried_later(
    step: str, answer: Answer, to: To, hand_over: Owner
) -> None:
    with serving(**{step: answer}) as server:
        began = monotonic()
        transport = to(server, command_timeout=SHORT)

        with pytest.raises(TryLater) as failure:
            transport.send(EMAIL, hand_over)

        assert not failure.value.account_level
        assert monotonic() - began < 6 * SHORT
        server.answers |= {"MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on"}
        transport.send(EMAIL, hand_over)
        assert len(server.texts) == 1


def test_a_line_lost_in_the_middle_of_the_text_is_tried_later(to: To, hand_over: Owner) -> None:
    def read_a_little(talk: Talk) -> None:
        talk.say("354 go on")
        talk.sock.recv(1000)
        drop(talk)

    long = Email(EMAIL.sender, EMAIL.recipient, EMAIL.message_id, EMAIL.raw + b"a line\r\n" * 2_000_000)
    with serving(DATA=read_a_little) as server:
        with pytest.raises(TryLater):
            to(server).send(long, hand_over)

        assert hand_over.times == 1
        assert server.texts == []


@pytest.mark.parametrize("answer", [hang, drop, drip, babble, "what is this", "354 more"])
def test_no_answer_to_the_whole_text_leaves_us_unsure(answer: Answer, to: To, hand_over: Owner) -> None:
    with serving(dot=answer) as server:
        began = monotonic()
        transport = to(server, data_timeout=SHORT)

        with pytest.raises(Unsure):
            transport.send(EMAIL, hand_over)

        assert len(server.texts) == 1
        assert monotonic() - began < 6 * SHORT
        server.answers["dot"] = "250 2.0.0 queued"
        assert transport.send(EMAIL, hand_over) == "250 2.0.0 queued"


def test_an_endless_line_after_the_text_is_no_refusal(to: To, hand_over: Owner) -> None:
    with serving(dot="2" * 20_000) as server, pytest.raises(Unsure):
        to(server).send(EMAIL, hand_over)


def test_250_decides_and_a_line_that_drops_after_it_changes_nothing(to: To, hand_over: Owner) -> None:
    with serving(dot=then_drop("250 2.0.0 queued"), QUIT=drop) as server:
        transport = to(server)

        assert transport.send(EMAIL, hand_over) == "250 2.0.0 queued"
        assert transport.send(EMAIL, hand_over) == "250 2.0.0 queued"
        transport.close()

        assert server.connections == 2
        assert len(server.texts) == 2


@pytest.mark.parametrize("quit_answer", [hang, drop, drip, "500 5.5.1 no"])
def test_a_failing_goodbye_is_nobodys_trouble(quit_answer: Answer, to: To, hand_over: Owner) -> None:
    with serving(QUIT=quit_answer) as server:
        transport = to(server, command_timeout=SHORT)
        transport.send(EMAIL, hand_over)

        transport.close()
        transport.close()


def test_a_kept_connection_carries_the_next_mail(to: To, hand_over: Owner) -> None:
    with serving() as server:
        transport = to(server)

        for _ in range(3):
            transport.send(EMAIL, hand_over)

        assert (server.connections, len(server.texts)) == (1, 3)


@pytest.mark.parametrize("mail", [drop, then_drop("421 4.4.2 idle too long"), hang])
def test_a_connection_gone_stale_is_replaced_unnoticed(mail: Answer, to: To, hand_over: Owner) -> None:
    with serving(MAIL=in_turn("250 fine", mail, "250 fine")) as server:
        transport = to(server, command_timeout=SHORT)
        transport.send(EMAIL, hand_over)

        transport.send(EMAIL, hand_over)

        assert (server.connections, len(server.texts), hand_over.times) == (2, 2, 2)


def test_a_connection_is_left_after_so_many_mails(to: To, hand_over: Owner) -> None:
    with serving() as server:
        transport = to(server, mails_per_connection=2)

        for _ in range(5):
            transport.send(EMAIL, hand_over)

        assert server.connections == 3
        assert server.verbs().count("QUIT") == 2


def test_a_connection_is_left_when_it_has_stood_too_long(to: To, hand_over: Owner) -> None:
    with serving() as server:
        transport = to(server, connection_age=0)

        for _ in range(2):
            transport.send(EMAIL, hand_over)

        assert server.connections == 2


def test_each_thread_has_a_connection_of_its_own(to: To, hand_over: Owner) -> None:
    with serving() as server:
        transport = to(server)
        together = threading.Barrier(3)

        def meet() -> None:
            together.wait(10)

        def send() -> None:
            transport.send(EMAIL, meet)
            transport.close()

        threads = [threading.Thread(target=send) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)

        assert (server.connections, len(server.texts)) == (3, 3)


def test_nobody_listening_is_the_accounts_trouble(to: To, hand_over: Owner) -> None:
    with serving() as server:
        pass

    with pytest.raises(TryLater) as failure:
        to(server).send(EMAIL, hand_over)

    assert failure.value.account_level


def test_a_server_that_never_accepts_is_given_up_in_time(to: To, hand_over: Owner) -> None:
    deaf = listening()
    began = monotonic()
    transport = SmtpTransport(
        SmtpSettings("127.0.0.1", deaf.getsockname()[1], Security.NONE, connect_timeout=SHORT)
    )

    with pytest.raises(TryLater):
        transport.send(EMAIL, hand_over)

    assert monotonic() - began < 6 * SHORT
    deaf.close()


def test_a_reply_is_cut_and_put_on_one_line(to: To, hand_over: Owner) -> None:
    endless = "\r\n".join(["550-5.7.1 because of this and that"] * 40 + ["550 5.7.1 enough"])
    with serving(RCPT=endless) as server:
        with pytest.raises(Refused) as refusal:
            to(server).send(EMAIL, hand_over)

        assert len(refusal.value.reply) == 500
        assert "\n" not in refusal.value.reply


class TestSigningIn:
    OFFER = "250-mail.example\r\n250 AUTH PLAIN LOGIN"

    def test_the_account_signs_in_before_its_first_mail(self, to: To, hand_over: Owner) -> None:
        with serving(EHLO=self.OFFER, AUTH="235 2.7.0 welcome") as server:
            to(server, username="connor", password="secret").send(EMAIL, hand_over)

            assert server.verbs()[:3] == ["EHLO", "AUTH", "MAIL"]

    @pytest.mark.parametrize(
        "answer", ["535 5.7.8 wrong", "454 4.7.0 not now", "530 5.7.0 TLS first", hang, drop]
    )
    def test_a_refused_sign_in_is_tried_later_and_is_the_accounts_trouble(
        self, answer: Answer, to: To, hand_over: Owner
    ) -> None:
        with serving(EHLO=self.OFFER, AUTH=answer) as server:
            transport = to(server, username="connor", password="secret", command_timeout=SHORT)

            with pytest.raises(TryLater) as failure:
                transport.send(EMAIL, hand_over)

            assert failure.value.account_level
            assert "secret" not in failure.value.reply
            assert "MAIL" not in server.verbs()

    def test_a_server_that_offers_no_sign_in_is_the_accounts_trouble(self, to: To, hand_over: Owner) -> None:
        with serving() as server, pytest.raises(TryLater) as failure:
            to(server, username="connor", password="secret").send(EMAIL, hand_over)

        assert failure.value.account_level

    @pytest.mark.parametrize("step", ["MAIL", "RCPT"])
    def test_a_server_that_wants_a_sign_in_after_all_does_not_cost_the_mail(
        self, step: str, to: To, hand_over: Owner
    ) -> None:
        with serving(**{step: "530 5.7.0 authentication required"}) as server:
            with pytest.raises(TryLater) as failure:
                to(server).send(EMAIL, hand_over)

            assert failure.value.account_level

    def test_the_password_is_not_shown_with_the_settings(self) -> None:
        assert "secret" not in repr(SmtpSettings("mail.example", 587, password="secret"))


class TestEncryption:
    OFFER = "250-mail.example\r\n250 STARTTLS"

    @pytest.fixture
    def trusted(self, pem: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        return pem

    def starting(self, pem: Path) -> Callable[[Talk], None]:
        def start(talk: Talk) -> None:
            talk.say("220 2.0.0 go ahead")
            talk.start_tls(tls_server(pem))

        return start

    def test_starttls_comes_before_the_password_and_the_mail(
        self, trusted: Path, to: To, hand_over: Owner
    ) -> None:
        ehlo = in_turn(self.OFFER, "250-mail.example\r\n250 AUTH PLAIN")
        with serving(EHLO=ehlo, STARTTLS=self.starting(trusted), AUTH="235 welcome") as server:
            transport = to(server, security="starttls", username="connor", password="secret")

            transport.send(EMAIL, hand_over)

            assert server.verbs() == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"]

    def test_tls_from_the_first_byte_works_and_keeps_its_connection(
        self, trusted: Path, to: To, hand_over: Owner
    ) -> None:
        with serving(tls_server(trusted)) as server:
            transport = to(server, security="tls")

            transport.send(EMAIL, hand_over)
            transport.send(EMAIL, hand_over)

            assert (server.connections, len(server.texts)) == (1, 2)

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_a_certificate_nobody_vouches_for_ends_the_conversation(
        self, security: str, pem: Path, to: To, hand_over: Owner
    ) -> None:
        tls = tls_server(pem) if security == "tls" else None
        with serving(tls, EHLO=self.OFFER, STARTTLS=self.starting(pem)) as server:
            with pytest.raises(TryLater, match="certificate") as failure:
                to(server, security=security, username="connor", password="secret").send(EMAIL, hand_over)

            assert failure.value.account_level
            assert set(server.verbs()) <= {"EHLO", "STARTTLS"}

    def test_a_certificate_for_another_name_ends_the_conversation(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: To, hand_over: Owner
    ) -> None:
        other = certificate(tmp_path, "DNS:another.example")
        monkeypatch.setenv("SSL_CERT_FILE", str(other))

        with serving(EHLO=self.OFFER, STARTTLS=self.starting(other)) as server:
            with pytest.raises(TryLater, match="certificate"):
                to(server, security="starttls").send(EMAIL, hand_over)

            assert server.verbs() == ["EHLO", "STARTTLS"]

    def test_starttls_stripped_from_the_offer_sends_nothing_in_the_clear(
        self, to: To, hand_over: Owner
    ) -> None:
        with serving(EHLO="250-mail.example\r\n250 AUTH PLAIN") as server:
            with pytest.raises(TryLater, match="STARTTLS") as failure:
                to(server, security="starttls", username="connor", password="secret").send(EMAIL, hand_over)

            assert failure.value.account_level
            assert server.verbs() == ["EHLO"]

    @pytest.mark.parametrize(
        "answer",
        ["454 4.7.0 not now", "502 5.5.1 unknown", "250 ok", hang, drop, then_drop("220 go ahead")],
    )
    def test_starttls_that_breaks_sends_nothing_in_the_clear(
        self, answer: Answer, to: To, hand_over: Owner
    ) -> None:
        with serving(EHLO=self.OFFER, STARTTLS=answer) as server:
            with pytest.raises(TryLater) as failure:
                to(server, security="starttls", command_timeout=SHORT).send(EMAIL, hand_over)

            assert failure.value.account_level
            assert server.verbs() == ["EHLO", "STARTTLS"]

    def test_words_slipped_in_before_the_encryption_are_not_believed(
        self, trusted: Path, to: To, hand_over: Owner
    ) -> None:
        def start(talk: Talk) -> None:
            talk.say("220 go ahead\r\n250-mail.example\r\n250 AUTH PLAIN")
            talk.start_tls(tls_server(trusted))

        with serving(EHLO=self.OFFER, STARTTLS=start) as server:
            transport = to(server, security="starttls", username="connor", password="secret")

            with pytest.raises(TryLater):
                transport.send(EMAIL, hand_over)

            assert "AUTH" not in server.verbs()


def test_tls_is_the_default_and_its_certificates_are_checked() -> None:
    assert SmtpSettings("mail.example", 587).security == Security.STARTTLS
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED
