"""What becomes of two records of one person: where they stand then, and whose follow-ups go on.

Whatever spoke against writing to either of them speaks against writing to both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from crm.rules.sending import StopReason
from crm.rules.stages import BOARD, SETTLED, CloseReason, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable


class Whose(StrEnum):
    """Which of the two a choice takes."""

    KEPT = "kept"
    OTHER = "other"


@dataclass(frozen=True)
class Place:
    """The stage someone is in, since when, and why where they are closed."""

    stage: Stage
    since: datetime
    close_reason: CloseReason | None = None


@dataclass(frozen=True)
class Signals:
    """What holds of a person beside the stage. The words are those of the columns of Lead."""

    follow_ups_wanted: bool
    consent_at: datetime | None
    waiting_for: str | None
    waiting_since: datetime | None
    reply_by: datetime | None
    heard_at: datetime | None
    replied_at: datetime | None
    answered_at: datetime | None
    snoozed_until: datetime | None
    read_first_at: datetime | None
    quarantined_at: datetime | None


@dataclass(frozen=True)
class Running:
    """A sequence that is still open. `to_come`: the steps not gone yet."""

    enrollment_id: int
    started_at: datetime
    paused: bool
    to_come: frozenset[int]


@dataclass(frozen=True)
class Side:
    """What decides about one person's follow-ups. `had`: every step that left, or may have left, to them."""

    running: Running | None
    had: frozenset[int]
    place: Place
    wants_no_more: bool = False
    wanted: bool = True
    booked: bool = False
    replied_at: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Course:
    """Which sequence goes on, if any, whether it waits for the owner, and why each other one ends."""

    goes_on: int | None
    paused: bool
    stops: dict[int, StopReason]


def usual_place(kept: Place, other: Place) -> Whose:
    """Further along the board; someone on the board before someone settled; else the newer."""
    here, there = kept.stage in BOARD, other.stage in BOARD
    if here and there:
        return Whose.OTHER if BOARD.index(other.stage) > BOARD.index(kept.stage) else Whose.KEPT
    if here != there:
        return Whose.KEPT if here else Whose.OTHER
    return Whose.OTHER if other.since > kept.since else Whose.KEPT


def united(kept: Signals, other: Signals) -> Signals:
    """Who of the two waits, waits; what is to be read first is; each wish to hear nothing holds."""
    first, second = sorted((kept, other), key=lambda each: each.waiting_since or _NEVER)
    waits = second if second.waiting_for else first
    both_plain = kept.quarantined_at is None or other.quarantined_at is None
    return Signals(
        follow_ups_wanted=kept.follow_ups_wanted and other.follow_ups_wanted,
        consent_at=_latest(kept.consent_at, other.consent_at),
        waiting_for=waits.waiting_for,
        waiting_since=_earliest(kept.waiting_since, other.waiting_since),
        reply_by=_earliest(kept.reply_by, other.reply_by),
        heard_at=_latest(kept.heard_at, other.heard_at),
        replied_at=_latest(kept.replied_at, other.replied_at),
        answered_at=_latest(kept.answered_at, other.answered_at),
        snoozed_until=_snoozed(kept, other),
        read_first_at=_earliest(kept.read_first_at, other.read_first_at),
        quarantined_at=None if both_plain else _earliest(kept.quarantined_at, other.quarantined_at),
    )


def settled_in(place: Place, signals: Signals) -> Signals:
    """In a settled stage nobody waits, unless they are a client or wrote since they came there."""
    wrote_since = signals.waiting_since is not None and signals.waiting_since > place.since
    if place.stage not in SETTLED or place.stage is Stage.CLIENT or wrote_since:
        return signals
    return replace(signals, waiting_for=None, waiting_since=None, reply_by=None, snoozed_until=None)


def course(kept: Side, other: Side) -> Course:
    """At most one sequence goes on, and only if nothing ends it on either side.

    Of two that may, the one that began later, as where the owner starts another. A pause holds for both.
    """
    open_ones = [(side.running, _why_it_ends(side, their)) for side, their in ((kept, other), (other, kept))]
    may = sorted((run for run, why in open_ones if run and not why), key=lambda run: run.started_at)
    stops = {run.enrollment_id: why for run, why in open_ones if run and why}
    stops |= {run.enrollment_id: StopReason.MERGED for run in may[:-1]}
    paused = any(run.paused for run, _ in open_ones if run)
    return Course(may[-1].enrollment_id if may else None, paused, stops)


def _why_it_ends(own: Side, their: Side) -> StopReason | None:
    """What the other record knows that ends the sequence of this one."""
    run = own.running
    if run is None:
        return None
    since = run.started_at
    reasons = (
        (own.wants_no_more or their.wants_no_more, StopReason.UNSUBSCRIBED),
        (own.booked or their.booked, StopReason.BOOKED),
        (_is_after(their.replied_at, since), StopReason.REPLIED),
        (_is_settled(their.place, since), StopReason.STAGE_CHANGED),
        (_is_after(their.answered_at, since), StopReason.ANSWERED),
        (not (own.wanted and their.wanted), StopReason.NO_CONSENT),
        (bool(run.to_come & their.had), StopReason.MERGED),
    )
    return next((reason for applies, reason in reasons if applies), None)


def _is_settled(place: Place, since: datetime) -> bool:
    """Settled while the emails ran; a client is one however long."""
    return place.stage is Stage.CLIENT or (
        place.stage in SETTLED | {Stage.CONSULT_BOOKED} and place.since > since
    )


def _is_after(at: datetime | None, since: datetime) -> bool:
    return at is not None and at > since


def _snoozed(kept: Signals, other: Signals) -> datetime | None:
    """Put off only while nobody of the two waits awake."""
    if any(each.waiting_for and each.snoozed_until is None for each in (kept, other)):
        return None
    return _earliest(kept.snoozed_until, other.snoozed_until)


_NEVER = datetime.min.replace(tzinfo=UTC)


def _earliest(*instants: datetime | None) -> datetime | None:
    return min(_known(instants), default=None)


def _latest(*instants: datetime | None) -> datetime | None:
    return max(_known(instants), default=None)


def _known(instants: Iterable[datetime | None]) -> list[datetime]:
    return [each for each in instants if each is not None]
