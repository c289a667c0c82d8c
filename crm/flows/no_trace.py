"""What machines write about somebody who was erased is kept without a word, an address or a byte of it.

That it came stays, with its place and fingerprint, so that the same mail is not read once more. What people
write stays: whoever writes again is somebody new.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows import whose
from crm.flows.erasing import emptied_mail
from crm.flows.holdings import REPORTS
from crm.models import Incoming, RawMail, Suppression
from crm.rules.addresses import normalize_email
from crm.rules.inbound import InboundMail, Mailbox
from crm.rules.sending import SuppressionReason
from crm.rules.verdicts import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

OF_MACHINES = REPORTS | {Kind.AUTO_REPLY, Kind.RECEIPT}
NAMED_AT_MOST = 50
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']{1,64}@[a-z0-9.-]{3,255}", re.IGNORECASE)


def leave_none_of_the_erased(incoming: Incoming, mail: InboundMail, now: datetime) -> None:
    """Empty what was just written down, where a machine wrote it about nobody but somebody erased."""
    matches_nothing = incoming.lead_id is None and incoming.answers_id is None
    if incoming.kind not in OF_MACHINES or not matches_nothing or not _names_the_erased(mail):
        return
    db.session.flush()
    db.session.execute(sa.delete(RawMail).where(RawMail.incoming_id == incoming.id))
    db.session.execute(sa.update(Incoming).where(Incoming.id == incoming.id).values(emptied_mail(now)))
    db.session.expire(incoming)


def _names_the_erased(mail: InboundMail) -> bool:
    """An address that was erased, and is nobody's now."""
    named = list(dict.fromkeys(map(normalize_email, _named(mail))))[:NAMED_AT_MOST]
    return any(
        Suppression.against_any([each], [SuppressionReason.ERASED]) and _is_nobodys(each) for each in named
    )


def _is_nobodys(address: str) -> bool:
    return whose.sender_of(InboundMail(sender=Mailbox(address))) is None


def _named(mail: InboundMail) -> Iterator[str]:
    """Every address in it, those first that a standard has a field for."""
    yield mail.sender.address
    for each in mail.deliveries:
        yield from (each.final_recipient, each.original_recipient)
    if mail.returned:
        yield mail.returned.recipient
    if mail.complaint:
        yield from mail.complaint.recipients
    if mail.receipt:
        yield mail.receipt.recipient
    yield from _ADDRESS.findall(f"{mail.subject} {mail.text}")
