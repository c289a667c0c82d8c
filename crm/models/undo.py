"""Taking back what was just done to a person: the state before, kept until something built on it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, db
from crm.models.booking import STOOD, Booking, BookingState, Medium, Outcome, Taken
from crm.models.enrollment import Enrollment
from crm.models.event import Event, EventKind
from crm.models.lead import Lead
from crm.models.mark import Mark
from crm.models.message import NOT_GONE, Message
from crm.models.note import Note
from crm.models.waitlisted import Waiting
from crm.rules.sending import EnrollmentState, MessageState, StopReason, Withdrawal
from crm.rules.stages import CloseReason, Stage
from crm.sealed import SealedJson

if TYPE_CHECKING:
    from sqlalchemy import Select

UNDO_LIFE = timedelta(minutes=10)
INSTANTS = ("stage_changed_at", "waiting_since", "reply_by", "answered_at", "snoozed_until", "read_first_at",
            "quarantined_at")  # fmt: skip
ENROLLED = ("paused_at", "stopped_at", "finished_at", "closes_at")
WORDS_OF_CALLS = {"state": BookingState, "medium": Medium, "outcome": Outcome}
OF_CALLS = (EventKind.CALL_ASKED, EventKind.CALL_BOOKED, EventKind.CALL_MOVED, EventKind.CALL_CANCELLED)
PLANNED = ("due_at", "held_at", "by_hand_at", "approved_at")


class Undo(Base):
    """One act on one person that can be taken back, once, for ten minutes."""

    __tablename__ = "undo"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    before: Mapped[dict[str, Any]] = mapped_column(SealedJson("undo.before"))

    lead: Mapped[Lead] = relationship()

    @classmethod
    def remember(cls, lead: Lead, account_id: int, now: datetime) -> Undo:
        """Keep how this person stands, before the act that follows in the same transaction."""
        undo = cls(lead_id=lead.id, account_id=account_id, made_at=now, before=_snapshot(lead))
        db.session.add(undo)
        db.session.flush()
        return undo

    @classmethod
    def remember_mark(cls, mark: Mark, lead_id: int, account_id: int, now: datetime) -> Undo:
        """Keep the one mark that was just changed. Taking it back touches nothing else of the person."""
        undo = cls(lead_id=lead_id, account_id=account_id, made_at=now, before={"mark": mark.plain})
        db.session.add(undo)
        db.session.flush()
        return undo

    @property
    def mark(self) -> Mark | None:
        """The mark this is about, where it is about no more than that."""
        kept = self.before.get("mark")
        return Mark.of(kept) if kept else None

    @classmethod
    def of_one_click(cls, first: Undo, last_id: int) -> Select[Undo]:
        """What the same account did at the same instant, from the first to the last, by person."""
        same = (cls.account_id == first.account_id, cls.made_at == first.made_at)
        return sa.select(cls).where(cls.id.between(first.id, last_id), *same).order_by(cls.lead_id)

    def is_recent(self, now: datetime) -> bool:
        """Whether one click may still take it back."""
        return abs(now - self.made_at) <= UNDO_LIFE

    @property
    def still_possible(self) -> bool:
        """Not used, and since then no email has left, and the person has not written or changed a call."""
        if self.used_at is not None:
            return False
        if self.mark is not None:
            return True
        if self.lead.heard_at is not None and self.lead.heard_at > self.made_at:
            return False
        if self._they_saw_to_a_call():
            return False
        left_since = [m for m in self.lead.messages if _left_at(m) > self.made_at]
        return not left_since

    def _they_saw_to_a_call(self) -> bool:
        """Whether the person themself has chosen, moved or called off a call since."""
        since = (Event.lead_id == self.lead_id, Event.at > self.made_at)
        theirs = sa.exists().where(*since, Event.kind.in_(OF_CALLS), Event.account_id.is_(None))
        return bool(db.session.scalar(sa.select(theirs)))

    def restore(self, now: datetime) -> bool:
        """Put the person back as they were, however long ago; False when something has been built on it.

        Newest first, so that what the act opened is shut before what it shut opens again:
        the schema allows one open sequence per person and one open email in it at any moment.
        """
        if not self.still_possible:
            return False
        if self.mark is not None:
            return self._take_back_the_mark(self.mark, now)
        if not self._restore_calls(now):
            return False
        for enrollment in reversed(self.lead.enrollments):
            self._restore_enrollment(enrollment, now)
            db.session.flush()
        for message in reversed(self.lead.messages):
            self._restore_message(message, now)
            db.session.flush()
        self._restore_reminders(now)
        self._restore_lead()
        self.used_at = now
        self._take_along_what_came_after(now)
        self.lead.record(EventKind.UNDONE, now, account_id=self.account_id)
        return True

    def has_been_built_on(self) -> bool:
        """Whether somebody has acted on this person since, by a way of their own."""
        if self.mark is None and self.lead.stage_changed_at > self.made_at:
            return True
        later = (Undo.lead_id == self.lead_id, Undo.id > self.id, Undo.used_at.is_(None))
        return any(each.mark is None for each in db.session.scalars(sa.select(Undo).where(*later)))

    def _take_back_the_mark(self, mark: Mark, now: datetime) -> bool:
        if taken_back := mark.take_back(self.lead_id, now):
            self.used_at = now
        return taken_back

    def _take_along_what_came_after(self, now: datetime) -> None:
        """What was done to this person since is gone too, so there is nothing left to take back."""
        later = (Undo.lead_id == self.lead_id, Undo.id > self.id, Undo.used_at.is_(None))
        for each in db.session.scalars(sa.select(Undo).where(*later)):
            each.used_at = each.used_at if each.mark else now

    def _restore_lead(self) -> None:
        kept = self.before["lead"]
        self.lead.stage = Stage(kept["stage"])
        self.lead.close_reason = CloseReason(kept["close_reason"]) if kept["close_reason"] else None
        self.lead.waiting_for = Waiting(kept["waiting_for"]) if kept["waiting_for"] else None
        self.lead.quarantine_reasons = kept["quarantine_reasons"]
        for name in INSTANTS:
            setattr(self.lead, name, _instant(kept[name]))

    def _restore_enrollment(self, enrollment: Enrollment, now: datetime) -> None:
        kept = self.before["enrollments"].get(str(enrollment.id))
        if kept is None:
            enrollment.stop(StopReason.BY_HAND, now, self.account_id)
            return
        enrollment.state = EnrollmentState(kept["state"])
        enrollment.stop_reason = StopReason(kept["stop_reason"]) if kept["stop_reason"] else None
        for name in ENROLLED:
            setattr(enrollment, name, _instant(kept[name]))

    def _restore_message(self, message: Message, now: datetime) -> None:
        kept = self.before["messages"].get(str(message.id))
        if kept is None:
            self._take_out(message, now)
            return
        if message.state is MessageState.CANCELLED and kept["state"] in NOT_GONE:
            message.revive()
        if message.state is MessageState.SENDING and kept["state"] == MessageState.AWAITING_APPROVAL:
            message.put_off(message.due_at)
        if message.state in NOT_GONE:  # one that a worker has may come back, and must not be held then
            message.held_at = _instant(kept["held_at"])
        if message.state in (MessageState.SCHEDULED, MessageState.AWAITING_APPROVAL):
            message.due_at = _instant(kept["due_at"]) or message.due_at
            message.by_hand_at = _instant(kept["by_hand_at"])
            message.approved_at = _instant(kept.get("approved_at"))
            message.heed_its_plan(now)

    def _take_out(self, message: Message, now: datetime) -> None:
        """What the act planned does not go. In a sequence that goes on, it must not count as a step done."""
        goes_on = message.enrollment_id and str(message.enrollment_id) in self.before["enrollments"]
        if goes_on and message.state in (MessageState.SCHEDULED, MessageState.AWAITING_APPROVAL):
            db.session.delete(message)
        else:
            message.cancel(Withdrawal.UNDONE, now)

    def _restore_calls(self, now: datetime) -> bool:
        """A call agreed by the act is off again; one changed by it stands as before.

        False, and nothing is changed, where its time is another's by now.
        """
        try:
            with db.session.begin_nested():
                for booking in self.lead.bookings:
                    self._restore_call(booking, now)
        except Taken:
            return False
        return True

    def _restore_call(self, booking: Booking, now: datetime) -> None:
        kept = self.before["bookings"].get(str(booking.id))
        if kept is not None:
            booking.put_back({name: _of_a_call(name, plain) for name, plain in kept.items()})
        elif booking.stands:
            booking.cancel(now)

    def _restore_reminders(self, now: datetime) -> None:
        """One set by the act is settled, before one settled by it is open again."""
        kept = self.before.get("reminder")
        reminder = Note.reminder_of(self.lead_id)
        if reminder is not None and reminder.id != kept:
            reminder.settle(now)
            db.session.flush()
        if kept is not None:
            db.session.get_one(Note, kept).settled_at = None


def _snapshot(lead: Lead) -> dict[str, Any]:
    """The triage state of a person, of their sequences, calls and what is on its way, as plain JSON."""
    return {
        "lead": _kept(lead, "stage", "close_reason", "waiting_for", "quarantine_reasons", *INSTANTS),
        "enrollments": {
            str(each.id): _kept(each, "state", "stop_reason", *ENROLLED) for each in lead.enrollments
        },
        "messages": {str(each.id): _kept(each, "state", *PLANNED) for each in lead.messages},
        "bookings": {str(each.id): _kept(each, *STOOD) for each in lead.bookings},
        "reminder": reminder.id if (reminder := Note.reminder_of(lead.id)) else None,
    }


def _kept(row: Lead | Enrollment | Message | Booking, *names: str) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _left_at(message: Message) -> datetime:
    return message.handed_over_at or message.sent_at or message.created_at - timedelta(days=36500)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _of_a_call(name: str, plain: Any) -> object:  # noqa: ANN401 - as JSON keeps it
    if name in WORDS_OF_CALLS:
        return WORDS_OF_CALLS[name](plain) if plain else None
    return plain if name == "sequence" else _instant(plain)


def _instant(plain: str | None) -> datetime | None:
    return datetime.fromisoformat(plain) if plain else None
