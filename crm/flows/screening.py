"""Whether a submission looks like spam: the rules, with what the practice has seen and was taught."""

from __future__ import annotations

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
    from datetime import datetime

    from crm.rules.intake import Limits, Submission

LATELY = timedelta(days=14)
WITHIN = timedelta(hours=1)
COMPARED_WITH = 200
"""So many of the newest notes, and of those called spam, a new one is compared with."""


def screen(inquiry: Inquiry, submission: Submission, limits: Limits, now: datetime) -> Judgement:
    """Judge a stored submission, and write down beside it what was found."""
    inquiry.network_key = submission.network_key
    inquiry.body_print = body_print(submission.own_words, db.engine.get_execution_options()[KEY])
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
    alike = _alike(inquiry, now)
    sender = _known_of_the_sender(inquiry, submission, now)
    return Evidence(
        repeated=len({each.lead_id for each in alike if not each.is_spam}),
        is_known_spam=any(each.is_spam for each in alike),
        from_network=sender.from_network,
        address_is_spam=sender.address_is_spam,
        network_is_spam=sender.network_is_spam,
        token_is_borrowed=_is_borrowed(inquiry, submission.nonce),
    )


def _alike(inquiry: Inquiry, now: datetime) -> list[sa.Row[int, str, int]]:
    """Notes of others of late, and what was called spam, that say nearly the same.

    What the same person says again is no repetition.
    """
    if not inquiry.body_print:
        return []
    given = {"since": now - LATELY, "lead_id": inquiry.lead_id}
    rows = db.session.connection().execute(PRINTS, given)
    return [row for row in rows if are_alike(row.body_print, inquiry.body_print)]


def _known_of_the_sender(
    inquiry: Inquiry, submission: Submission, now: datetime
) -> sa.Row[bool | None, bool | None, int]:
    """What was taught about this address and this network, and how many others wrote from the network."""
    given = {
        "address": normalize_email(submission.email) if submission.email else "",
        "network": submission.network_key,
        "since": now - WITHIN,
        "lead_id": inquiry.lead_id,
    }
    return db.session.connection().execute(SENDER, given).one()


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


PRINTS = sa.union_all(
    _newest(
        sa.select(_inquiry.lead_id, _inquiry.body_print, sa.literal_column("0").label("is_spam")).where(
            _inquiry.received_at > instant("since"), _inquiry.lead_id != sa.bindparam("lead_id"), _has_a_print
        )
    ),
    _newest(
        sa.select(_inquiry.lead_id, _inquiry.body_print, sa.literal_column("1").label("is_spam"))
        .join(Lead.__table__, _lead.id == _inquiry.lead_id)
        .where(_lead.stage == sa.literal_column(f"'{Stage.SPAM}'"), _has_a_print)
    ),
)
SENDER = sa.select(
    _taught(SenderTrait.ADDRESS, "address").label("address_is_spam"),
    _taught(SenderTrait.NETWORK, "network").label("network_is_spam"),
    sa.select(sa.func.count(_inquiry.lead_id.distinct()))
    .where(
        _inquiry.network_key == sa.bindparam("network"),
        _inquiry.network_key != sa.literal_column("''"),
        _inquiry.received_at > instant("since"),
        _inquiry.lead_id != sa.bindparam("lead_id"),
    )
    .scalar_subquery()
    .label("from_network"),
)
