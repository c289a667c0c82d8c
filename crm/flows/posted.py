"""Mails that a provider handed over, read by a worker by the same acts as those of a mailbox (flows/inbox).

The parcel is taken in the mail's own transaction: who dies before its commit leaves it waiting, who dies
after has acted, and of two workers one takes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, OperationalError

from crm import log
from crm.db import db, transaction
from crm.flows import inbox
from crm.mail.mailbox import Arrival
from crm.models import Incoming, MailAccount, MailFolder, MailParcel, RawMail
from crm.rules.arrivals import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from crm.rules.inbound import InboundMail

logger = log.get(__name__)

AWAY = (OperationalError, InterfaceError)
AT_ONCE = 100
NAMES = {"postmark": "Postmark", "mailgun": "Mailgun", "ses": "Amazon SES"}


def take_in(
    understand: Callable[[bytes], InboundMail], clock: Callable[[], datetime], is_wanted: Callable[[], bool]
) -> int:
    """All that waits, and once more what could not be understood. Returns how many were handled."""
    handled = 0
    for incoming_id in _not_understood():
        handled += is_wanted() and _again(incoming_id, understand, clock)
    for parcel_id in _waiting():
        handled += is_wanted() and _one(parcel_id, understand, clock)
    return handled


def _waiting() -> list[int]:
    with transaction():
        ids = MailParcel.waiting().with_only_columns(MailParcel.id).limit(AT_ONCE)
        return list(db.session.scalars(ids))


def _not_understood() -> list[int]:
    """Of what providers handed over; a mailbox's own are its reader's."""
    with transaction():
        theirs = sa.select(MailAccount.id).where(MailAccount.account.in_(sorted(NAMES)))
        waits = Incoming.not_understood().where(Incoming.account_id.in_(theirs))
        return list(db.session.scalars(waits.with_only_columns(Incoming.id).limit(AT_ONCE)))


def _one(parcel_id: int, understand: Callable[[bytes], InboundMail], clock: Callable[[], datetime]) -> bool:
    with transaction():
        parcel = db.session.get_one(MailParcel, parcel_id)
        raw, size, arrived_at, kind = parcel.raw, parcel.size, parcel.arrived_at, parcel.provider.kind
    arrival = Arrival(parcel_id, size, arrived_at, raw)
    try:
        mail = understand(raw)
        with transaction():
            if MailParcel.take(parcel_id) and (incoming := _keep(kind, arrival, clock())):
                inbox.act(incoming, mail, clock())
    except AWAY:
        raise
    except Exception:  # a defect of ours on this one mail
        logger.exception("mail_not_understood", parcel_id=parcel_id)
        with transaction():
            if MailParcel.take(parcel_id) and (incoming := _keep(kind, arrival, clock())):
                inbox.set_aside(incoming, raw, clock())
        return False
    return True


def _again(
    incoming_id: int, understand: Callable[[bytes], InboundMail], clock: Callable[[], datetime]
) -> bool:
    """A second time; then it is left to the owner."""
    with transaction():
        raw = db.session.get_one(RawMail, incoming_id).raw
    try:
        mail = understand(raw)
        with transaction():
            if incoming := _in_turn(incoming_id):
                inbox.act(incoming, mail, clock())
                inbox.go_on_as_before(incoming, clock())
    except AWAY:
        raise
    except Exception:
        logger.exception("mail_not_understood", incoming_id=incoming_id)
        with transaction():
            if incoming := _in_turn(incoming_id):
                inbox.set_aside(incoming, raw, clock())
        return False
    return True


def _in_turn(incoming_id: int) -> Incoming | None:
    """Locked, unless another worker has dealt with it meanwhile."""
    return db.session.scalar(
        Incoming.not_understood()
        .where(Incoming.id == incoming_id)
        .with_for_update(of=Incoming)
        .execution_options(populate_existing=True)
    )


def _keep(kind: str, arrival: Arrival, now: datetime) -> Incoming | None:
    account = MailAccount.called(kind, now)
    return inbox.keep(MailFolder.opened(account.id, NAMES[kind], Role.INBOX, now), arrival, now)
