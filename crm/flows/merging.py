"""Two records become one person: the oldest stays, with everything of both and every wish to hear nothing.

The other record ceases to be. Its number, its contact and the links in emails already sent lead to the one
that stays (models/alias), so nothing that counts, lists or mails people has to know of merges.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows import indexing, offering, rows
from crm.flows.hours import fit_to_hours
from crm.flows.pairing import CARE, foresee
from crm.models import (
    Alias,
    Assignment,
    Distinction,
    Draft,
    EventKind,
    Lead,
    Merge,
    Note,
    Suppression,
    Undo,
    Waiting,
)
from crm.rules.addresses import base_mailbox
from crm.rules.merging import Signals
from crm.rules.sending import StopReason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crm.flows.pairing import Outcome, Pair
    from crm.models import Enrollment
    from crm.rules.merging import Course, Whose

TRIAGE = ("stage", "stage_changed_at", "close_reason", *(field.name for field in fields(Signals)))
"""Where a person stands. If it is as the merge left it, nobody has done anything since."""


def merge(pair: Pair, choices: Mapping[str, Whose], account_id: int, now: datetime) -> Merge:
    """Make them one, and keep how both were. Both turns must have been taken (models/turns)."""
    _take_from_workers(pair)
    offering.end_for(pair.leads, now)
    ids, keys = pair.ids, pair.wish_keys
    made = Merge.begin(pair.kept.id, pair.other, account_id, now)
    before = rows.photograph(ids, keys)
    _unite(pair, foresee(pair, choices), account_id, now)
    Suppression.take_wishes_along(keys, keys, now, made.id)
    _give_into_care(pair, pair.in_care_of(choices[CARE]), now)
    _close_undos(ids, now)
    _join_drafts(pair)
    _join_reminders(pair, now)
    _take_in(pair, made)
    kept = db.session.get_one(Lead, ids[0])
    _readdress(kept, before, now)
    db.session.flush()
    after = rows.photograph(ids, keys)
    stood = {name: after[Lead.__tablename__][ids[0],][name] for name in TRIAGE}
    made.record = rows.difference(before, after) | {"stood": stood}
    indexing.refresh([kept.id])
    kept.record(EventKind.MERGED, now, account_id=account_id).facts = {"merge_id": made.id}
    db.session.flush()
    return made


def _take_from_workers(pair: Pair) -> None:
    """A mail that a worker has but not handed over is decided here: its claim must not outlive its person."""
    for message in (*pair.kept.messages, *pair.other.messages):
        message.follow_the_person()
    db.session.flush()


def _unite(pair: Pair, outcome: Outcome, account_id: int, now: datetime) -> None:
    kept, other = pair.leads
    _steer([lead.enrollment for lead in pair.leads], outcome.course, account_id, now)
    was_proven = {lead.email for lead in pair.leads if lead.address_is_proven}
    for name, value in outcome.contact.items():
        setattr(kept, name, value)
    kept.base_mailbox = base_mailbox(kept.email) if kept.email else None
    if kept.email in was_proven:
        kept.prove_address()
    kept.line_from_you = kept.line_from_you or other.line_from_you
    kept.kept_at, kept.erase_at = kept.kept_at or other.kept_at, None
    kept.erasure_asked_at = kept.erasure_asked_at or other.erasure_asked_at
    for name, value in asdict(outcome.signals).items():
        setattr(kept, name, value)
    kept.waiting_for = Waiting(outcome.signals.waiting_for) if outcome.signals.waiting_for else None
    kept.quarantine_reasons = kept.quarantine_reasons if kept.quarantined_at else []
    place = outcome.place
    kept.stage, kept.stage_changed_at, kept.close_reason = place.stage, place.since, place.close_reason
    db.session.flush()


def _steer(open_ones: list[Enrollment | None], plan: Course, account_id: int, now: datetime) -> None:
    """At most one goes on: what ends, ends before its rows become the other's, as the schema wants it."""
    for enrollment in filter(None, open_ones):
        if enrollment.id in plan.stops:
            enrollment.stop(plan.stops[enrollment.id], now, account_id)
        elif plan.paused:
            enrollment.pause(now, account_id)
    db.session.flush()


def _give_into_care(pair: Pair, account_id: int | None, now: datetime) -> None:
    """One person is in one account's care: the other record's own goes with that record."""
    if Assignment.of(pair.kept.id) != account_id:
        Assignment.put(pair.kept.id, account_id, now)
    Assignment.put(pair.other.id, None, now)


def _close_undos(ids: tuple[int, int], now: datetime) -> None:
    """What they kept is the state of one of two: it would be put upon both."""
    db.session.execute(
        sa.update(Undo).where(Undo.lead_id.in_(ids), Undo.used_at.is_(None)).values(used_at=now)
    )


def _join_drafts(pair: Pair) -> None:
    """Two drafts of one kind become one, and nothing typed is lost."""
    of_either = sa.select(Draft).where(Draft.lead_id.in_(pair.ids)).order_by(Draft.id)
    drafts = {(each.lead_id, each.account_id, each.kind): each for each in db.session.scalars(of_either)}
    for (lead_id, account_id, kind), draft in drafts.items():
        twin = drafts.get((pair.kept.id, account_id, kind))
        if lead_id == pair.other.id and twin:
            twin.text, twin.subject = f"{twin.text}\n\n{draft.text}", twin.subject or draft.subject
    db.session.flush()


def _join_reminders(pair: Pair, now: datetime) -> None:
    """Of one person he is reminded once: at the earlier time, of both."""
    found = [reminder for lead_id in pair.ids if (reminder := Note.reminder_of(lead_id))]
    if len(found) == 2:
        first, second = sorted(found, key=lambda note: (note.due_at or now, note.id))
        first.text = "\n\n".join(filter(None, (first.text, second.text)))
        second.settle(now)
    db.session.flush()


def _take_in(pair: Pair, made: Merge) -> None:
    """Everything of the other record becomes the kept one's, and its own row ceases to be."""
    kept_id, other = pair.kept.id, pair.other
    alias = Alias(
        id=other.id,
        lead_id=kept_id,
        merge_id=made.id,
        contact_key=other.contact_key,
        unsubscribe_token=other.unsubscribe_token,
        page_token=other.page_token,
        reply_token=other.reply_token,
    )
    _carry_distinctions(pair)
    rows.move(other.id, kept_id)
    db.session.connection().execute(sa.delete(rows.LEAD).where(rows.LEAD.c.id == other.id))
    db.session.add(alias)
    db.session.flush()
    db.session.expunge(other)
    db.session.expire_all()


def _carry_distinctions(pair: Pair) -> None:
    """Who was not the other one is not the kept one either."""
    kept_id, other_id = pair.ids
    not_the_other, not_the_kept = Distinction.of(other_id), Distinction.of(kept_id)
    for who, said in not_the_other.items():
        db.session.delete(said)
        if who != kept_id and who not in not_the_kept:
            Distinction.make(kept_id, who, said.account_id, said.at)
    db.session.flush()


def _readdress(kept: Lead, before: rows.Photo, now: datetime) -> None:
    """What is on its way goes to the chosen address, within the hours of the chosen clock."""
    for message in kept.messages:
        message.follow_the_person()
    if kept.email is None and kept.enrollment:
        kept.enrollment.stop(StopReason.NO_ADDRESS, now)
    zones = {row["zone_name"] for row in before[Lead.__tablename__].values()}
    if zones != {kept.zone_name}:
        db.session.flush()
        fit_to_hours(now, kept)
