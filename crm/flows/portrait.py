"""Everything about one person, for themselves or for whom they go to next: each row of each table, in words.

The shape is documented in docs/privacy.md. Left out are only what opens something (tokens), what repeats the
rest for finding it (keys, the index), and the contents of raw mails, which lie beside it as files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import Base, db
from crm.flows.holdings import Whom, theirs
from crm.flows.rows import plain
from crm.models import Account, ConsentText, Practice, RawMail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crm.models import Lead

FORMAT = "practice-crm person 1"
_T = Base.metadata.tables
LEFT_OUT = frozenset(
    {
        *("unsubscribe_token", "page_token", "reply_token", "claim_token", "claimed_by", "lease_until"),
        *("content_key", "body_print", "client_key", "network_key", "contact_key", "base_mailbox"),
        *("mailbox_key", "phone_key", "name_key", "address_key", "fingerprint", "nonce", "stamp"),
        *("token", "proven_mailbox", "found_us_key"),
        *("key_name", "previous", "hash", "uid_validity", "uid", "folder_id", "worker", "signed", "record"),
    }
)
"""Columns that open something, or only help to find and deliver."""
NOT_TOLD = frozenset(
    {"search_entry", "undo", "raw_mail", "people_import", "kept_answer", "sweep", "alias", "occupancy"}
)
"""Tables that repeat what stands elsewhere, name others beside them, or are files of their own."""
NAMES = {
    "lead": "person",
    "inquiry": "inquiries",
    "message": "emails",
    "reply": "replies",
    "incoming": "mails_received",
    "note": "notes",
    "booking": "calls",
    "offer": "places_offered",
    "event": "story",
    "enrollment": "sequences",
    "decision": "decisions",
    "attempt": "delivery_attempts",
    "dispatch": "told_to_programs",
    "dispatch_try": "told_to_programs_tries",
    "suppression": "no_emails",
    "audit": "access_record",
    "draft": "drafts",
    "lead_tag": "tags",
    "assignment": "in_care_of",
    "distinction": "told_apart_from",
    "merge": "merges",
    "import_row": "imported_rows",
    "delivery": "handed_in",
    "sender_rule": "sender_rules",
    "domain_pause": "mail_server_pauses",
    "sweep_person": "acts_on_many",
}
"""What each table is called in the file."""


@dataclass(frozen=True)
class RawFile:
    """One mail as it arrived."""

    name: str
    raw: bytes


def portrait(lead: Lead, now: datetime) -> dict[str, Any]:
    """All of it, as plain JSON."""
    whom = Whom.of(lead)
    which = theirs(whom)
    told = {words: list(_rows(name, which[name])) for name, words in NAMES.items()}
    (person,) = told.pop("person")
    head: dict[str, Any] = {"format": FORMAT, "exported_at": now.isoformat()}
    head |= {"practice": Practice.current().name, "person": person | {"addresses": sorted(whom.addresses)}}
    return head | told | {"consent_texts": _consent_texts(told["inquiries"]), "accounts": _accounts()}


def raw_mails(lead: Lead) -> Iterator[RawFile]:
    """The mails of theirs whose bytes are still kept, one at a time."""
    mails = sa.select(RawMail.incoming_id).where(theirs(Whom.of(lead))["raw_mail"])
    for incoming_id in db.session.scalars(mails.order_by(RawMail.incoming_id)).all():
        raw = db.session.scalar(sa.select(RawMail.raw).where(RawMail.incoming_id == incoming_id))
        yield RawFile(f"mails/{incoming_id}.eml", raw or b"")


def _rows(name: str, which: sa.ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    table = _T[name]
    columns = [column for column in table.c if column.name not in LEFT_OUT]
    for row in db.session.execute(sa.select(*columns).where(which).order_by(*table.primary_key)).mappings():
        yield {column: _told(held) for column, held in row.items()}


def _told(held: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    return held.decode("utf-8", "replace") if isinstance(held, bytes) else plain(held)


def _consent_texts(inquiries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every wording they were shown, by its number."""
    ids = {each["consent_id"] for each in inquiries if each["consent_id"]}
    texts = db.session.scalars(sa.select(ConsentText).where(ConsentText.id.in_(ids)).order_by(ConsentText.id))
    return [{"id": each.id, "words": each.words, "first_at": each.first_at.isoformat()} for each in texts]


def _accounts() -> dict[str, str]:
    """Who stands behind the numbers of accounts."""
    return {str(each.id): each.name for each in db.session.scalars(sa.select(Account).order_by(Account.id))}
