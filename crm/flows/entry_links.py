"""The two mails that carry a key: an invitation to sign in, and a link to choose a new password.

Their text is never in the database, neither before they leave nor after: the worker writes them from what the
database knows and a key it does not (crm.links). Whoever reads the table of messages gets in nowhere.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import Account, Invitation, Message, NoticeKind, PasswordReset, Practice, Urgency
from crm.models.account import fingerprint
from crm.models.message import new_message_id
from crm.rules.sending import MessageKind, Withdrawal
from crm.rules.wording import Wording

if TYPE_CHECKING:
    from datetime import datetime

    from crm.links import Links
    from crm.rules.roles import Role

KINDS = (NoticeKind.INVITATION, NoticeKind.NEW_PASSWORD)
NOT_KEPT = "This email carried a link that works once. Its text isn’t kept.\n"


@dataclass(frozen=True)
class Guest:
    """Who is to sign in here, and as what."""

    email: str
    name: str
    role: Role


def invite(guest: Guest, by: Account, links: Links, now: datetime) -> str:
    """An invitation, and the mail that brings it. Returns its token, which is kept nowhere.

    One that this address had before stops working.
    """
    withdraw(now, Invitation.email == guest.email)
    nonce = secrets.token_urlsafe(32)
    token = links.sealed(nonce)
    mail_id = db.session.scalar(_new_mail(NoticeKind.INVITATION, guest.email, None, now))
    invitation = Invitation(email=guest.email, name=guest.name, role=guest.role, invited_by_id=by.id)
    invitation.token_hash, invitation.nonce = fingerprint(token), nonce
    invitation.created_at, invitation.message_id = now, mail_id
    db.session.add(invitation)
    return token


def withdraw(now: datetime, *which: sa.ColumnElement[bool]) -> bool:
    """Take back the open invitations that are meant, and their mails where those are still here."""
    mails = Invitation.withdraw_all(now, *which)
    for mail_id in mails:
        mail = db.session.get(Message, mail_id, with_for_update=True) if mail_id else None
        if mail is not None:
            mail.cancel(Withdrawal.UNDONE, now)
    return bool(mails)


def send_new_password(email: str, links: Links, now: datetime) -> None:
    """A link for whoever signs in with this address; nothing happens where nobody does.

    The same is done in any case, and taken back for an address nobody has: so both take as long.
    """
    account, owner = Account.with_address(email), Account.owner()
    whose = account or owner
    if whose is None:
        return
    with db.session.begin_nested() as trial:
        mail_id = db.session.scalar(_new_mail(NoticeKind.NEW_PASSWORD, email, whose.id, now))
        _issue(whose.id, mail_id, links, now)
        if account is None:
            trial.rollback()


def new_password_link(account: Account, links: Links, now: datetime) -> str:
    """The same without a mail, for the operator where mail does not work."""
    return links.new_password(_issue(account.id, None, links, now))


def wording(message_id: int, links: Links) -> Wording:
    """What this mail says. Nothing that somebody typed is in it but the practice's own name."""
    if nonce := _nonce(Invitation, message_id):
        return Wording(
            "You’re invited",
            "A link to choose a password.",
            "You are asked to sign in at {{ practice_name }}. Choose a password, and you are in.\n\n"
            f"[Choose a password]({links.joining(links.sealed(nonce))})\n\n"
            "The link works once, for a week. If you don’t know what this is about, let it be: without "
            "the link nothing happens.\n",
        )
    if nonce := _nonce(PasswordReset, message_id):
        return Wording(
            "A new password",
            "A link to choose one.",
            "Somebody, most likely you, asked for a new password at {{ practice_name }}.\n\n"
            f"[Choose a new password]({links.new_password(links.sealed(nonce))})\n\n"
            "The link works once, for an hour. If it wasn’t you, let it be: your password stays as it is.\n",
        )
    return Wording("This link is too old", "", f"[Ask for a new one]({links.forgotten()})\n")


def _nonce(model: type[Invitation | PasswordReset], message_id: int) -> str | None:
    return db.session.scalar(sa.select(model.nonce).where(model.message_id == message_id))


def _issue(account_id: int, mail_id: int | None, links: Links, now: datetime) -> str:
    nonce = secrets.token_urlsafe(32)
    token = links.sealed(nonce)
    PasswordReset.issue(account_id, token, nonce, mail_id, now)
    return token


def _new_mail(
    kind: NoticeKind, to: str, account_id: int | None, now: datetime
) -> sa.sql.dml.ReturningInsert[int]:
    mail = sa.insert(Message).values(
        kind=MessageKind.NOTICE,
        notice=kind,
        account_id=account_id,
        to_address=to.strip().lower(),
        urgency=Urgency.PERSONAL,
        created_at=now,
        message_id=new_message_id(Practice.current().mail_domain),
        due_at=now,
    )
    return mail.returning(Message.id)
