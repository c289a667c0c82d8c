"""The access record in words: who, and what they did. Every word in it is from a list of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import Account, Lead
from crm.rules.telling import listed
from crm.rules.trail import Act

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from crm.models import Audit

PLAIN = {
    Act.SENT: "sent an email by hand",
    Act.EXPORTED: "took a file out",
    Act.ERASED: "erased everything about them",
    Act.SIGNED_IN: "signed in",
    Act.SIGN_IN_FAILED: "could not sign in: the password was wrong",
    Act.SIGNED_OUT: "signed out",
    Act.ROLE_CHANGED: "changed what somebody may do",
    Act.TRIED: "tried something that changed nothing",
    Act.SHORTENED: "put away the oldest lines of this record",
    Act.ACCEPTED: "accepted what a restored backup had lost of this record",
}
LOOKED = {
    "person.show": "opened the page",
    "today.show": "read it on Today",
    "messages.show": "read an email",
    "wording.edit": "read an email",
    "privacy.looks": "looked at who has looked",
}
EVENTS = {
    "inquiry_received": "added an inquiry",
    "imported": "brought them in from a list",
    "freed": "said that it is not spam",
    "quarantined": "put them aside",
    "read_first_cleared": "wrote down what was done about danger",
    "follow_ups_started": "started follow-ups",
    "follow_ups_paused": "paused the follow-ups",
    "follow_ups_resumed": "resumed the follow-ups",
    "follow_ups_stopped": "stopped the follow-ups",
    "message_approved": "said yes to an email",
    "message_skipped": "left out an email",
    "message_arrived": "said that an email arrived",
    "message_again": "had an email sent again",
    "reply_received": "wrote down a reply",
    "answered_elsewhere": "answered elsewhere",
    "note_added": "wrote a note",
    "call_logged": "logged a call",
    "stage_moved": "moved them to another stage",
    "snoozed": "put them off until later",
    "woken": "took them back to Today",
    "reminder_set": "set a reminder",
    "reminder_settled": "settled a reminder",
    "call_booked": "agreed on a call",
    "call_cancelled": "called off a call",
    "call_outcome": "said how a call went",
    "unsubscribed": "noted that they want no more emails",
    "resubscribed": "noted that they want emails again",
    "contact_edited": "changed the contact",
    "undone": "took something back",
    "merged": "made two records one",
    "parted": "took two records apart",
}
ROWS = {
    "draft": "typed a draft",
    "lead_tag": "changed the tags",
    "tag": "changed a tag",
    "assignment": "changed in whose care they are",
    "message": "changed an email",
    "lead": "changed where they stand",
    "note": "wrote a note",
    "sender_rule": "taught what is spam",
    "distinction": "said that two are two people",
    "colleague": "changed a colleague in the directory",
    "practice": "changed the practice’s settings",
    "account": "changed an account",
    "inquiry_form": "changed a form",
    "sequence": "changed a sequence",
    "email_template": "changed an email’s text",
    "template_version": "changed an email’s text",
    "source": "changed a way in",
    "listener": "changed what a program is told",
    "people_import": "brought in a list of people",
    "sweep": "did something to many people",
    "saved_view": "changed a saved view",
    "incoming": "dealt with a mail that came in",
}
NOBODY = "Nobody signed in"
BY_ITSELF = "By itself"
GONE = "An account that is gone"


@dataclass(frozen=True)
class Told:
    """One line as it is read. `whom` is empty where it is of nobody, or they are erased."""

    number: int
    at: datetime
    who: str
    what: str
    lead_id: int | None = None
    whom: str = ""


def told(lines: Iterable[Audit]) -> list[Told]:
    """These lines in words, with the names of those who are still there: two statements for all of them."""
    kept = list(lines)
    people = {line.lead_id for line in kept if line.lead_id}
    accounts = dict(db.session.execute(sa.select(Account.id, Account.name)).all())
    names = dict(db.session.execute(sa.select(Lead.id, Lead.name).where(Lead.id.in_(people))).all())
    return [_told(line, accounts, names) for line in kept]


def _told(line: Audit, accounts: dict[int, str], names: dict[int, str]) -> Told:
    whom = (names[line.lead_id] or "Someone") if line.lead_id in names else ""
    return Told(line.number, line.at, _who(line, accounts), what(line), line.lead_id, whom)


def _who(line: Audit, accounts: dict[int, str]) -> str:
    if line.account_id is None:
        return NOBODY if line.act is Act.SIGN_IN_FAILED else BY_ITSELF
    return accounts.get(line.account_id, GONE)


def what(line: Audit) -> str:
    """As in "Connor opened the page"."""
    match line.act:
        case Act.LOOKED:
            return LOOKED.get(line.facts.get("by", ""), "opened a page about them")
        case Act.CHANGED | Act.SETTINGS_CHANGED:
            return _changed(line)
        case _:
            return PLAIN[line.act]


def _changed(line: Audit) -> str:
    events = [EVENTS[each] for each in line.facts.get("events", []) if each in EVENTS]
    rows = [ROWS[each] for each in line.facts.get("rows", []) if each in ROWS]
    said = events or rows
    if said:
        return listed(list(dict.fromkeys(said)))
    return "changed a setting" if line.act is Act.SETTINGS_CHANGED else "changed something"
