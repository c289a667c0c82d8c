"""Someone asks for a call: stored before anything else can fail, deduplicated without dropping anything."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from crm.db import db
from crm.flows import crisis, newcomers, screening
from crm.flows.ceilings import why_no_mail
from crm.flows.follow_up import answer_again, enroll
from crm.flows.hours import fit_to_hours
from crm.flows.notices import tell_of_inquiry, tell_owner
from crm.flows.seen_before import Before, first_look, seen_before
from crm.flows.ways import as_shown, way_of, way_of_old
from crm.models import (
    Assignment,
    EventKind,
    Inquiry,
    Lead,
    NoticeKind,
    Practice,
    Sequence,
    Trigger,
    Waiting,
    turns,
)
from crm.models.message import MAY_HAVE_LEFT
from crm.rules.addresses import base_mailbox, contact_key
from crm.rules.crisis import crisis_words
from crm.rules.intake import tidied
from crm.rules.promises import reply_by
from crm.rules.stages import Stage
from crm.rules.stops import Happening

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from crm.flows.ceilings import Twins
    from crm.flows.ways import Way
    from crm.rules.intake import Limits, Submission

DAY = timedelta(days=1)
BY_MAIL = "it came to you by email"
STARTS_NOTHING = "your form starts no follow-ups"


@dataclass(frozen=True)
class Captured:
    """What became of a submission. `repeated`: the very same one had arrived before."""

    lead_id: int
    inquiry_id: int
    received_at: datetime
    repeated: bool = False

    @property
    def lead(self) -> Lead:
        return db.session.get_one(Lead, self.lead_id)

    @property
    def inquiry(self) -> Inquiry:
        return db.session.get_one(Inquiry, self.inquiry_id)


@dataclass(frozen=True)
class Follows:
    """What an inquiry starts by its `way`, unless a ceiling says why not. `usual`: what every one starts.

    `tell`: how the owner hears of it, where no words of danger are in it.
    """

    way: Way
    usual: Callable[[], Sequence | None]
    why_no_mail: Callable[[], str | None]
    tell: Callable[[], object]

    @property
    def nothing(self) -> bool:
        return self.way.starts_nothing

    def sequence(self) -> Sequence | None:
        """What its way in starts; where that names none that runs, the usual one."""
        chosen = db.session.get(Sequence, self.way.sequence_id) if self.way.sequence_id else None
        return chosen if chosen and chosen.active else self.usual()


def capture(submission: Submission, limits: Limits, now: datetime) -> Captured:
    """Store one submitted form and start what follows from it.

    The same submission again, by double click, back button or retry, is the one stored before.
    Other text from the same person is a second inquiry on the same lead, and re-opens what was
    settled. A suspect one is kept in quarantine, and nobody is written to; unless its words suggest
    danger, which never waits there, or until a plain one from the same person shows that there is one.
    Raises ValueError when there is neither an address nor a phone number. To be carried out by `once_more`.
    """
    submission = tidied(submission)
    key = contact_key(submission.email or None, submission.phone or None)
    if key is None:
        raise ValueError("an inquiry needs an address or a phone number to answer to")
    is_known, before = first_look(submission, key, now)
    lead = Lead.with_key(key) if is_known else None
    if lead is not None:
        turns.take(lead.id)
        before = seen_before(submission, lead.id, now)
    if (same := before.twins.same) is not None:
        earlier = db.session.get_one(Inquiry, same)
        return Captured(earlier.lead_id, earlier.id, earlier.received_at, repeated=True)
    db.session.flush()
    with db.session.no_autoflush:
        return _take_in(lead or Lead.begin(key, submission.name, now), submission, before, limits, now)


def _take_in(lead: Lead, submission: Submission, before: Before, limits: Limits, now: datetime) -> Captured:
    """All of it is written at once, at the end: nothing that is asked meanwhile depends on it."""
    is_new, is_first = lead.id is None, not lead.inquiries
    inquiry = _store(lead, submission, before, now)
    _remember_the_person(lead, submission, now)
    way = way_of(submission, inquiry)
    reasons = screening.screen(inquiry, submission, limits, before.seen).reasons
    is_stranger = is_first or lead.quarantined_at or lead.stage is Stage.SPAM
    if reasons and is_stranger and not inquiry.crisis_words:
        lead.quarantine(reasons, now)
    else:
        if lead.quarantined_at:
            lead.free(now)
        counted = partial(why_no_mail, lead, inquiry, reasons, limits, now)
        usual = partial(Sequence.started, before.started)
        ceilings = _by_mail if submission.came_by_mail else counted
        _welcome(
            lead, inquiry, Follows(way, usual, ceilings, partial(tell_of_inquiry, before.owner, now)), now
        )
    _write(lead)
    if way.account_id and (
        is_new or Assignment.of(lead.id) is None
    ):  # who is somebody's already stays theirs
        Assignment.put(lead.id, way.account_id, now)
    return Captured(lead.id, inquiry.id, now)


def _write(lead: Lead) -> None:
    if lead.id is None:
        newcomers.write_down(lead)
    else:
        db.session.flush()


def free(lead: Lead, account_id: int, limits: Limits, now: datetime) -> None:
    """Not spam after all: it starts afresh, its promise counts from now, and what the ceilings allow goes.

    Their address is remembered: nothing from it looks like spam any more.
    """
    lead.free(now, account_id)
    screening.teach(lead, account_id, now, is_spam=False)
    if inquiry := lead.last_inquiry:
        ceilings = partial(why_no_mail, lead, None, [], limits, now)
        usual = partial(Sequence.for_trigger, Trigger.INQUIRY)
        tell = partial(tell_owner, NoticeKind.INQUIRY, now)
        _welcome(lead, inquiry, Follows(way_of_old(inquiry), usual, ceilings, tell), now)


def _store(lead: Lead, submission: Submission, before: Before, now: datetime) -> Inquiry:
    inquiry = Inquiry(
        lead=lead,
        lead_id=lead.id,
        received_at=now,
        nonce=_unused(submission.nonce, before.twins),
        content_key=before.twins.content_key,
        name=submission.name,
        email=submission.email or submission.unusable_email,
        phone=submission.phone,
        message=submission.message,
        free_times=submission.free_times,
        found_us=submission.found_us,
        page=submission.page,
        article=submission.article,
        button=submission.button,
        personal_only=submission.personal_only,
        consent_wording=submission.consent_wording,
        client_key=submission.client_key,
        crisis_words=crisis_words(submission.said, before.crisis_rules),
        source_id=submission.source_id,
        more=dict(submission.more),
        touch=dict(submission.touch),
        **as_shown(submission, now),
    )
    db.session.add(inquiry)
    lead.record(EventKind.INQUIRY_RECEIVED, now, about=inquiry)
    return inquiry


def _unused(nonce: str, twins: Twins) -> str:
    """A nonce that came back with other words is a second inquiry, stored under a nonce of its own."""
    return secrets.token_urlsafe(16) if twins.nonce_is_taken or not nonce else nonce


def _remember_the_person(lead: Lead, submission: Submission, now: datetime) -> None:
    """The newest form fills in what is known; it never empties what was known before."""
    clock_before, address_before = lead.zone_name, lead.email
    lead.name = submission.name or lead.name
    lead.email = submission.email or lead.email
    lead.base_mailbox = base_mailbox(lead.email) if lead.email else None
    lead.phone = submission.phone or lead.phone
    lead.zone_name = submission.zone_name or lead.zone_name or submission.phones_zone
    lead.free_times = submission.free_times or lead.free_times
    lead.found_us = lead.found_us or submission.found_us
    lead.language = submission.form.language if submission.form else lead.language
    agreed = not submission.personal_only and submission.agreed is not False
    lead.follow_ups_wanted, lead.consent_at = agreed, now if agreed else lead.consent_at
    if (
        address_before and lead.email != address_before
    ):  # who was merged from two records may write from either address
        for message in lead.messages:
            message.follow_the_person()
    if lead.zone_name != clock_before and lead.enrollments:
        db.session.flush()
        fit_to_hours(now, lead)


def _welcome(lead: Lead, inquiry: Inquiry, follows: Follows, now: datetime) -> None:
    """Who counts against the ceilings keeps all others from it till the end, so that comes last."""
    practice = Practice.current()
    lead.wrote(Waiting.INQUIRY, reply_by(now, practice.promise, practice.window), now)
    if inquiry.crisis_words:
        lead.read_first(crisis.rules().version, now)
        tell_owner(NoticeKind.READ_FIRST, now)
    else:
        follows.tell()
    if follows.nothing and lead.enrollment and not _acknowledged_lately(lead, now):
        lead.enrollment.happened(Happening.REPLIED, now)
        db.session.flush()
    sequence = None if follows.nothing else follows.sequence()
    why_no_mail = follows.why_no_mail() or (STARTS_NOTHING if follows.nothing else None)
    if why_no_mail:
        lead.record(EventKind.NO_AUTOMATIC_EMAIL, now, reason=why_no_mail)
    else:
        _start_follow_ups(lead, sequence, now)


def _by_mail() -> str:
    """A directory handed it on: whom it is from was not at our form."""
    return BY_MAIL


def _start_follow_ups(lead: Lead, sequence: Sequence | None, now: datetime) -> None:
    """Enroll, unless today's note only adds to one that is being answered already.

    Who had emails of this sequence before is answered, and not put into it again: that is the owner's to do.
    """
    if sequence is None or _acknowledged_lately(lead, now):
        return
    if lead.enrollment:
        lead.enrollment.happened(Happening.REPLIED, now)
        db.session.flush()
    if _had_emails_of(sequence, lead):
        answer_again(lead, sequence, now)
    else:
        enroll(lead, sequence, now)


def _had_emails_of(sequence: Sequence, lead: Lead) -> bool:
    before = (each for each in lead.enrollments if each.sequence_id == sequence.id)
    return any(message.state in MAY_HAVE_LEFT for each in before for message in each.messages)


def _acknowledged_lately(lead: Lead, now: datetime) -> bool:
    """At most one acknowledgement to an address within a day (R13)."""
    return any(m.is_acknowledgement and m.created_at > now - DAY for m in lead.messages)
