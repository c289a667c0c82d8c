"""Whether a submission looks like spam: the rules, with what the practice has seen and was taught."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import Inquiry, Lead, SenderRule, SenderTrait
from crm.models.search_entry import KEY
from crm.rules.addresses import normalize_email
from crm.rules.body_print import are_alike, body_print
from crm.rules.spam import Evidence, Judgement, judge
from crm.rules.stages import Stage

if TYPE_CHECKING:
    from datetime import datetime

    from crm.rules.intake import Limits, Submission

LATELY = timedelta(days=14)
WITHIN = timedelta(hours=1)
COMPARED_WITH = 200
"""So many of the newest notes, and of those called spam, a new one is compared with."""


def screen(inquiry: Inquiry, submission: Submission, limits: Limits, now: datetime) -> Judgement:
    """Judge a stored submission, and write down beside it what was found."""
    inquiry.network_key = submission.network_key
    inquiry.body_print = body_print(submission.message, db.engine.get_execution_options()[KEY])
    judgement = judge(submission, limits, _evidence(inquiry, submission, now))
    inquiry.signs = [
        {"sign": each.sign, "weight": each.weight, "words": each.words} for each in judgement.findings
    ]
    return judgement


def teach(lead: Lead, account_id: int, now: datetime, *, is_spam: bool) -> None:
    """The owner has said it of this person: it holds for their address from now on."""
    if lead.email:
        key = normalize_email(lead.email)
        SenderRule.teach(SenderTrait.ADDRESS, key, account_id, now, is_spam=is_spam)


def teach_network(lead: Lead, account_id: int, now: datetime, *, is_spam: bool) -> bool:
    """The same of the network they wrote from last; False where it is not known."""
    network = lead.last_inquiry.network_key if lead.last_inquiry else ""
    SenderRule.teach(SenderTrait.NETWORK, network, account_id, now, is_spam=is_spam)
    return bool(network)


def forget(lead: Lead) -> None:
    """What was said of this person's address is taken back."""
    if lead.email:
        SenderRule.forget(SenderTrait.ADDRESS, normalize_email(lead.email))


def _evidence(inquiry: Inquiry, submission: Submission, now: datetime) -> Evidence:
    address = normalize_email(submission.email) if submission.email else ""
    taught = SenderRule.about({SenderTrait.ADDRESS: address, SenderTrait.NETWORK: submission.network_key})
    return Evidence(
        repeated=_repeated(inquiry, now),
        is_known_spam=_is_known_spam(inquiry),
        from_network=_others_from_there(inquiry, now),
        address_is_spam=taught.get(SenderTrait.ADDRESS),
        network_is_spam=taught.get(SenderTrait.NETWORK),
        token_is_borrowed=_is_borrowed(inquiry, submission.nonce),
    )


def _repeated(inquiry: Inquiry, now: datetime) -> int:
    """How many others said nearly the same lately. What the same person says again is no repetition."""
    if not inquiry.body_print:
        return 0
    lately = sa.select(Inquiry.lead_id, Inquiry.body_print).where(
        Inquiry.received_at > now - LATELY,
        Inquiry.lead_id != inquiry.lead_id,
        Inquiry.body_print != sa.literal_column("''"),
    )
    rows = db.session.execute(lately.order_by(Inquiry.id.desc()).limit(COMPARED_WITH))
    return len({row.lead_id for row in rows if are_alike(row.body_print, inquiry.body_print)})


def _is_known_spam(inquiry: Inquiry) -> bool:
    if not inquiry.body_print:
        return False
    spam = (
        sa.select(Inquiry.body_print)
        .join(Lead)
        .where(Lead.stage == Stage.SPAM, Inquiry.body_print != sa.literal_column("''"))
    )
    prints = db.session.scalars(spam.order_by(Inquiry.id.desc()).limit(COMPARED_WITH))
    return any(are_alike(each, inquiry.body_print) for each in prints)


def _others_from_there(inquiry: Inquiry, now: datetime) -> int:
    if not inquiry.network_key:
        return 0
    others = sa.select(sa.func.count(Inquiry.lead_id.distinct())).where(
        Inquiry.network_key == inquiry.network_key,
        Inquiry.received_at > now - WITHIN,
        Inquiry.lead_id != inquiry.lead_id,
    )
    return db.session.scalar(others) or 0


def _is_borrowed(inquiry: Inquiry, nonce: str) -> bool:
    """The token of this form came with somebody else's note already."""
    if not nonce or nonce == inquiry.nonce:
        return False
    whose = db.session.scalar(sa.select(Inquiry.lead_id).where(Inquiry.nonce == nonce))
    return whose is not None and whose != inquiry.lead_id
