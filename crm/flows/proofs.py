"""A text sent to whoever is signed in, to see it in a real mailbox. By the same door as all mail."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from crm.db import db
from crm.flows.writing import TEST_MARK
from crm.models import Message, Practice, Urgency
from crm.models.message import new_message_id
from crm.rules.probes import nobody_at
from crm.rules.sending import MessageKind
from crm.rules.wording import Wording

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Account


NOBODY_HOME = Wording(
    "Nobody should get this",
    "This email has to bounce.",
    "This email goes to an address that nobody has, to see whether its return is noticed. If you read it, "
    "your domain takes mail to any address, and nobody will tell when one is wrong.\n",
)


def send_probe(account: Account, now: datetime) -> Message:
    """To an address of the practice's own that nobody can have: a server has to say so."""
    domain = Practice.current().mail_domain
    return send_test(NOBODY_HOME, account, now, nobody_at(domain, secrets.token_hex(6)))


def send_test(wording: Wording, account: Account, now: datetime, to: str = "") -> Message:
    """Due at once, marked in its subject, in nobody's story. `to`: elsewhere than to the account."""
    proof = Message(
        kind=MessageKind.TEST,
        account_id=account.id,
        to_address=to or account.email,
        urgency=Urgency.PERSONAL,
        created_at=now,
        message_id=new_message_id(Practice.current().mail_domain),
        due_at=now,
    )
    proof.reword(Wording(f"{TEST_MARK}{wording.subject}", wording.preview, wording.body))
    db.session.add(proof)
    return proof
