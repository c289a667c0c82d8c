"""May this message leave now? The last look before anything goes, and the words for its answer."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from crm.rules.stages import Stage
from crm.rules.windows import Shift


class MessageKind(StrEnum):
    """What a message is. All mail leaves by one door, whatever its kind."""

    STEP = "step"
    REPLY = "reply"
    CALL = "call"
    OFFER = "offer"
    NOTICE = "notice"
    TEST = "test"


class MessageState(StrEnum):
    """Where a message is on its way out (ARCHITECTURE.md)."""

    AWAITING_APPROVAL = "awaiting_approval"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"


class EnrollmentState(StrEnum):
    """Where one person is in one sequence."""

    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"


class StopReason(StrEnum):
    """Why follow-ups ended before their last email."""

    REPLIED = "replied"
    ANSWERED = "answered"
    CALLED = "called"
    BOOKED = "booked"
    BOUNCED = "bounced"
    UNSUBSCRIBED = "unsubscribed"
    STAGE_CHANGED = "stage_changed"
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    BY_HAND = "by_hand"
    OTHER_SEQUENCE = "other_sequence"
    MERGED = "merged"


class Withdrawal(StrEnum):
    """Why an email was taken off the schedule that neither a stop nor the last look ended."""

    SKIPPED = "skipped"
    OUT_OF_PLAN = "out_of_plan"
    UNDONE = "undone"
    RESTORED = "restored"
    CALL_CHANGED = "call_changed"
    WRITTEN_BY_HAND = "written_by_hand"
    OFFER_OVER = "offer_over"


class SuppressionReason(StrEnum):
    """Why an address must not be written to; each forbids at least what the one before it does."""

    ERASED = "erased"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"

    @property
    def weight(self) -> int:
        """Of several against one address the one with the greatest weight counts."""
        return list(SuppressionReason).index(self)


class Verdict(StrEnum):
    """What becomes of a due message.

    `wait` comes back by itself, `hold` waits for the owner, `skip` leaves out this email and goes on
    with the next, `end` stops the whole sequence.
    """

    SEND = "send"
    WAIT = "wait"
    HOLD = "hold"
    SKIP = "skip"
    END = "end"


class Reason(StrEnum):
    """The closed list of reasons not to send."""

    NO_ADDRESS = "no_address"
    BOUNCED = "bounced"
    UNSUBSCRIBED = "unsubscribed"
    SPAM = "spam"
    REPLIED = "replied"
    BOOKED = "booked"
    STAGE_CHANGED = "stage_changed"
    CALL_CHANGED = "call_changed"
    OFFER_OVER = "offer_over"
    NO_CONSENT = "no_consent"
    FOLLOW_UPS_ENDED = "follow_ups_ended"
    QUARANTINED = "quarantined"
    READ_FIRST = "read_first"
    PAUSED = "paused"
    EVERYTHING_HELD = "everything_held"
    NEEDS_APPROVAL = "needs_approval"
    NOT_APPROVED = "not_approved"
    TOO_LATE = "too_late"
    OVERDUE = "overdue"
    OUTSIDE_HOURS = "outside_hours"
    TOO_SOON = "too_soon"
    WEEK_FULL = "week_full"
    DOMAIN_PAUSED = "domain_paused"
    ACCOUNT_LIMIT = "account_limit"

    @property
    def verdict(self) -> Verdict:
        """What this reason does to the message."""
        if self in HOLDING:
            return Verdict.HOLD
        if self in SKIPPING:
            return Verdict.SKIP
        return Verdict.WAIT if self in WAITING else Verdict.END

    @property
    def stop_reason(self) -> StopReason:
        """What a message ended for this reason says about its whole sequence."""
        return _STOPS.get(self, StopReason.BY_HAND)


HOLDING = frozenset({Reason.QUARANTINED, Reason.READ_FIRST, Reason.PAUSED, Reason.NEEDS_APPROVAL})
SKIPPING = frozenset({Reason.NOT_APPROVED, Reason.TOO_LATE})
WAITING = frozenset(
    {
        Reason.EVERYTHING_HELD,
        Reason.OVERDUE,
        Reason.OUTSIDE_HOURS,
        Reason.TOO_SOON,
        Reason.WEEK_FULL,
        Reason.DOMAIN_PAUSED,
        Reason.ACCOUNT_LIMIT,
    }
)
OUR_OWN_WISH = frozenset({Reason.OUTSIDE_HOURS, Reason.TOO_SOON, Reason.WEEK_FULL})
"""What the owner's hours and pace put off is planned anew, and not late because of them."""
_STOPS = {
    Reason.NO_ADDRESS: StopReason.NO_ADDRESS,
    Reason.BOUNCED: StopReason.BOUNCED,
    Reason.UNSUBSCRIBED: StopReason.UNSUBSCRIBED,
    Reason.SPAM: StopReason.STAGE_CHANGED,
    Reason.REPLIED: StopReason.REPLIED,
    Reason.BOOKED: StopReason.BOOKED,
    Reason.STAGE_CHANGED: StopReason.STAGE_CHANGED,
    Reason.NO_CONSENT: StopReason.NO_CONSENT,
}

MAY_BE_ANSWERED = frozenset({None, SuppressionReason.ERASED, SuppressionReason.UNSUBSCRIBED})
FINAL_STAGES = frozenset({Stage.CLIENT, Stage.CLOSED})
"""Stages in which no follow-up may go, whatever its sequence."""


