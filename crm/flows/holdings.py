"""Everything that is kept of one person: which rows of which table are theirs.

Export and erasure both go by this list, so neither can know of more than the other. A test holds every table
of the schema against it: a new one has to be put here, or among those that are nobody's, with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import Base, db
from crm.models import Incoming, Inquiry, KeptAnswer, Message, Sweep, SweepPerson, Undo
from crm.rules.addresses import PROVIDERS, normalize_email
from crm.rules.verdicts import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm.models import Lead

NOBODYS = frozenset(
    {
        # who signs in, and from where: lines of the access record tell of them
        *("account", "setup_link", "sign_in", "half_sign_in", "invitation", "password_reset"),
        *("challenge", "guess_tally", "passkey", "recovery_code"),
        # what the practice writes, asks and decides for everybody
        *(
            "colleague",
            "consent_text",
            "crisis_edition",
            "email_template",
            "form_slug",
            "form_version",
            "inquiry_form",
        ),
        *("listener", "practice", "saved_view", "sequence", "sequence_version", "source", "step", "tag"),
        "template_version",
        # what place there is; to whom it was offered are the person's rows
        "vacancy",
        # when clinicians take calls
        *("busy_time", "call_settings", "opening", "own_calendar", "special_day"),
        # who hands over mail: what was taken is kept with the mails
        *("mail_parcel", "mail_provider"),
        # how the program itself stands
        *("domain_check", "key_check"),
        *("audit_anchor", "audit_head", "instance", "job_run", "mail_account", "mail_folder", "search_index"),
    }
)
"""Tables of which no row is about a person who wrote."""
SHORTEST_NUMBER = 7
REPORTS = frozenset({Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.DELAY_NOTICE, Kind.DELIVERED, Kind.COMPLAINT})
"""What machines write about an address: mails of theirs that match none of ours name it all the same."""
_T = Base.metadata.tables


@dataclass(frozen=True)
class Whom:
    """One person. `keys`: the hashes of their contacts; `addresses`, `numbers`: all they ever gave us."""

    lead_id: int
    keys: frozenset[str]
    addresses: frozenset[str]
    numbers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, lead: Lead) -> Whom:
        keys = {lead.contact_key, *lead.wish_keys, *(each.contact_key for each in lead.aliases)}
        return cls(lead.id, frozenset(keys), frozenset(_addresses(lead)), frozenset(_numbers(lead)))

    @property
    def domains(self) -> frozenset[str]:
        return frozenset(each.rpartition("@")[2] for each in self.addresses)


def _addresses(lead: Lead) -> Iterator[str]:
    if lead.email:
        yield normalize_email(lead.email)
    for column, lead_id in (
        (Inquiry.email, Inquiry.lead_id),
        (Message.to_address, Message.lead_id),
        (Incoming.sender, Incoming.lead_id),
    ):
        given = db.session.scalars(sa.select(column).where(lead_id == lead.id).distinct())
        yield from (normalize_email(each) for each in given if each and "@" in each)


def _numbers(lead: Lead) -> Iterator[str]:
    """The figures of each that is long enough to be one."""
    typed = (*(each.phone for each in lead.inquiries), *(each.number for each in lead.bookings))
    figures = ("".join(filter(str.isdigit, given or "")) for given in (lead.phone, *typed))
    return (each for each in figures if len(each) >= SHORTEST_NUMBER)


def theirs(whom: Whom) -> dict[str, sa.ColumnElement[bool]]:
    """By table: which of its rows are this person's."""
    pair, pause = _T["distinction"].c, _T["domain_pause"].c
    return {
        **{name: _T[name].c.lead_id == whom.lead_id for name in BY_PERSON},
        "lead": _T["lead"].c.id == whom.lead_id,
        "merge": sa.or_(*(_T["merge"].c[name] == whom.lead_id for name in ("lead_id", "other_id"))),
        "distinction": sa.or_(pair.lead_id == whom.lead_id, pair.other_id == whom.lead_id),
        **_of_their_emails(whom),
        **_of_what_came_in(whom),
        **_of_what_was_done(whom),
        "suppression": _T["suppression"].c.address_key.in_(whom.keys | whom.addresses),
        "sender_rule": _T["sender_rule"].c.key.in_(whom.addresses),
        "domain_pause": sa.and_(pause.domain.in_(whom.domains), pause.domain.not_in(PROVIDERS)),
    }


