"""Mail nobody could be found for: the owner says whose it is, makes somebody new of it, or puts it away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Blueprint, flash, render_template, request, url_for

from crm import clock
from crm.db import db, numbers, transaction
from crm.flows import bearings, crisis, placing
from crm.flows.acquaintance import AlreadyKnown
from crm.flows.finding import find
from crm.models import Incoming, Lead, Undo
from crm.rules.arrivals import FoundBy
from crm.rules.crisis import crisis_words
from crm.rules.telling import called
from crm.rules.verdicts import Kind
from crm.web.access import account
from crm.web.forms.checks import row_id, takes_mail, tidy
from crm.web.respond import done, get_or_404, go
from crm.web.story_parts import paragraphs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from crm.flows.bearings import Person
    from crm.flows.resemblance import Resemblance
    from crm.rules.next_words import Sentence

bp = Blueprint("unplaced", __name__, url_prefix="/today/mail")

SHOWN = 30
"""So many stand in the list, the oldest first; who has dealt with them sees the next."""
LOOKED_INTO = 2_000
"""Letters of each that are looked through for words of danger while it is closed."""
FROM_PEOPLE = (Kind.HUMAN_REPLY, Kind.OTHER)
"""What its sender wrote: a directory hands on what others wrote, a provider what a machine says."""
PROPOSED = 3
DEALT_WITH = "That one has been dealt with already."
WHY = {
    Kind.HUMAN_REPLY: "Nobody you know has this address, and it answers no email of yours.",
    Kind.DIRECTORY_INQUIRY: "A directory handed on what somebody wrote, without an address to answer to.",
    Kind.COMPLAINT: "Somebody marked an email of yours as spam. Nothing more goes to that address.",
}
UNREAD = (
    "It could not be read here, so nothing is known of what it says. "
    "Please read it in your own mail program: it has not been touched."
)


@dataclass(frozen=True)
class Row:
    """One of the list, from a few columns. `is_urgent`: it has words that suggest danger."""

    mail: Any
    is_urgent: bool


@dataclass(frozen=True)
class Opened:
    """The one that is open: what it says, why it is here, and who it may be from."""

    mail: Incoming
    name: str
    why: str
    said: Sequence[Sentence]
    q: str
    proposals: list[Resemblance]
    found: list[Person]

    @property
    def is_read(self) -> bool:
        return self.mail.quarantined_at is None

    @property
    def may_be_given(self) -> bool:
        """Whether it is anybody's words. Of what could not be read there are none to show."""
        return self.is_read and self.mail.kind is not Kind.COMPLAINT

    @property
    def may_be_new(self) -> bool:
        return _may_be_new(self.mail)


@bp.get("")
def show() -> str:
    """All of them, and one open: the one asked for, else the first."""
    rules = crisis.rules()
    rows = [
        Row(each, bool(crisis_words(each.said[:LOOKED_INTO], rules)))
        for each in db.session.execute(_listed())
    ]
    (waiting,) = numbers(Incoming.tray())
    chosen = _chosen([row.mail.id for row in rows], request.args.get("mail", ""))
    opened = _opened(chosen, tidy(request.args.get("q"))) if chosen else None
    asked = request.args.get("mail") == str(chosen)
    return render_template("today/mail.html", rows=rows, waiting=waiting, opened=opened, asked=asked)


@bp.post("/<int:mail_id>/person")
def create_person(mail_id: int) -> Response:
    """It is from somebody known."""
    with transaction():
        lead = get_or_404(Lead, row_id(request.form.get("lead_id", "")))
        mail = get_or_404(Incoming, mail_id, lock=True)
        if mail.settled_at is not None:
            return done(DEALT_WITH, to=url_for(".show"))
        undo = placing.give(mail, lead, account().id, clock.now())
        words = f"{called(lead.name) or 'Someone'} has it in their story now, and waits for you on Today."
        undoing = url_for(".take_back", mail_id=mail_id, undo_id=undo.id)
    return _next(words, undoing)


@bp.post("/<int:mail_id>/newcomer")
def create_newcomer(mail_id: int) -> Response:
    """It is from somebody new. No email goes to them by itself."""
    try:
        with transaction():
            mail = get_or_404(Incoming, mail_id, lock=True)
            if mail.settled_at is not None or not _may_be_new(mail):
                return done(DEALT_WITH, to=url_for(".show"))
            lead = placing.introduce_sender(mail, account(), clock.now())
            name = called(lead.name) or "Someone new"
    except AlreadyKnown:
        return done("You know this address already. Here is whose it is.", to=url_for(".show", mail=mail_id))
    return _next(f"{name} is here now, and waits for you on Today. No email goes out.")


@bp.post("/<int:mail_id>/dismissal")
def create_dismissal(mail_id: int) -> Response:
    """It is nobody's. It stays in the mailbox as it is."""
    with transaction():
        mail = get_or_404(Incoming, mail_id, lock=True)
        if mail.settled_at is not None:
            return done(DEALT_WITH, to=url_for(".show"))
        mail.settle(clock.now())
    return _next("Put away. Your mailbox still has it.", url_for(".bring_back", mail_id=mail_id))


@bp.post("/<int:mail_id>/return")
def bring_back(mail_id: int) -> Response:
    """What was put away is there again."""
    with transaction():
        mail = get_or_404(Incoming, mail_id, lock=True)
        is_put_away = mail.found_by is not FoundBy.OWNER
        if is_put_away:
            mail.wait_again()
    return _next("Undone. It is here again." if is_put_away else DEALT_WITH)


@bp.post("/<int:mail_id>/return/<int:undo_id>")
def take_back(mail_id: int, undo_id: int) -> Response:
    """It was somebody else's after all."""
    with transaction():
        undo = get_or_404(Undo, undo_id)
        mail = get_or_404(Incoming, mail_id, lock=True)
        is_mine = undo.account_id == account().id
        taken_back = is_mine and placing.take_back(mail, undo, clock.now())
    too_late = "That can’t be taken back any more. They have had an email since, or too much time has passed."
    return _next("Undone. It is here again." if taken_back else too_late)


def _next(words: str, undo: str = "message") -> Response:
    """On to the next of the list."""
    flash(words, undo)
    return go(url_for(".show"))


def _listed() -> sa.Select[*tuple[Any, ...]]:
    columns = (
        Incoming.id,
        Incoming.sender,
        Incoming.subject,
        Incoming.arrived_at,
        Incoming.quarantined_at,
        Incoming.said,
    )
    return Incoming.tray().with_only_columns(*columns).limit(SHOWN)


def _chosen(ids: list[int], asked: str) -> int | None:
    return next((each for each in ids if str(each) == asked), ids[0] if ids else None)


def _opened(mail_id: int, q: str) -> Opened:
    mail = get_or_404(Incoming, mail_id)
    name = placing.name_of(mail)
    return Opened(
        mail=mail,
        name=name,
        why=_why(mail),
        said=paragraphs(mail.said, crisis.words_in(mail.said)),
        q=q,
        proposals=placing.proposals(name, mail.sender)[:PROPOSED],
        found=_found(q),
    )


def _may_be_new(mail: Incoming) -> bool:
    return mail.kind in FROM_PEOPLE and takes_mail(mail.sender)


def _why(mail: Incoming) -> str:
    if mail.kind is None:
        return UNREAD
    return WHY.get(mail.kind, mail.reason)


def _found(q: str) -> list[Person]:
    ids = [hit.lead_id for hit in find(q).hits]
    people = {each.id: each for each in bearings.with_addresses(ids)} if ids else {}
    return [people[each] for each in ids if each in people]
