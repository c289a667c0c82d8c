"""Whether a submission looks like spam: the rules, with what the practice has seen and was taught."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db, instant
from crm.models import Inquiry, Lead, SenderRule, SenderTrait
from crm.models.search_entry import KEY
from crm.rules.addresses import normalize_email
from crm.rules.body_print import are_alike, body_print
from crm.rules.spam import Evidence, Judgement, judge
from crm.rules.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crm.rules.intake import Limits, Submission
    from crm.together import Row

LATELY = timedelta(days=14)
WITHIN = timedelta(hours=1)
COMPARED_WITH = 200
"""So many of the newest notes, and of those called spam, a new one is compared with."""


def screen(inquiry: Inquiry, submission: Submission, limits: Limits, seen: Seen) -> Judgement:
    """Judge a stored submission, and write down beside it what was found."""
    inquiry.network_key = submission.network_key
    inquiry.body_print = body_print(submission.own_words, db.engine.get_execution_options()[KEY])
    judgement = judge(submission, limits, _evidence(inquiry, submission, seen))
    inquiry.signs = [
        {"sign": each.sign, "weight": each.weight, "words": each.words} for each in judgement.findings
    ]
    return judgement


@dataclass(frozen=True)
class Seen:
    """What PRINTS found, and the one row of SENDER."""

    prints: Sequence[Row]
    sender: Row


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


def _evidence(inquiry: Inquiry, submission: Submission, seen: Seen) -> Evidence:
    """What the same person says again is no repetition."""
    alike = [each for each in seen.prints if are_alike(each.body_print, inquiry.body_print)]
    sender = seen.sender
    return Evidence(
        repeated=len({each.lead_id for each in alike if not each.is_spam}),
        is_known_spam=any(each.is_spam for each in alike),
        from_network=sender.from_network,
        address_is_spam=sender.address_is_spam,
        network_is_spam=sender.network_is_spam,
        token_is_borrowed=_is_borrowed(inquiry, submission.nonce),
    )


def looked_for(submission: Submission, lead_id: int, now: datetime) -> dict[str, object]:
    """What PRINTS and SENDER look for."""
    return {
        "address": normalize_email(submission.email) if submission.email else "",
        "network": submission.network_key,
        "lately": now - LATELY,
        "within": now - WITHIN,
        "lead_id": lead_id,
    }


def _is_borrowed(inquiry: Inquiry, nonce: str) -> bool:
    """The token of this form came with somebody else's note already."""
    if not nonce or nonce == inquiry.nonce:
        return False
    whose = db.session.scalar(sa.select(Inquiry.lead_id).where(Inquiry.nonce == nonce))
    return whose is not None and whose != inquiry.lead_id


_inquiry, _lead = Inquiry.__table__.c, Lead.__table__.c
_has_a_print = _inquiry.body_print != sa.literal_column("''")


def _newest(select: sa.Select[Any]) -> sa.Select[Any]:
    """Those that a new one is compared with."""
    return sa.select(select.order_by(_inquiry.id.desc()).limit(COMPARED_WITH).subquery())


def _taught(trait: SenderTrait, name: str) -> sa.ScalarSelect[bool]:
    its = sa.and_(SenderRule.trait == sa.literal_column(f"'{trait}'"), SenderRule.key == sa.bindparam(name))
    return sa.select(SenderRule.is_spam).where(its).scalar_subquery()


def _print(is_spam: int) -> sa.Select[Any]:
    told = sa.literal_column(str(is_spam), sa.Integer()).label("is_spam")
    return sa.select(_inquiry.lead_id, _inquiry.body_print, told).where(_has_a_print)


PRINTS: sa.CompoundSelect[Any] = sa.union_all(
    _newest(
        _print(0).where(_inquiry.received_at > instant("lately"), _inquiry.lead_id != sa.bindparam("lead_id"))
    ),
    _newest(
        _print(1)
        .join(Lead.__table__, _lead.id == _inquiry.lead_id)
        .where(_lead.stage == sa.literal_column(f"'{Stage.SPAM}'"))
    ),
)
"""Notes of others of late, and what was called spam."""
SENDER = sa.select(
    _taught(SenderTrait.ADDRESS, "address").label("address_is_spam"),
    _taught(SenderTrait.NETWORK, "network").label("network_is_spam"),
    sa.select(sa.func.count(_inquiry.lead_id.distinct()))
    .where(
        _inquiry.network_key == sa.bindparam("network"),
        _inquiry.network_key != sa.literal_column("''"),
        _inquiry.received_at > instant("within"),
        _inquiry.lead_id != sa.bindparam("lead_id"),
    )
    .scalar_subquery()
    .label("from_network"),
)
"""What was taught about this address and this network, and how many others wrote from the network."""
