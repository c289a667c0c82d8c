"""A mail's own bytes, and the files in it, as long as they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.db import db
from crm.mail.attached import attached
from crm.models import RawMail

if TYPE_CHECKING:
    from crm.models import Incoming


def raw_of(incoming: Incoming) -> bytes | None:
    """None once they are forgotten, and where nothing but its place could be had."""
    kept = db.session.get(RawMail, incoming.id)
    return kept.raw or None if kept else None


def file_of(incoming: Incoming, number: int) -> bytes | None:
    """One of its files. Not of a mail that broke its reader, and of none that was not read to its end."""
    raw = None if incoming.quarantined_at or incoming.is_cut else raw_of(incoming)
    return attached(raw, number) if raw else None
