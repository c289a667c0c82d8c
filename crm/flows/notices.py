"""Telling the owner that something waits, without a word of what somebody wrote."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db, instant
from crm.models import Account, Message, NoticeKind, Practice, Urgency
from crm.models.message import new_message_id
from crm.rules.sending import MessageKind, MessageState
from crm.rules.wording import Wording

if TYPE_CHECKING:
    from datetime import datetime

    from crm.links import Links
    from crm.together import Row

APART = timedelta(minutes=10)
"""Two notices of one kind are at least this far apart: a flood of forms is one line in his mailbox."""
URGENT = (NoticeKind.READ_FIRST, NoticeKind.MAIL_READ_FIRST)
AT_ONCE_APART = timedelta(minutes=2)
"""Those about words of danger: what comes within two minutes is told together."""


def tell_owner(kind: NoticeKind, now: datetime) -> Message | None:
    """Plan one notice; one that has not left yet speaks for all that comes meanwhile.

    Of words of danger he is told even where he wants no other notices.
    """
    return _tell(_owner(kind, now), kind, now) if _wants(kind) else None


def tell_of_inquiry(owner: Row | None, now: datetime) -> Message | None:
    """The same of a note like any other. `owner`: what OWNER found with `asked_of_owner`."""
    return _tell(owner, NoticeKind.INQUIRY, now) if _wants(NoticeKind.INQUIRY) else None


def _wants(kind: NoticeKind) -> bool:
    return Practice.current().notify_owner or kind in URGENT


def _tell(owner: Row | None, kind: NoticeKind, now: datetime) -> Message | None:
    return _write(owner, kind, None, now) if owner and not owner.one_waits else None


def write_to_owner(kind: NoticeKind, wording: Wording | None, now: datetime) -> Message | None:
    """Plan a notice in words of its own, or in those that belong to its kind. None without an owner."""
    owner = _owner(kind, now)
    return _write(owner, kind, wording, now) if owner else None


def _write(owner: Row, kind: NoticeKind, wording: Wording | None, now: datetime) -> Message:
    apart = AT_ONCE_APART if kind in URGENT else APART
    notice = Message(
        kind=MessageKind.NOTICE,
        notice=kind,
        account_id=owner.id,
        to_address=owner.email,
        urgency=Urgency.PERSONAL,
        created_at=now,
        message_id=new_message_id(Practice.current().mail_domain),
        due_at=max(now, (owner.last_sent_at or now - APART) + apart),
    )
    if wording is not None:
        notice.reword(wording)
    db.session.add(notice)
    return notice


def notice_wording(kind: NoticeKind, links: Links) -> Wording:
    """What a notice says. Never a name, never a word of the inquiry (R20)."""
    match kind:
        case NoticeKind.INQUIRY:
            return Wording(
                "A new note is waiting",
                "Someone asked for a call.",
                f"Someone asked for a call.\n\n[Read it on Today]({links.today()})\n",
            )
        case NoticeKind.READ_FIRST | NoticeKind.MAIL_READ_FIRST:
            return _read_first_wording(kind, links)
        case NoticeKind.DAY:
            return Wording("Your day", "People wait for you.", f"[Open Today]({links.today()})\n")
        case NoticeKind.PROMISE:
            return Wording("Someone waits for your answer", "", f"[Open Today]({links.today()})\n")
        case NoticeKind.PROGRAM_OFF | NoticeKind.ERASING | NoticeKind.ERASURE_ASKED:
            return _about_a_setting(kind, links)
        case NoticeKind.ACCOUNT_FAILED:
            return Wording(
                "Your emails had to wait",
                "The sending account did not work for a while.",
                "The account your emails go out with did not work for a while, so they had to wait. "
                "This note went out with the first of them: it works again, and the rest follow in order. "
                f"Nothing was lost.\n\n[Open Today]({links.today()})\n",
            )
        case NoticeKind.INVITATION | NoticeKind.NEW_PASSWORD:
            raise ValueError(f"a notice of {kind} carries a link of its own (crm.flows.entry_links)")


def _read_first_wording(kind: NoticeKind, links: Links) -> Wording:
    if kind is NoticeKind.MAIL_READ_FIRST:
        return Wording(
            "Please read this email first",
            "An email nobody was found for needs your eyes soon.",
            "An email has come in from somebody this program doesn’t know, with words that may mean "
            "someone isn’t safe. It may be nothing. Nothing has been sent to them."
            f"\n\n[Read it]({links.unplaced_mail()})\n",
        )
    return Wording(
        "Please read this one first",
        "A note on Today needs your eyes soon.",
        "A note has come in with words that may mean someone isn’t safe. "
        "It may be nothing. It is on top of Today, and nothing automatic goes to that person "
        f"but the first reply, with 988 on top.\n\n[Open Today]({links.today()})\n",
    )


def _about_a_setting(kind: NoticeKind, links: Links) -> Wording:
    """What is to be decided on a page of Settings."""
    if kind is NoticeKind.PROGRAM_OFF:
        return Wording(
            "One of your tools hears nothing any more",
            "It did not take what it was told.",
            "A program of yours did not take what it was told, so it isn’t told anything for now. What "
            "happens meanwhile is kept for it. Have a look at what it answered, and turn it on again."
            f"\n\n[Open its page]({links.other_programs()})\n",
        )
    if kind is NoticeKind.ERASING:
        return Wording(
            "Some records are erased next week",
            "As you chose in Settings.",
            "Some people’s records have been kept as long as you chose, and are erased in a week. "
            f"You can keep any of them until then.\n\n[See whose]({links.erasures()})\n",
        )
    return Wording(
        "Someone asks you to erase what you have",
        "Only you decide.",
        "Someone asks you to erase everything you have of them. Nothing is erased before you say so."
        f"\n\n[Look at it]({links.erasures()})\n",
    )


def one_is_waiting(kind: NoticeKind) -> bool:
    """Whether a notice of this kind has still to leave.

    The urgency is named for the index: without it every planned email would be read through.
    """
    return db.session.scalar(ONE_WAITS, {"kind": kind}) is not None


def _owner(kind: NoticeKind, now: datetime) -> Row | None:
    """Whom notices go to, whether one of this kind waits already, and when the last of them left."""
    found: Row | None = db.session.execute(OWNER, asked_of_owner(kind, now)).one_or_none()
    return found


def asked_of_owner(kind: NoticeKind, now: datetime) -> dict[str, object]:
    """What OWNER looks for."""
    return {"kind": kind, "told_since": now - APART}


ONE_WAITS = (
    sa.select(Message.id)
    .where(
        Message.urgency == sa.literal_column(str(int(Urgency.PERSONAL))),
        Message.kind == sa.literal_column(f"'{MessageKind.NOTICE}'"),
        Message.notice == sa.bindparam("kind", type_=Message.notice.type),
        Message.state == sa.literal_column(f"'{MessageState.SCHEDULED}'"),
        Message.held_at.is_(None),
    )
    .limit(1)
)
LAST_SENT = sa.select(sa.func.max(Message.sent_at)).where(
    Message.sent_at > instant("told_since"),
    Message.kind == sa.literal_column(f"'{MessageKind.NOTICE}'"),
    Message.notice == sa.bindparam("kind", type_=Message.notice.type),
)
OWNER = (
    Account.owners()
    .with_only_columns(
        Account.id,
        Account.email,
        ONE_WAITS.exists().label("one_waits"),
        LAST_SENT.scalar_subquery().label("last_sent_at"),
    )
    .limit(1)
)
