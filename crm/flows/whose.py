"""Whose a mail is: everybody it may be from, in one statement that only looks things up by key."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.models import Alias, Lead, Message
from crm.rules.addresses import contact_key, normalize_email
from crm.rules.arrivals import FoundBy
from crm.rules.likeness import mailbox_key
from crm.rules.matching import Candidate, Match, whose

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from crm.rules.inbound import InboundMail

COPIED_WITHIN = timedelta(minutes=15)
IDS = 50
"""So many Message-IDs of a thread are looked up, the newest first."""
_TOKEN = re.compile(r"\+([0-9a-f]{20})@")


def sender_of(mail: InboundMail) -> Match | None:
    """Whose words these are; None for somebody nobody knows.

    A few programs answer under the very Message-ID of what they answer.
    """
    threads = [*mail.in_reply_to, *reversed(mail.references)][:IDS]
    threads.append(mail.message_id)
    tokens = [token for address in mail.recipients[:IDS] for token in _TOKEN.findall(address.lower())]
    return whose(_candidates(threads, tokens, [mail.sender.address]))


def recipients_of(mail: InboundMail) -> list[int]:
    """The people a mail of the owner's went to."""
    each = (whose(_candidates([], [], [address])) for address in dict.fromkeys(mail.recipients[:IDS]))
    return list(dict.fromkeys(match.lead_id for match in each if match))


def living(lead_id: int) -> int | None:
    """The same person now: who was merged is somebody else's record."""
    exists = db.session.scalar(sa.select(Lead.id).where(Lead.id == lead_id))
    return exists or Alias.leads_to(lead_id)


def is_ours(message_id: str) -> bool:
    """Whether this program sent it."""
    found = sa.select(Message.id).where(Message.message_id == message_id)
    return bool(message_id) and db.session.scalar(found) is not None


def is_copy(lead_id: int, subject: str, at: datetime) -> bool:
    """Whether an email with this subject went to them at about this time."""
    near = Message.sent_at.between(at - COPIED_WITHIN, at + COPIED_WITHIN)
    subjects = sa.select(Message.sent_subject).where(Message.lead_id == lead_id, near)
    return subject in db.session.scalars(subjects).all()


def came_back(message_id: str, within: timedelta, now: datetime) -> Message | None:
    """The email of ours that has this Message-ID, if it went to somebody lately enough (R34).

    Or may have gone: a provider may tell sooner what became of it than our own book knows that it took it.
    """
    if not message_id:
        return None
    went = sa.or_(Message.sent_at > now - within, Message.handed_over_at > now - within)
    return db.session.scalar(sa.select(Message).where(Message.message_id == message_id, went))


def _candidates(threads: list[str], tokens: list[str], addresses: Iterable[str]) -> list[Candidate]:
    given = [address for address in addresses if address]
    asked = {
        "threads": threads,
        "tokens": tokens,
        "contacts": _known(contact_key(each, None) for each in given),
        "mailboxes": _known(mailbox_key(normalize_email(each)) for each in given),
    }
    rows = db.session.connection().execute(CANDIDATES, asked).all()
    return [Candidate(row.lead_id, FoundBy(row.by), row.stage, row.at, row.message_id) for row in rows]


def _known(keys: Iterable[str | None]) -> Collection[str]:
    return [key for key in keys if key]


def _people(
    by: FoundBy, *which: sa.ColumnElement[bool], through_alias: bool = False
) -> sa.Select[*tuple[Any, ...]]:
    """`through_alias`: by what a record was known that was merged into them."""
    columns: tuple[sa.ColumnElement[Any], ...] = (
        _lead.c.id.label("lead_id"),
        sa.literal_column(f"'{by}'").label("by"),
        _lead.c.stage,
        _lead.c.created_at.label("at"),
        sa.cast(sa.null(), sa.Integer).label("message_id"),
    )
    source = _lead.join(_alias, _alias.c.lead_id == _lead.c.id) if through_alias else _lead
    return sa.select(*columns).select_from(source).where(*which)


_lead, _alias, _message = Lead.__table__, Alias.__table__, Message.__table__
_answered = (
    sa.select(
        _message.c.lead_id,
        sa.literal_column(f"'{FoundBy.THREAD}'").label("by"),
        _lead.c.stage,
        sa.func.coalesce(_message.c.sent_at, _message.c.created_at).label("at"),
        _message.c.id.label("message_id"),
    )
    .join_from(_message, _lead, _lead.c.id == _message.c.lead_id)
    .where(_message.c.message_id.in_(sa.bindparam("threads", expanding=True)))
)
CANDIDATES = sa.union_all(
    _answered,
    _people(FoundBy.ADDRESS, _lead.c.reply_token.in_(sa.bindparam("tokens", expanding=True))),
    _people(
        FoundBy.ADDRESS, _alias.c.reply_token.in_(sa.bindparam("tokens", expanding=True)), through_alias=True
    ),
    _people(FoundBy.SENDER, _lead.c.contact_key.in_(sa.bindparam("contacts", expanding=True))),
    _people(FoundBy.SENDER, _lead.c.mailbox_key.in_(sa.bindparam("mailboxes", expanding=True))),
    _people(
        FoundBy.SENDER, _alias.c.contact_key.in_(sa.bindparam("contacts", expanding=True)), through_alias=True
    ),
)
