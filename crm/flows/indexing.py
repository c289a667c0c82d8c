"""Who changes is found anew: the index of words follows every change in the same transaction.

It hangs on the session and not on each verb, so that no verb, of today or later, can forget it. Whoever
writes past the unit of work, with an UPDATE or INSERT of their own, calls `refresh` for those people.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import MADE_HERE, Base, db
from crm.flows.following import Follower
from crm.many import among
from crm.models import Inquiry, Lead, Message, Note, Reply, SearchEntry, SearchIndex
from crm.models.search_entry import tokens_of
from crm.rules.search_words import Findable, Place, Written, keys_of
from crm.rules.sending import MessageKind, MessageState
from crm.sealed import as_it_stands, opener

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

AT_ONCE = 200
"""People in one statement, and in one step of `go_on`: a second, in which nobody else writes on SQLite."""
CHANGED, WRITTEN = "changed_people", "written_meanwhile"

PERSONS_OWN: dict[type[Base], tuple[str, ...]] = {
    Lead: ("name", "email", "phone"),
    Inquiry: ("message", "lead_id"),
    Reply: ("text", "lead_id"),
    Note: ("text", "lead_id"),
    Message: ("subject", "body", "state", "lead_id"),
}
"""What a person is found by, and whose it is."""


@dataclass(frozen=True)
class Progress:
    """After one step: how many people it took, and whether everybody can be found now."""

    people: int
    is_whole: bool


def refresh(lead_ids: Collection[int]) -> None:
    """These people are found by what is known of them now. So many at a time cost what one does.

    They are locked first, so that two who write at once do not each leave out what the other wrote.
    """
    db.session.flush()
    in_order = sorted(lead_ids)
    for begin in range(0, len(in_order), AT_ONCE):
        known = _known(in_order[begin : begin + AT_ONCE])
        SearchEntry.replace({lead_id: _entries(person) for lead_id, person in known.items()})


def _begin_with(new: Mapping[int, Lead], rows: Collection[Any]) -> None:
    """These people were made by this very transaction: nobody writes beside us, and no entry is there yet.

    `rows`: all that was written of theirs since, so that none of it has to be read again.
    """
    written = _in_order(
        (WORTH[type(row)], row.id, row.lead_id, *_words_of(row)) for row in rows if _counts(row)
    )
    SearchEntry.begin({each: _entries(_findable(new[each], written[each])) for each in sorted(new)})


def words_of(new: Lead) -> dict[int, Place]:
    """The words of somebody who is about to be written down, with their places."""
    return _entries(_findable(new, [Written(Place.MESSAGE, each.message) for each in new.inquiries]))


def is_found(lead_id: int) -> None:
    """By the words that were written down with them."""
    db.session.info[CHANGED].discard(lead_id)


def go_on(now: datetime) -> Progress:
    """One step towards everybody being findable, after an update or with a new key. Harmless when all are."""
    index = SearchIndex.current()
    if index.finished_at:
        return Progress(0, is_whole=True)
    after = sa.select(Lead.id).where(Lead.id > index.reached).order_by(Lead.id).limit(AT_ONCE)
    lead_ids = list(db.session.scalars(after))
    refresh(lead_ids)
    if len(lead_ids) < AT_ONCE:
        index.finished_at = now
    index.reached = lead_ids[-1] if lead_ids else index.reached
    return Progress(len(lead_ids), is_whole=index.finished_at is not None)


def begin() -> None:
    """Everybody is to be taken once more; what was interrupted goes on from there."""
    index = SearchIndex.current()
    if index.finished_at:
        index.reached, index.finished_at = 0, None


def _note_who_changed(session: Session) -> None:
    changed: set[int] = session.info.setdefault(CHANGED, set())
    if session.info.get(MADE_HERE):
        rows = (row for row in (*session.new, *session.dirty) if type(row) in WORTH)
        session.info.setdefault(WRITTEN, {}).update({id(row): row for row in rows})
    for row in (*session.new, *session.dirty, *session.deleted):
        if names := PERSONS_OWN.get(type(row)):
            changed.update(_whose(row, names, gone=row in session.deleted))


def _whose(row: Any, names: tuple[str, ...], *, gone: bool) -> Iterator[int]:  # noqa: ANN401 - one of five models
    """The person it is of, and was of before, if something they are found by is another now."""
    if isinstance(row, Message) and row.kind is not MessageKind.REPLY:
        return
    histories = [sa.inspect(row).attrs[name].history for name in names]
    if not gone and not any(history.has_changes() for history in histories):
        return
    if isinstance(row, Lead):
        yield row.id
        return
    owners = sa.inspect(row).attrs.lead_id.history
    yield from (owner for owner in (*owners.sum(), row.lead_id) if owner is not None)


def _follow(session: Session) -> None:
    changed, made_here = session.info.pop(CHANGED, set()), session.info.get(MADE_HERE, set())
    new = {lead.id: lead for lead in made_here if lead in session}  # a savepoint may have taken them back
    if changed - new.keys():
        refresh(changed - new.keys())
    written = session.info.pop(WRITTEN, {})
    if new:
        _begin_with(new, [row for row in written.values() if row.lead_id in new])
        made_here.clear()


def _entries(person: Findable) -> dict[int, Place]:
    keys = keys_of(person)
    return dict(zip(tokens_of(keys), keys.values(), strict=True))


def _known(lead_ids: list[int]) -> dict[int, Findable]:
    """Everything these people may be found by, read as plain columns: what a session holds may be old."""
    locked = (
        sa.select(Lead.id, Lead.name, Lead.email, Lead.phone)
        .where(Lead.id.in_(lead_ids))
        .order_by(Lead.id)
        .with_for_update(key_share=True)
    )
    people = db.session.execute(locked).all()
    written = texts_of(lead_ids)
    return {each.id: _findable(each, written[each.id]) for each in people}


def _findable(person: Any, written: list[Written]) -> Findable:  # noqa: ANN401 - a lead, or its columns
    return Findable(person.name, person.email or "", person.phone or "", tuple(written))


def texts_of(lead_ids: Collection[int]) -> dict[int, list[Written]]:
    """Their texts by worth: what they wrote, what was written to them, what was noted; the newest first.

    One statement, however many people.
    """
    rows = db.session.execute(TEXTS, {"these": list(lead_ids)})
    heading, bodies = opener(Message.subject), [opener(text) for text in BODIES]
    return _in_order(
        (worth, row_id, lead_id, heading(head), bodies[worth](body))
        for worth, row_id, lead_id, head, body in rows
    )


def _in_order(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Written]]:
    """`rows` as TEXTS finds them, opened: worth, number, whose, and the words in two parts."""
    texts: dict[int, list[Written]] = defaultdict(list)
    for worth, _, lead_id, *parts in sorted(rows, key=lambda row: (row[0], -row[1])):
        texts[lead_id].append(Written(PLACES[worth], " ".join(part or "" for part in parts)))
    return texts


def _counts(row: Any) -> bool:  # noqa: ANN401 - one of four models
    """Whether TEXTS would find it: still there, and of emails what somebody wrote and nobody took back."""
    if not sa.inspect(row).persistent:
        return False
    is_a_letter = isinstance(row, Message) and row.kind is MessageKind.REPLY
    return not isinstance(row, Message) or (is_a_letter and row.state is not MessageState.CANCELLED)


def _words_of(row: Any) -> tuple[str | None, str | None]:  # noqa: ANN401 - one of four models
    match row:
        case Inquiry():
            return "", row.message
        case Message():
            return row.subject, row.body
        case _:
            return "", row.text


WORTH = {Inquiry: 0, Reply: 1, Message: 2, Note: 3}
BODIES = (Inquiry.message, Reply.text, Message.body, Note.text)
PLACES = (Place.MESSAGE, Place.MESSAGE, Place.LETTER, Place.NOTE)


def _texts(worth: int, model: Any, text: Any) -> sa.Select[Any]:  # noqa: ANN401 - one of four models
    """`worth`: which of PLACES it has; between equals the first of them comes first."""
    place: sa.Label[int] = sa.literal_column(str(worth)).label("worth")
    head = as_it_stands(model.subject) if model is Message else sa.literal_column("''")
    written = sa.select(place, model.id, model.lead_id, head.label("head"), as_it_stands(text).label("body"))
    return written.where(among(model.lead_id, "these"))


_IS_A_LETTER = (Message.kind == MessageKind.REPLY, Message.state != MessageState.CANCELLED)
"""What somebody wrote to them, unless it was taken back. What all get alike tells nobody apart."""
TEXTS = sa.union_all(
    _texts(0, Inquiry, Inquiry.message),
    _texts(1, Reply, Reply.text),
    _texts(2, Message, Message.body).where(*_IS_A_LETTER),
    _texts(3, Note, Note.text),
)


FOLLOWER = Follower(note=_note_who_changed, act=_follow, keeps=(CHANGED, WRITTEN))
