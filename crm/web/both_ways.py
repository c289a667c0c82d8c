"""A test of the mailbox in two halves: a mail that comes back as it went, and one that must bounce."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import Incoming
from crm.rules.sending import MessageState
from crm.rules.telling import moment
from crm.rules.verdicts import Kind
from crm.web.settings_sending import Outcome, last_test, on_its_way

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Message, Practice

A_BOUNCE = timedelta(minutes=15)
"""Servers report an unknown address within seconds as a rule; some wait for their next queue run."""
SEEN = "Dead addresses will be noticed."


def bounce_outcome(practice: Practice, now: datetime) -> Outcome | None:
    """What became of the last mail to nobody; None before the first."""
    probe = last_test(to_nobody=True)
    if probe is None:
        return None
    match probe.state:
        case MessageState.FAILED:
            return _refused(probe)
        case MessageState.SENT:
            return _went(probe, practice, now)
        case MessageState.UNCERTAIN:
            return Outcome("held", "The line broke while the bounce test was sent. Send it again.")
        case MessageState.CANCELLED:
            return None
    return on_its_way(probe, practice, now)


def _refused(probe: Message) -> Outcome:
    """By our own server, before it took the mail: that is known at once, and says nothing of reports."""
    words = f"Your mail server refused the address nobody has at once. {SEEN} It said:"
    return Outcome("done", words, probe.server_reply or "")


def _went(probe: Message, practice: Practice, now: datetime) -> Outcome:
    came = db.session.execute(_report_on(probe)).first()
    if came is not None and came.kind in (Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE):
        when = moment(came.read_at, now, practice.zone)
        return Outcome("done", f"The mail to an address nobody has came back {when}. {SEEN}")
    if came is not None:
        return Outcome("", "A server says that it is still trying to deliver it.", pending=True)
    sent_at = probe.sent_at or now
    if now - sent_at < A_BOUNCE:
        words = (
            f"The mail to an address nobody has left {moment(sent_at, now, practice.zone)}. It has to bounce."
        )
        return Outcome("", words, pending=True)
    return Outcome(
        "bad",
        "Nothing came back for a mail to an address nobody has. Either your domain takes mail to any address "
        "(a catch-all), or such reports land in a folder that isn’t read, as Junk. A dead address is then "
        "noticed only where the mail server refuses it at once.",
    )


def _report_on(probe: Message) -> sa.Select[Kind | None, datetime]:
    """The newest; a delay is often told before the end."""
    told = sa.select(Incoming.kind, Incoming.read_at).where(Incoming.answers_id == probe.id)
    return told.order_by(Incoming.id.desc()).limit(1)
