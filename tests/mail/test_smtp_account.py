"""Signing in and encrypting: whatever goes wrong here, nothing is said in the clear and nothing is lost."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from crm.mail.smtp import Security, SmtpSettings
from crm.mail.transport import TryLater
from tests.mail.servers import (
    EMAIL,
    SHORT,
    Answer,
    Owner,
    Talk,
    To,
    certificate,
    drop,
    hang,
    in_turn,
    serving,
    then_drop,
    tls_server,
)


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