class Facts(NamedTuple):
    """What was known at the last look. A message to the owner has no person: `stage` is None.

    `too_late`: longer past its planned time than its step allows. `overdue`: it should have left a while
    ago, so something stood still. `too_soon`, `week_full`: the person's pace (rules/pacing).
    `approval_expired`: the owner was asked, and did not say yes in time.
    `call_changed`: a note about a call that is not as it was when the note was planned.
    `by_the_clock`: nobody has done anything just now of which it tells.
    `offer_over`: an email about an offer that is not true of it any more.
    `account_full`: the sending account's hourly or daily limit leaves nothing for this kind of mail.
    """

    kind: MessageKind
    has_address: bool = True
    at_once: bool = False
    sent_by_hand: bool = False
    everything_held: bool = False
    suppressed: SuppressionReason | None = None
    stage: Stage | None = None
    enrollment: EnrollmentState | None = None
    follow_ups_wanted: bool = True
    quarantined: bool = False
    read_first: bool = False
    heard_since: bool = False
    booked: bool = False
    call_changed: bool = False
    by_the_clock: bool = False
    offer_over: bool = False
    needs_approval: bool = False
    approval_expired: bool = False
    too_late: bool = False
    overdue: bool = False
    shift: Shift | None = None
    too_soon: bool = False
    week_full: bool = False
    domain_paused: bool = False
    account_full: bool = False


def why_not_send(facts: Facts) -> Reason | None:
    """The first reason against sending, the final ones before those that pass; None sends."""
    match facts.kind:
        case MessageKind.NOTICE | MessageKind.TEST:
            return (None if facts.has_address else Reason.NO_ADDRESS) or _why_not_so_many(facts)
        case MessageKind.REPLY:
            return _why_not_write(facts) or _why_not_so_many(facts)
        case MessageKind.CALL:
            against = _why_not_tell(facts) or _why_not_write(facts) or _why_not_now(facts)
            return against or _why_not_so_many(facts)
        case MessageKind.OFFER:
            against = _why_not_offer(facts) or _why_not_write(facts) or _why_not_now(facts)
            return against or _why_not_so_many(facts)
        case MessageKind.STEP:
            return _why_never(facts) or _why_not_yet(facts) or _why_not_so_many(facts)


def _why_not_tell(facts: Facts) -> Reason | None:
    """A note about a call: written for one version of it, and true of no other. Nothing goes to spam."""
    if facts.quarantined or facts.stage is Stage.SPAM:
        return Reason.SPAM
    return Reason.CALL_CHANGED if facts.call_changed else None


def _why_not_now(facts: Facts) -> Reason | None:
    """What somebody did is told at once; what only the clock wants waits while everything is held."""
    return Reason.EVERYTHING_HELD if facts.by_the_clock and facts.everything_held else None


def _why_not_offer(facts: Facts) -> Reason | None:
    """A place of the waitlist: only to who waits there still, and wants emails."""
    if facts.stage is not Stage.WAITLISTED:
        return Reason.STAGE_CHANGED
    if facts.suppressed is SuppressionReason.UNSUBSCRIBED:
        return Reason.UNSUBSCRIBED
    return Reason.OFFER_OVER if facts.offer_over else None


def _why_not_write(facts: Facts) -> Reason | None:
    """The owner's own letter: to who stopped the follow-ups or was erased, too, never to a dead address."""
    if not facts.has_address:
        return Reason.NO_ADDRESS
    if facts.suppressed in MAY_BE_ANSWERED:
        return None
    return Reason.BOUNCED


def _are_wanted(facts: Facts) -> bool:
    """Who was erased and writes anew is answered, and hears no more by itself until they ask for it (R15)."""
    return facts.follow_ups_wanted and facts.suppressed is not SuppressionReason.ERASED


def _why_never(facts: Facts) -> Reason | None:
    checks = (
        (not facts.has_address, Reason.NO_ADDRESS),
        (facts.suppressed is SuppressionReason.UNSUBSCRIBED, Reason.UNSUBSCRIBED),
        (facts.suppressed not in (None, SuppressionReason.ERASED), Reason.BOUNCED),
        (facts.stage is Stage.SPAM, Reason.SPAM),
        (facts.heard_since, Reason.REPLIED),
        (facts.booked, Reason.BOOKED),
        (facts.stage in FINAL_STAGES, Reason.STAGE_CHANGED),
        (not _are_wanted(facts) and not facts.at_once, Reason.NO_CONSENT),
        (
            facts.enrollment in (EnrollmentState.STOPPED, EnrollmentState.FINISHED, None),
            Reason.FOLLOW_UPS_ENDED,
        ),
    )
    return next((reason for applies, reason in checks if applies), None)


def _why_not_yet(facts: Facts) -> Reason | None:
    scheduled = not facts.at_once and not facts.sent_by_hand
    asks_first = facts.needs_approval and not facts.sent_by_hand
    checks = (
        (facts.quarantined, Reason.QUARANTINED),
        (facts.read_first and not facts.at_once and not facts.sent_by_hand, Reason.READ_FIRST),
        (facts.enrollment is EnrollmentState.PAUSED, Reason.PAUSED),
        (asks_first and not facts.approval_expired, Reason.NEEDS_APPROVAL),
        (facts.everything_held, Reason.EVERYTHING_HELD),
        (asks_first, Reason.NOT_APPROVED),
        (scheduled and facts.too_late, Reason.TOO_LATE),
        (scheduled and facts.overdue, Reason.OVERDUE),
        (scheduled and facts.shift is not None, Reason.OUTSIDE_HOURS),
        (scheduled and facts.too_soon, Reason.TOO_SOON),
        (scheduled and facts.week_full, Reason.WEEK_FULL),
        (scheduled and facts.domain_paused, Reason.DOMAIN_PAUSED),
    )
    return next((reason for applies, reason in checks if applies), None)


def _why_not_so_many(facts: Facts) -> Reason | None:
    """The account's limit counts every mail, whoever wrote it."""
    return Reason.ACCOUNT_LIMIT if facts.account_full else None
