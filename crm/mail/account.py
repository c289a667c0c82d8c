"""The account mail goes out with: where its server is, and how to reach it safely or not at all (R36)."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from enum import StrEnum

from crm.mail.conversation import Conversation, TlsConversation


class Security(StrEnum):
    """How the way to the server is protected. NONE is for a server on this machine."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True)
class SmtpSettings:
    """Where mail goes out. `security` is a Security or its word; timeouts and age are seconds.

    The server's certificate is checked against the system's authorities; SSL_CERT_FILE names others.
    """

    host: str
    port: int
    security: str = Security.STARTTLS
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    connect_timeout: float = 30
    command_timeout: float = 60
    data_timeout: float = 600
    mails_per_connection: int = 100
    connection_age: float = 300


def connected(settings: SmtpSettings) -> Conversation:
    """Greeted, encrypted unless it need not be, signed in. Nothing of ours is said in the clear before.

    Raises smtplib's exceptions, OSError (TLS's included) or ValueError (a password that is not ASCII).
    """
    security, name = Security(settings.security), _our_name()
    if security is Security.TLS:
        smtp: Conversation = TlsConversation(
            settings.host,
            settings.port,
            name,
            timeout=settings.connect_timeout,
            context=ssl.create_default_context(),
        )
    else:
        smtp = Conversation(settings.host, settings.port, name, timeout=settings.connect_timeout)
    smtp.timeout = settings.command_timeout
    try:
        smtp.ehlo_or_helo_if_needed()
        if security is Security.STARTTLS:
            _encrypt(smtp)
        if settings.username is not None:
            smtp.login(settings.username, settings.password or "")
    except BaseException:
        smtp.close()
        raise
    return smtp


def _encrypt(smtp: Conversation) -> None:
    """Raises rather than going on in the clear, whoever took STARTTLS out of the server's answer (R36)."""
    if not smtp.has_extn("starttls"):
        raise smtplib.SMTPNotSupportedError("the server offers no STARTTLS, and nothing goes in the clear")
    code, reply = smtp.starttls(context=ssl.create_default_context())
    if code != 220:
        raise smtplib.SMTPResponseException(code, reply)
    smtp.ehlo_or_helo_if_needed()


def _our_name() -> str:
    """For EHLO. Asking the DNS for our full name can hang, and submission servers do not mind."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"
