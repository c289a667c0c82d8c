"""Everything about one person goes, from every table, in one transaction; what stays names nobody.

What stays: that their address is to get no follow-ups (`Suppression`, ERASED), the numbers in the access
record, and of mails that came in the place and the fingerprint, so that the same mail is not read once more.
Nothing is erased while a server has the text of an email to them and has not answered: nobody knows yet
whether it went, and the ledger would lose that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm import log
from crm.db import Base, db
from crm.flows import trail
from crm.flows.holdings import BY_PERSON, Whom, theirs
from crm.models import DomainPause, ImportState, Lead, PeopleImport, Suppression, turns
from crm.rules.addresses import PROVIDERS
from crm.rules.sending import MessageState, SuppressionReason
from crm.rules.spreadsheet import without
from crm.rules.trail import Act, Deed
from crm.rules.verdicts import Kind

if TYPE_CHECKING:
    from datetime import datetime

logger = log.get(__name__)
_T = Base.metadata.tables
STAYS = frozenset({"audit", "suppression"})
"""They hold numbers and keys, and nobody's name."""
MADE_ANEW = frozenset({"people_import"})
"""Of a file with many people only their lines go."""

AT_HOME = 11
"""Figures of a number in North America, with the 1 before it."""


class LeavesNow(Exception):  # noqa: N818 - a fact, not an error
    """An email to this person is leaving at this very moment."""


def erase(lead_id: int, account_id: int | None, now: datetime) -> bool:
    """Erase this person. False where they are gone already. Raises LeavesNow, and nothing has changed."""
    turns.take(lead_id)
    lead = db.session.get(Lead, lead_id)
    if lead is None:
        return False
    if any(_leaves_now(message.state, message.handed_over_at) for message in lead.messages):
        raise LeavesNow
    whom = Whom.of(lead)
    for key in sorted(lead.wish_keys):
        Suppression.suppress(key, SuppressionReason.ERASED, now)
    _take_out_of_files(whom)
    _empty_answers_of_providers(whom)
    db.session.flush()
    gone = _empty_and_delete(whom, now)
    trail.say(Deed(Act.ERASED, now, account_id, lead_id, facts={"gone": gone}))
    db.session.expunge_all()
    logger.info("person_erased", lead_id=lead_id, count=sum(gone.values()))
    return True


def _leaves_now(state: MessageState, handed_over_at: datetime | None) -> bool:
    return state is MessageState.SENDING and handed_over_at is not None


def _empty_and_delete(whom: Whom, now: datetime) -> dict[str, int]:
    """How many rows of each table. What points at others goes before them."""
    which, emptied, gone = _known_beforehand(theirs(whom)), _emptied(now), dict[str, int]()
    for table in reversed(Base.metadata.sorted_tables):
        if table.name not in which or table.name in STAYS | MADE_ANEW:
            continue
        empties = table.name in emptied
        act: Any = sa.update(table).values(emptied[table.name]) if empties else sa.delete(table)
        done = db.session.connection().execute(act.where(which[table.name]))
        if done.rowcount:
            gone[table.name] = done.rowcount
    return gone


def _known_beforehand(which: dict[str, sa.ColumnElement[bool]]) -> dict[str, sa.ColumnElement[bool]]:
    """Which rows they are is asked before the first goes: what leads to them may go earlier than they do."""
    found = dict(which)
    for name in which.keys() - {*BY_PERSON, *STAYS}:
        keys = list(_T[name].primary_key)
        if len(keys) == 1:
            found[name] = keys[0].in_(list(db.session.scalars(sa.select(keys[0]).where(which[name]))))
    return found


def emptied_mail(now: datetime) -> dict[str, Any]:
    """What stays of a mail that came in. What nobody understood is tried no more."""
    words = ("message_id", "in_reply_to", "sender", "subject", "said", "folded", "reason")
    links = ("lead_id", "found_by", "answers_id", "reply_id", "returns_on")
    mail: dict[str, Any] = dict.fromkeys(words, "") | {"wishes": [], "attachments": [], "others": []}
    mail |= dict.fromkeys(links, sa.null())
    was = _T["incoming"].c
    mail |= {name: sa.func.coalesce(was[name], now) for name in ("settled_at", "handled_at")}
    other: sa.ColumnClause[str] = sa.literal_column(f"'{Kind.OTHER}'")
    return mail | {"for_tray": False, "kind": sa.func.coalesce(was.kind, other)}


def _emptied(now: datetime) -> dict[str, dict[str, Any]]:
    """Rows that stay, without anything of anybody in them."""
    return {
        "incoming": emptied_mail(now),
        "delivery": {"body": b"", "signed": {}, "inquiry_id": None},
        "sweep": {"words": ""},
    }


def _empty_answers_of_providers(whom: Whom) -> None:
    """The patience that a big provider asked for is owed for everybody else, too; its words go."""
    theirs_too = (DomainPause.domain.in_(whom.domains), DomainPause.domain.in_(PROVIDERS))
    db.session.execute(sa.update(DomainPause).where(*theirs_too).values(reply=""))


def _take_out_of_files(whom: Whom) -> None:
    """Of a list that was brought in: all of it where it is dealt with, else the rows that name them."""
    files = sa.select(PeopleImport).where(theirs(whom)["people_import"])
    for brought in db.session.scalars(files):
        is_over = brought.state in (ImportState.DONE, ImportState.REMOVED)
        brought.text = "" if is_over else without(brought.text, lambda row: _names(row, whom))


def _names(row: str, whom: Whom) -> bool:
    """By an address, or a number: with or without the 1 that calls within North America begin with."""
    in_figures = "".join(filter(str.isdigit, row))
    by_address = any(each in row.casefold() for each in whom.addresses)
    return by_address or any(_at_home(each) in in_figures for each in whom.numbers)


def _at_home(number: str) -> str:
    return number.removeprefix("1") if len(number) == AT_HOME else number