BY_PERSON = (
    *("alias", "assignment", "audit", "booking", "dispatch", "draft", "enrollment", "event", "inquiry"),
    *("lead_tag", "merge", "message", "note", "offer", "reply", "search_entry", "sweep_person", "undo"),
)
"""Those whose `lead_id` says it all."""


def _of_their_emails(whom: Whom) -> dict[str, sa.ColumnElement[bool]]:
    emails = _ids("message", whom)
    found: dict[str, sa.ColumnElement[bool]] = {
        name: _T[name].c.message_id.in_(emails) for name in ("attempt", "decision")
    }
    calls = sa.select(_T["booking"].c.id).where(_T["booking"].c.lead_id == whom.lead_id)
    found["occupancy"] = _T["occupancy"].c.booking_id.in_(calls)
    return found | {"dispatch_try": _T["dispatch_try"].c.dispatch_id.in_(_ids("dispatch", whom))}


def _of_what_came_in(whom: Whom) -> dict[str, sa.ColumnElement[bool]]:
    mail, inquiries = _T["incoming"].c, _ids("inquiry", whom)
    came = sa.or_(
        mail.lead_id == whom.lead_id,
        mail.answers_id.in_(_ids("message", whom)),
        mail.id.in_(_from_them_though_nobody_said_so(whom)),
    )
    row = _T["import_row"].c
    rows = sa.or_(row.lead_id == whom.lead_id, row.contact_key.in_(whom.keys))
    return {
        "incoming": came,
        "raw_mail": _T["raw_mail"].c.incoming_id.in_(sa.select(mail.id).where(came)),
        "delivery": _T["delivery"].c.inquiry_id.in_(inquiries),
        "kept_answer": _T["kept_answer"].c.id.in_(_kept_answers(whom)),
        "import_row": rows,
        "people_import": _T["people_import"].c.id.in_(sa.select(row.import_id).where(rows)),
    }


def _from_them_though_nobody_said_so(whom: Whom) -> list[int]:
    """What came from their address, or reports on it, and was never placed.

    Compared here, where addresses can be read.
    """
    placed_nowhere = (Incoming.lead_id.is_(None), Incoming.kind.is_not(None))
    columns = (Incoming.id, Incoming.kind, Incoming.sender, Incoming.subject, Incoming.said)
    mails = db.session.execute(sa.select(*columns).where(*placed_nowhere))
    return [row.id for row in mails if _is_of(row, whom)]


def _is_of(mail: Any, whom: Whom) -> bool:  # noqa: ANN401 - a row
    if mail.sender and normalize_email(mail.sender) in whom.addresses:
        return True
    told = f"{mail.subject} {mail.said}".casefold()
    return mail.kind in REPORTS and any(each in told for each in whom.addresses)


def _kept_answers(whom: Whom) -> list[int]:
    """By the number of the inquiry in the answer. They live for a day, so they are few."""
    inquiries = set(db.session.scalars(_ids("inquiry", whom)))
    finished = KeptAnswer.status.is_not(None)
    kept = db.session.execute(sa.select(KeptAnswer.id, KeptAnswer.answer).where(finished))
    return [row.id for row in kept if (row.answer or {}).get("id") in inquiries]


def _of_what_was_done(whom: Whom) -> dict[str, sa.ColumnElement[bool]]:
    """Acts on many, whose words may name one of them."""
    undone = sa.select(Undo.id).where(
        Undo.lead_id == whom.lead_id, Undo.id.between(Sweep.first_undo_id, Sweep.last_undo_id)
    )
    touched = sa.select(SweepPerson.sweep_id).where(SweepPerson.lead_id == whom.lead_id)
    return {"sweep": sa.or_(undone.exists(), Sweep.id.in_(touched))}


def _ids(table: str, whom: Whom) -> sa.Select[Any]:
    return sa.select(_T[table].c.id).where(_T[table].c.lead_id == whom.lead_id)
