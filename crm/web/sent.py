"""What went out to people, newest first, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import joinedload

from crm.db import db
from crm.flows.finding import matching
from crm.models import Message
from crm.rules.search_words import Place
from crm.rules.sending import MessageKind
from crm.web.pages import Before

if TYPE_CHECKING:
    from sqlalchemy import Select

bp = Blueprint("sent", __name__)

PAGE = 25


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
        sent = sent.where(Message.lead_id.in_(matching(name, Place.NAME)))
    return sent.where(*before.so_on(Message.sent_at, Message.id)) if before else sent
