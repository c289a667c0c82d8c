"""The accounts mail goes out and comes in with, and what the DNS says of their domain. Nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import sqlalchemy as sa

from config import Config, SmtpSecurity
from crm.app import imap_settings, smtp_settings
from crm.db import db
from crm.doctor.finding import Finding, look, ok
from crm.doctor.finding import wrong as is_wrong
from crm.flows.domain import answers_of
from crm.mail.account import connected
from crm.mail.imap_login import hang_up, signed_in
from crm.mail.mailbox import MailboxTrouble, NotLetIn
from crm.models import DomainCheck, Practice
from crm.outside import records
from crm.rules.domain import Judged, State, is_reserved, judged

PATIENCE = 10.0
"""Seconds. Servers may be slower when mail really goes; who asks here wants to know now."""


def check(config: Config) -> Iterator[Finding]:
    """SMTP, IMAP, then the records."""
    yield _smtp(config)
    yield _imap(config)
    try:
        yield from _records(config)
    except sa.exc.SQLAlchemyError:
        yield look("DNS", "which domain is ours can't be known", "see database and schema, then `crm plant`")
    finally:
        db.session.rollback()


def _smtp(config: Config) -> Finding:
    settings = replace(smtp_settings(config), connect_timeout=PATIENCE, command_timeout=PATIENCE)
    where = f"{config.smtp_host}:{config.smtp_port}"
    try:
        line = connected(settings)
    except (OSError, ValueError) as trouble:
        to_do = "look at SMTP_HOST, SMTP_PORT, SMTP_SECURITY, SMTP_USERNAME and SMTP_PASSWORD"
        return is_wrong("SMTP", f"{where} doesn't let us in ({_in_short(trouble)})", to_do)
    with suppress(OSError):
        line.quit()
    line.close()
    how = (
        "in the clear, on this machine" if config.smtp_security is SmtpSecurity.NONE else "over verified TLS"
    )
    who = "signed in" if config.smtp_username else "without an account"
    return ok("SMTP", f"{where} answers {how}, {who}")


def _imap(config: Config) -> Finding:
    settings = imap_settings(config)
    if settings is None:
        to_do = "set IMAP_HOST, or say by hand who has answered"
        return look("IMAP", "no mailbox is read", to_do)
    where = f"{settings.host}:{settings.port}"
    try:
        line = signed_in(replace(settings, connect_timeout=PATIENCE, answer_timeout=PATIENCE))
    except NotLetIn as refused:
        return is_wrong("IMAP", f"{where} refused the password ({refused.reply})", "look at IMAP_PASSWORD")
    except MailboxTrouble as trouble:
        return is_wrong("IMAP", f"{where}: {trouble.reply}", "look at IMAP_HOST, IMAP_PORT and IMAP_SECURITY")
    hang_up(line)
    return ok("IMAP", f"{where} lets us in")


def _records(config: Config) -> Iterator[Finding]:
    domain = Practice.current().sender_address.rpartition("@")[2].lower()
    if not domain:
        yield look("DNS", "no address that emails come from is set", "Settings, Sending account")
        return
    if is_reserved(domain):
        yield ok("DNS", f"{domain} is invented: nothing to look up")
        return
    check = DomainCheck.current()
    signature = answers_of(check)[1] if check and check.looked_at and check.domain == domain else None
    db.session.rollback()
    answers = records.look(domain, [signature.selector] if signature else [])
    for each in judged(answers, config.smtp_host, signature):
        yield _told(each, domain)


def _told(each: Judged, domain: str) -> Finding:
    if each.state is State.FINE:
        return ok(each.name, each.words)
    if each.state is State.UNKNOWN:
        return ok(each.name, f"could not look what is said of {domain}")
    return look(each.name, each.words, each.line or "tell whoever manages the domain")


def _in_short(trouble: Exception) -> str:
    """Its first line, without what a server may quote of a password: it never does, and an address it may."""
    said = str(trouble).splitlines()
    return f"{type(trouble).__name__}: {said[0][:120]}" if said else type(trouble).__name__
