"""What went out to people, newest first, word for word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import joinedload

from crm.db import db
from crm.models import Lead, Message
from crm.rules.sending import MessageKind

if TYPE_CHECKING:
    from sqlalchemy import Select

bp = Blueprint("sent", __name__)

PAGE = 25


@dataclass(frozen=True)
class Before:
    """Where the last page ended, by the keys of its last line: nothing slips between two pages."""

    sent_at: datetime
    message_id: int

    def __str__(self) -> str:
        return f"{self.sent_at.timestamp():.6f}-{self.message_id}"

    @classmethod
    def read(cls, words: str) -> Before | None:
        """From the address; what makes no sense begins with the newest."""
        stamp, _, message_id = words.partition("-")
        try:
            return cls(datetime.fromtimestamp(float(stamp), UTC), int(message_id))
        except (ValueError, OverflowError, OSError):
            return None


@bp.get("/follow-ups/sent")
def index() -> str:
    name = request.args.get("q", "").strip()
    before = Before.read(request.args.get("before", ""))
    found = list(db.session.scalars(_sent(name, before).limit(PAGE + 1)))
    shown = found[:PAGE]
    more = Before(shown[-1].sent_at, shown[-1].id) if len(found) > PAGE and shown[-1].sent_at else None
    return render_template(
        "follow_ups/sent.html",
        messages=shown,
        name=name,
        is_first=before is None,
        older=url_for(".index", q=name or None, before=str(more)) if more else None,
    )


def _sent(name: str, before: Before | None) -> Select[Message]:
    """Everything that went to people; notices and tests went to the owner himself."""
    sent = (
        sa.select(Message)
        .where(Message.sent_at.is_not(None), Message.kind.in_((MessageKind.STEP, MessageKind.REPLY)))
        .options(joinedload(Message.lead), joinedload(Message.account))
        .order_by(Message.sent_at.desc(), Message.id.desc())
    )
    if name:
        sent = sent.join(Lead, Lead.id == Message.lead_id).where(Lead.name.icontains(name, autoescape=True))
    if before:
        sent = sent.where(
            sa.or_(
                Message.sent_at < before.sent_at,
                sa.and_(Message.sent_at == before.sent_at, Message.id < before.message_id),
            )
        )
    return sent
