"""Two records become one person: the oldest stays, with everything of both and every wish to hear nothing.

The other record ceases to be. Its number, its contact and the links in emails already sent lead to the one
that stays (models/alias), so nothing that counts, lists or mails people has to know of merges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.flows import rows
from crm.flows.hours import fit_to_hours
from crm.models import Alias, Distinction, Draft, EventKind, Lead, Merge, Message, Suppression, Undo, Waiting
from crm.rules.addresses import base_mailbox, normalize_email
from crm.rules.merging import Course, Place, Running, Side, Signals, Whose, course, settled_in, united
from crm.rules.merging import usual_place as usual_stage
from crm.rules.sending import MessageState, StopReason, SuppressionReason

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Enrollment

FIELDS = ("name", "email", "phone", "prefers", "free_times", "found_us", "looking_for", "zone_name")
"""What the owner chooses between where the two differ."""
STAGE = "stage"
TRIAGE = ("stage", "stage_changed_at", "close_reason", *(field.name for field in fields(Signals)))
"""Where a person stands. If it is as the merge left it, nobody has done anything since."""
WISHES = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINED, SuppressionReason.ERASED)
"""What a person wants, and not only what became of an address: it goes along to their other one."""
LEFT = (MessageState.SENT, MessageState.UNCERTAIN)


@dataclass(frozen=True)
class Pair:
    """Two records: the older one is kept."""

    kept: Lead
    other: Lead

    @classmethod
    def of(cls, one: Lead, two: Lead) -> Pair:
        return cls(*sorted((one, two), key=lambda lead: (lead.created_at, lead.id)))

    @property
    def ids(self) -> tuple[int, int]:
        return self.kept.id, self.other.id

    @property
    def leads(self) -> tuple[Lead, Lead]:
        return self.kept, self.other

    @property
    def wish_keys(self) -> set[str]:
        return self.kept.wish_keys | self.other.wish_keys

    def chosen(self, field: str, choices: Mapping[str, Whose]) -> Any:  # noqa: ANN401 - any column of Lead
        lead = self.kept if choices[field] is Whose.KEPT else self.other
        return getattr(lead, field)


@dataclass(frozen=True)
class Outcome:
    """What a merge with these choices would lead to."""

    contact: dict[str, Any]
    place: Place
    signals: Signals
    course: Course


def usual_choices(pair: Pair) -> dict[str, Whose]:
    """The kept record's own, the other's where it has none; the address that still takes mail."""
    choices = {
        name: Whose.KEPT if getattr(pair.kept, name) or not getattr(pair.other, name) else Whose.OTHER
        for name in FIELDS
    }
    if pair.other.email and _is_dead(pair.kept) and not _is_dead(pair.other):
        choices["email"] = Whose.OTHER
    return choices | {STAGE: usual_stage(_place(pair.kept), _place(pair.other))}


def foresee(pair: Pair, choices: Mapping[str, Whose]) -> Outcome:
    """The person as they would be. Reads only."""
    place = _place(pair.kept if choices[STAGE] is Whose.KEPT else pair.other)
    signals = united(_signals(pair.kept), _signals(pair.other))
    return Outcome(
        contact={name: pair.chosen(name, choices) for name in FIELDS},
        place=place,
        signals=settled_in(place, signals),
        course=course(*(_side(lead) for lead in pair.leads)),
    )


def merge(pair: Pair, choices: Mapping[str, Whose], account_id: int, now: datetime) -> Merge:
    """Make them one, and keep how both were. Both turns must have been taken (models/turns)."""
    _take_from_workers(pair)
    ids, keys = pair.ids, pair.wish_keys
    made = Merge(
        lead_id=pair.kept.id,
        other_id=pair.other.id,
        other_name=pair.other.name,
        account_id=account_id,
        made_at=now,
        record={},
    )
    db.session.add(made)
    db.session.flush()
    before = rows.photograph(ids, keys)
    _unite(pair, foresee(pair, choices), account_id, now)
    _unite_wishes(keys, made, now)
    _close_undos(ids, now)
    _join_drafts(pair)
    _take_in(pair, made)
    kept = db.session.get_one(Lead, ids[0])
    _readdress(kept, before, now)
    db.session.flush()
    after = rows.photograph(ids, keys)
    stood = {name: after[Lead.__tablename__][ids[0],][name] for name in TRIAGE}
    made.record = rows.difference(before, after) | {"stood": stood}
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
    for name, value in outcome.contact.items():
        setattr(kept, name, value)
    kept.base_mailbox = base_mailbox(kept.email) if kept.email else None
    kept.line_from_you = kept.line_from_you or other.line_from_you
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


def _unite_wishes(keys: set[str], made: Merge, now: datetime) -> None:
    """Whoever asked for no more at one address is left in peace at every other."""
    against = {key: {each.reason for each in Suppression.against(key)} for key in sorted(keys)}
    for reason in WISHES:
        if any(reason in standing for standing in against.values()):
            db.session.add_all(
                Suppression(address_key=key, reason=reason, at=now, merge_id=made.id)
                for key, standing in against.items()
                if reason not in standing
            )
    db.session.flush()


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


def _is_dead(lead: Lead) -> bool:
    against = Suppression.against(normalize_email(lead.email)) if lead.email else []
    return any(each.reason is SuppressionReason.BOUNCED for each in against)


def _place(lead: Lead) -> Place:
    return Place(lead.stage, lead.stage_changed_at, lead.close_reason)


def _signals(lead: Lead) -> Signals:
    return Signals(**{field.name: getattr(lead, field.name) for field in fields(Signals)})


def _side(lead: Lead) -> Side:
    return Side(
        running=_running(lead.enrollment),
        had=frozenset(m.step_id for m in lead.messages if m.step_id and _left(m)),
        place=_place(lead),
        wants_no_more=Suppression.against_any(lead.wish_keys, WISHES),
        wanted=lead.follow_ups_wanted,
        booked=lead.booking is not None,
        replied_at=lead.replied_at,
        answered_at=lead.answered_at,
    )


def _running(enrollment: Enrollment | None) -> Running | None:
    if enrollment is None:
        return None
    gone = enrollment.steps_done | {m.step_id for m in enrollment.messages if m.step_id and _left(m)}
    to_come = frozenset(step.id for step in enrollment.plan) - gone
    return Running(enrollment.id, enrollment.started_at, enrollment.paused_at is not None, to_come)


def _left(message: Message) -> bool:
    """It went, or may have: then the same must not go to the other address."""
    return message.state in LEFT or message.handed_over_at is not None
