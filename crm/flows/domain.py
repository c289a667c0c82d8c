"""Looking up what the DNS says of the domain emails come from: in no transaction, with no page waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db, transaction
from crm.models import DomainCheck, Message, Practice, RawMail
from crm.rules.domain import UNSUBSCRIBE, Answers, Signature, is_aligned, is_reserved, signature_in
from crm.rules.sending import MessageKind, MessageState

if TYPE_CHECKING:
    from datetime import datetime

Look = Callable[[str, Iterable[str]], Answers]
"""A domain, and the selectors that are known of it (crm.outside.records)."""
HEAD = 100_000
"""Bytes of a mail in which its head ends, or it is none."""


def look_up(look: Look, now: datetime) -> bool:
    """Once a day, after a change of the sender, and when the owner asks. Returns whether it was."""
    domain, signature = _due(now)
    if not domain:
        return False
    answers = Answers(domain) if is_reserved(domain) else look(domain, _selectors(signature))
    with transaction():
        check = DomainCheck.current() or DomainCheck()
        db.session.add(check)
        check.was_looked_up(domain, answers.record() | {"signature": _recorded(signature)}, now)
    return True


def answers_of(check: DomainCheck) -> tuple[Answers, Signature | None]:
    """What was found, and how an email of ours was signed, if one came back."""
    signed = check.answers.get("signature")
    signature = (
        Signature(signed["domain"], signed["selector"], frozenset(signed["signed"])) if signed else None
    )
    return Answers.of(check.answers), signature


def _due(now: datetime) -> tuple[str, Signature | None]:
    """The domain that is to be looked up now, or nothing."""
    domain = Practice.current().sender_address.rpartition("@")[2].lower()
    check = DomainCheck.current()
    is_due = bool(domain) and (check is None or check.is_due(domain, now))
    signature = _signature(domain) if is_due else None
    db.session.rollback()
    return (domain, signature) if is_due else ("", None)


def _selectors(signature: Signature | None) -> list[str]:
    return [signature.selector] if signature else []


def _signature(domain: str) -> Signature | None:
    """Of the newest test that went out and came back: our domain's own, rather than the provider's."""
    sent = sa.select(Message.message_id).where(
        Message.kind == MessageKind.TEST, Message.state == MessageState.SENT
    )
    newest = db.session.scalar(sent.order_by(Message.id.desc()).limit(1))
    raw = RawMail.came_with(newest) if newest else None
    if raw is None:
        return None
    head = BytesHeaderParser().parsebytes(raw[:HEAD].split(b"\r\n\r\n", 1)[0])
    found = [each for line in head.get_all("DKIM-Signature", []) if (each := signature_in(str(line)))]
    found.sort(key=lambda each: (is_aligned(each.domain, domain), each.signed >= UNSUBSCRIBE), reverse=True)
    return found[0] if found else None


def _recorded(signature: Signature | None) -> dict[str, Any] | None:
    if signature is None:
        return None
    return {
        "domain": signature.domain,
        "selector": signature.selector,
        "signed": sorted(signature.signed),
    }
