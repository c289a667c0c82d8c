"""One outgoing email and its way out. The row is the schedule; the constraints are the promise."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word
from crm.models.about_a_call import ABOUT_ONE_CALL, AboutACall
from crm.models.about_an_offer import ABOUT_ONE_OFFER, AboutAnOffer
from crm.models.approvable import Approvable
from crm.models.urgency import NoticeKind, Urgency
from crm.rules.sending import MessageKind, MessageState
from crm.rules.windows import Shift
from crm.rules.wording import Wording
from crm.sealed import Sealed

if TYPE_CHECKING:
    from sqlalchemy import Select

    from crm.models.account import Account
    from crm.models.attempt import Attempt
    from crm.models.enrollment import Enrollment
    from crm.models.lead import Lead
    from crm.models.sequence import Step
    from crm.models.template import TemplateVersion
    from crm.rules.sending import Reason, StopReason, Withdrawal
    from crm.rules.windows import Planned

NOT_GONE = (MessageState.AWAITING_APPROVAL, MessageState.SCHEDULED, MessageState.SENDING)
"""It can still be cancelled or held."""
OPEN_STATES = (*NOT_GONE, MessageState.UNCERTAIN)
MAY_HAVE_LEFT = (MessageState.SENT, MessageState.UNCERTAIN)
OPEN = "state IN ('awaiting_approval', 'scheduled', 'sending', 'uncertain')"


class Message(Approvable, AboutACall, AboutAnOffer, Base):
    """One email to one address. At most one per step, one open per enrollment, one Message-ID for ever."""

    __tablename__ = "message"
    __table_args__ = (
        sa.UniqueConstraint("enrollment_id", "step_id"),
        sa.Index(
            "uq_message_open",
            "enrollment_id",
            unique=True,
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        ),
        sa.Index(
            "ix_message_due",  # with the id: hundreds are due at the very moment the hours begin
            "urgency",
            "due_at",
            "id",
            sqlite_where=sa.text("state = 'scheduled' AND held_at IS NULL"),
            postgresql_where=sa.text("state = 'scheduled' AND held_at IS NULL"),
        ),
        sa.Index(
            "ix_message_lease",
            "lease_until",
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        ),
        sa.Index(
            "ix_message_draft",
            "expires_at",
            sqlite_where=sa.text("state = 'awaiting_approval' AND held_at IS NULL"),
            postgresql_where=sa.text("state = 'awaiting_approval' AND held_at IS NULL"),
        ),
        sa.Index(
            "ix_message_held",
            "held_at",
            sqlite_where=sa.text("state = 'scheduled' AND held_at IS NOT NULL"),
            postgresql_where=sa.text("state = 'scheduled' AND held_at IS NOT NULL"),
        ),
        sa.Index("ix_message_lead_id_sent_at", "lead_id", "sent_at"),
        sa.Index(
            "ix_message_sent_at",
            "sent_at",
            sqlite_where=sa.text("sent_at IS NOT NULL"),
            postgresql_where=sa.text("sent_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_message_acknowledgement",
            "created_at",
            sqlite_where=sa.text("urgency = 0"),
            postgresql_where=sa.text("urgency = 0"),
        ),
        sa.Index(
            "ix_message_unproven",
            "created_at",
            sqlite_where=sa.text("client_key IS NOT NULL"),
            postgresql_where=sa.text("client_key IS NOT NULL"),
        ),
        sa.Index(
            "ix_message_problem",
            "id",
            sqlite_where=sa.text("state IN ('failed', 'uncertain')"),
            postgresql_where=sa.text("state IN ('failed', 'uncertain')"),
        ),
        sa.CheckConstraint("(kind = 'step') = (step_id IS NOT NULL)", name="a_step_has_a_step"),
        sa.CheckConstraint("(step_id IS NULL) = (enrollment_id IS NULL)", name="a_step_is_enrolled"),
        *ABOUT_ONE_CALL,
        *ABOUT_ONE_OFFER,
        sa.CheckConstraint("kind IN ('notice', 'test') OR lead_id IS NOT NULL", name="mail_has_a_person"),
        sa.CheckConstraint(
            "(state = 'sending') = "
            "(claimed_at IS NOT NULL AND claim_token IS NOT NULL AND lease_until IS NOT NULL)",
            name="sending_is_claimed",
        ),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        sa.CheckConstraint("(state = 'failed') = (failed_at IS NOT NULL)", name="failed_has_time"),
        sa.CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_has_time"),
        sa.CheckConstraint("(state = 'uncertain') = (uncertain_at IS NOT NULL)", name="uncertain_has_time"),
        sa.CheckConstraint(
            "held_at IS NULL OR state IN ('awaiting_approval', 'scheduled', 'sending')",
            name="held_is_waiting",
        ),
        sa.CheckConstraint("state <> 'awaiting_approval' OR expires_at IS NOT NULL", name="a_draft_expires"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MessageKind] = mapped_column(Word(MessageKind))
    notice: Mapped[NoticeKind | None] = mapped_column(Word(NoticeKind))
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lead.id"))
    enrollment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enrollment.id"))
    step_id: Mapped[int | None] = mapped_column(sa.ForeignKey("step.id"))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    to_address: Mapped[str] = mapped_column(Sealed("message.to_address"))
    urgency: Mapped[int] = mapped_column(default=Urgency.FOLLOW_UP)
    created_at: Mapped[datetime]
    message_id: Mapped[str] = mapped_column(unique=True)

    subject: Mapped[str | None] = mapped_column(Sealed("message.subject"))
    preview: Mapped[str | None] = mapped_column(Sealed("message.preview"))
    body: Mapped[str | None] = mapped_column(Sealed("message.body"))
    template_version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("template_version.id"))
    sent_subject: Mapped[str | None] = mapped_column(Sealed("message.sent_subject"))
    sent_text: Mapped[str | None] = mapped_column(Sealed("message.sent_text"))

    state: Mapped[MessageState] = mapped_column(Word(MessageState), default=MessageState.SCHEDULED)
    due_at: Mapped[datetime]
    planned_at: Mapped[datetime | None]
    wished_at: Mapped[datetime | None]
    shift: Mapped[Shift | None] = mapped_column(Word(Shift))
    by_hand_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    claim_token: Mapped[str | None]
    claimed_by: Mapped[str | None]
    tried_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    server_reply: Mapped[str | None] = mapped_column(Sealed("message.server_reply"))
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    uncertain_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    lead: Mapped[Lead | None] = relationship(back_populates="messages")
    enrollment: Mapped[Enrollment | None] = relationship(back_populates="messages")
    step: Mapped[Step | None] = relationship()
    account: Mapped[Account | None] = relationship()
    template_version: Mapped[TemplateVersion | None] = relationship()
    tries: Mapped[list[Attempt]] = relationship(
        back_populates="message", order_by="Attempt.id", passive_deletes=True
    )

    @classmethod
    def due(cls, now: datetime) -> Select[Message]:
        """What should leave now and is not held, the longest overdue first."""
        return sa.select(cls).where(*cls.is_due(now)).order_by(cls.due_at, cls.id)

    @classmethod
    def going_out(cls, until: datetime | sa.ColumnElement[datetime]) -> Select[Message]:
        """Follow-ups that leave by themselves before an instant, the soonest first.

        Those of someone to be read first wait for the owner, but for the acknowledgement. That there is
        an urgency says nothing, but it is how the index begins.
        """
        # The few who wait for him, and not the many who don't: within an OR the database would list them all.
        lead = cls.lead.property.mapper.class_
        to_be_read = sa.select(lead.id).where(lead.read_first_at.is_not(None))
        suspected = sa.select(lead.id).where(lead.quarantined_at.is_not(None))
        nothing_waits_for_him = sa.and_(cls.lead_id.not_in(to_be_read), cls.lead_id.not_in(suspected))
        return (
            sa.select(cls)
            .where(
                cls.urgency.in_(tuple(Urgency)),
                cls.state == sa.literal_column("'scheduled'"),
                cls.held_at.is_(None),
                cls.kind == MessageKind.STEP,
                cls.due_at < until,
                sa.or_(cls.urgency == Urgency.ACKNOWLEDGEMENT, nothing_waits_for_him),
            )
            .order_by(cls.due_at, cls.id)
        )

    @classmethod
    def waiting_for_the_owner(cls, until: datetime) -> Select[Message]:
        """Follow-ups that would leave before an instant, but were paused or held one by one."""
        waits = (MessageState.SCHEDULED, MessageState.AWAITING_APPROVAL)
        on_its_way = cls.state.in_(sa.literal_column(f"'{state}'") for state in waits)
        return sa.select(cls).where(on_its_way, cls.held_at.is_not(None), cls.due_at < until)

    @classmethod
    def delayed(cls) -> Select[Message]:
        """Tried, not taken, and tried again by itself."""
        return (
            sa.select(cls)
            .where(
                cls.state == sa.literal_column("'scheduled'"),
                cls.held_at.is_(None),
                cls.attempts > 0,
                cls.server_reply.is_not(None),
            )
            .order_by(cls.due_at, cls.id)
        )

    @classmethod
    def problems(cls) -> Select[Message]:
        """Emails that need the owner: refused for good, or not known to have arrived."""
        return (
            sa.select(cls)
            .where(
                cls.state.in_(
                    sa.literal_column(f"'{s}'") for s in (MessageState.FAILED, MessageState.UNCERTAIN)
                ),
                cls.settled_at.is_(None),
            )
            .order_by(cls.id)
        )

    @staticmethod
    def is_due(now: datetime | sa.ColumnElement[datetime]) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            Message.state == sa.literal_column("'scheduled'"),
            Message.held_at.is_(None),
            Message.due_at <= now,
        )

    @property
    def to_domain(self) -> str:
        """The part after the @, in lower case."""
        return self.to_address.rpartition("@")[2].lower()

    @property
    def is_open(self) -> bool:
        """Still on its way, or not known to have arrived."""
        return self.state in OPEN_STATES

    @property
    def is_acknowledgement(self) -> bool:
        """The first answer to an inquiry: it carries nothing a stranger typed (R12)."""
        return self.urgency == Urgency.ACKNOWLEDGEMENT

    @property
    def wording(self) -> Wording:
        """What it says: its own words where someone wrote or edited them, else its step's template."""
        if self.body is not None:
            return Wording(self.subject or "", self.preview or "", self.body)
        if self.template_version is not None:
            return self.template_version.wording
        if self.step is None:
            raise ValueError(f"message {self.id} has neither words nor a template")
        return self.step.template.current.wording

    def reword(self, wording: Wording) -> None:
        """Edit this email for this person only; the template is untouched."""
        self.subject, self.preview, self.body = wording.subject, wording.preview, wording.body

    def become(self, step: Step) -> None:
        """The plan was changed under it: from now on it is the email of this step."""
        self.step, self.template_version, self.approved_at = step, None, None
        self.attempts, self.first_tried_at, self.server_reply = 0, None, None
        self.sent_subject = self.sent_text = None

    def plan(self, planned: Planned) -> None:
        """When it goes now; who pressed "Send now" before is forgotten. A draft is good from then on."""
        self.due_at = self.planned_at = planned.due_at
        self.wished_at, self.shift, self.by_hand_at = planned.wished_at, planned.shift, None
        if self.is_draft:
            self.be_good_from(self.due_at)

    def send_by_hand(self, due_at: datetime, now: datetime) -> None:
        """The owner wants it sent now, whatever the hour. For a draft that is his yes."""
        if self.is_draft:
            self.approve(now)
        self.due_at, self.by_hand_at, self.held_at = due_at, now, None

    def allow_second_thoughts(self, until: datetime) -> None:
        """An email the owner has just caused waits this long, so that he can take it back."""
        self.due_at = until

    @property
    def is_still_here(self) -> bool:
        """It has not left, and a worker that has it can still lose it."""
        return self.state in NOT_GONE and self.handed_over_at is None

    @property
    def may_have_left(self) -> bool:
        return self.state in MAY_HAVE_LEFT or self.handed_over_at is not None

    def hold(self, now: datetime) -> None:
        """It waits until `release`. What is not on the schedule any more has nothing to wait for."""
        if self.state in NOT_GONE:
            self.held_at = self.held_at or now

    def release(self) -> None:
        self.held_at = None

    def try_it(self, now: datetime) -> None:
        """A worker is about to talk to the server."""
        self.attempts += 1
        self.tried_at, self.first_tried_at = now, self.first_tried_at or now

    def hand_over(self, now: datetime) -> None:
        """The last mark before DATA: from here on only the server knows whether it went."""
        self.handed_over_at = now

    def put_off(self, until: datetime) -> None:
        """Back to scheduled, to be tried again."""
        self.leave_the_worker(MessageState.SCHEDULED)
        self.follow_the_person()
        self.due_at = until

    def sent(self, server_reply: str, now: datetime) -> None:
        """The server said 250 to the text; nothing it says afterwards matters (R7)."""
        self.leave_the_worker(MessageState.SENT)
        self.sent_at, self.server_reply, self.uncertain_at = now, server_reply, None

    def fail(self, server_reply: str, now: datetime) -> None:
        """The server refused for good. Never retried by machine (R5)."""
        self.leave_the_worker(MessageState.FAILED)
        self.failed_at, self.server_reply = now, server_reply

    def become_uncertain(self, why: str, now: datetime) -> None:
        """Nobody knows whether it arrived; only the owner may send it again (R6)."""
        self.leave_the_worker(MessageState.UNCERTAIN)
        self.uncertain_at, self.server_reply = now, why

    def cancel(self, reason: Reason | StopReason | Withdrawal, now: datetime) -> None:
        """It will not go. Harmless once it has left the schedule."""
        if self.state in NOT_GONE:
            self.leave_the_worker(MessageState.CANCELLED)
            self.cancelled_at, self.cancel_reason, self.held_at = now, reason, None

    def follow_the_person(self) -> None:
        """It goes to where they are reached now, or nowhere. A worker that has it still loses it."""
        if self.state is MessageState.SENDING and self.handed_over_at is None:
            self.leave_the_worker(MessageState.SCHEDULED)
        if (self.is_draft or self.state is MessageState.SCHEDULED) and self.lead:
            self.to_address = self.lead.email or ""

    def arrived(self, now: datetime) -> None:
        """The owner says that an uncertain email arrived."""
        self.state, self.sent_at, self.uncertain_at = MessageState.SENT, now, None

    def send_again(self, now: datetime) -> None:
        """The owner says to send an uncertain or refused email again: the same Message-ID, at once."""
        self.state = MessageState.SCHEDULED
        self.uncertain_at = self.failed_at = self.settled_at = None
        self.handed_over_at = self.first_tried_at = None
        self.attempts = 0
        self.follow_the_person()
        self.send_by_hand(now, now)

    def settle(self, now: datetime) -> None:
        """The owner has dealt with this problem."""
        self.settled_at = now

    def revive(self) -> None:
        """Take back a cancellation that nothing has built on yet (models/undo)."""
        self.state, self.cancelled_at, self.cancel_reason = MessageState.SCHEDULED, None, None
        self.follow_the_person()

    def leave_the_worker(self, state: MessageState) -> None:
        """No claim is left on it."""
        self.state = state
        self.claimed_at = self.claim_token = self.lease_until = None
        if state in (MessageState.SCHEDULED, MessageState.CANCELLED, MessageState.AWAITING_APPROVAL):
            self.handed_over_at = None
        if state not in (MessageState.SCHEDULED, MessageState.AWAITING_APPROVAL):
            self.held_at = None


def new_message_id(domain: str) -> str:
    """A Message-ID (RFC 5322 3.6.4), made once when the email is planned and equal in every attempt."""
    return f"<{secrets.token_urlsafe(18)}@{domain}>"
