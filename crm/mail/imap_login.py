"""Signing in to an IMAP server: encrypted and verified, or not at all (R36)."""

from __future__ import annotations

import imaplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from crm.mail.imap_answers import text_of
from crm.mail.imap_line import Line, TlsLine
from crm.mail.mailbox import MailboxTrouble, NotLetIn, NotSafe, Unreachable

PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]")
"""RFC 5530: with these a refused sign-in is not about the password."""


class Security(StrEnum):
    """How the way to the server is protected. NONE is for a server on this machine."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True)
class ImapSettings:
    """Where the mailbox is. `token_file` holds an OAuth token and is read at each sign-in.

    `more_folders`: where answers may land besides the inbox, as the server calls them. Timeouts are seconds.
    """

    host: str
    port: int
    username: str
    security: str = Security.TLS
    password: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    more_folders: tuple[str, ...] = ()
    reads_junk: bool = False
    connect_timeout: float = 30
    answer_timeout: float = 60


def signed_in(settings: ImapSettings) -> Line:
    """A line on which commands may be given. Raises MailboxTrouble."""
    line = _connected(settings)
    try:
        line.expect(settings.answer_timeout)
        _sign_in(line, settings)
    except BaseException:
        hang_up(line)
        raise
    return line


def _connected(settings: ImapSettings) -> Line:
    """Encrypted unless it need not be. Nothing of ours is said in the clear before."""
    security = Security(settings.security)
    try:
        if security is Security.TLS:
            context = ssl.create_default_context()
            return TlsLine(
                settings.host, settings.port, ssl_context=context, timeout=settings.connect_timeout
            )
        line = Line(settings.host, settings.port, timeout=settings.connect_timeout)
    except ssl.SSLError as unsafe:
        raise NotSafe(f"no safe connection ({unsafe.reason or type(unsafe).__name__})") from unsafe
    except TimeoutError as late:
        raise Unreachable("the server did not answer in time") from late
    except (OSError, imaplib.IMAP4.error, ValueError) as broken:  # a name that is none, letters that are none
        raise Unreachable(f"no connection ({type(broken).__name__})") from broken
    if security is Security.STARTTLS:
        _encrypt(line, settings)
    return line


def _encrypt(line: Line, settings: ImapSettings) -> None:
    """What came before the encryption began is not believed after it (RFC 9051 11.1)."""
    try:
        line.expect(settings.answer_timeout)
        line.starttls(ssl.create_default_context())
    except (OSError, imaplib.IMAP4.error, ValueError) as trouble:
        hang_up(line)
        raise NotSafe(f"no safe connection ({type(trouble).__name__})") from trouble
    if line.has_unread:
        hang_up(line)
        raise NotSafe("something was said between STARTTLS and the encryption")


def _sign_in(line: Line, settings: ImapSettings) -> None:
    try:
        _say_who(line, settings)
    except ValueError as unsayable:
        raise NotLetIn("this server takes only plain letters in a name and password") from unsayable
    except (OSError, imaplib.IMAP4.error) as trouble:
        raise _what_it_means(trouble) from trouble


def _say_who(line: Line, settings: ImapSettings) -> None:
    if settings.token_file is not None:
        _by_token(line, settings.username, _token(settings.token_file))
    elif "AUTH=PLAIN" in line.capabilities:
        secret = f"\0{settings.username}\0{settings.password or ''}".encode()
        line.authenticate("PLAIN", lambda _challenge: secret)
    else:
        line.login(settings.username, settings.password or "")


def _what_it_means(trouble: OSError | imaplib.IMAP4.error) -> MailboxTrouble:
    match trouble:
        case TimeoutError():
            return Unreachable("the server did not answer in time")
        case OSError() | imaplib.IMAP4.abort():
            return Unreachable(f"the connection broke while signing in ({type(trouble).__name__})")
        case _:
            said = text_of(trouble.args)
            passes = any(code in said.upper() for code in PASSING)
            return Unreachable(f"not now: {said}") if passes else NotLetIn(said)


def _by_token(line: Line, username: str, token: str) -> None:
    """RFC 7628 where it is offered, else Google's and Microsoft's own. A refusal is answered, then ends."""
    if "AUTH=OAUTHBEARER" in line.capabilities:
        mechanism, first, then = "OAUTHBEARER", f"n,a={username},\1auth=Bearer {token}\1\1", b"\1"
    else:
        mechanism, first, then = "XOAUTH2", f"user={username}\1auth=Bearer {token}\1\1", b""
    said = iter([first.encode()])
    line.authenticate(mechanism, lambda _challenge: next(said, then))


def _token(path: Path) -> str:
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as missing:
        raise NotLetIn(f"the token file cannot be read ({type(missing).__name__})") from missing
    if not token:
        raise NotLetIn("the token file is empty")
    return token


def hang_up(line: Line) -> None:
    with suppress(OSError):
        line.shutdown()
