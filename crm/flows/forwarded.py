"""Somebody wrote through a directory, which handed it on by mail: a new person on Today.

Nothing is sent to them by itself: a mail that came in never causes another (RELIABILITY, Public form).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crm.db import db, once_more
from crm.flows import tray
from crm.flows.capture import capture
from crm.flows.correspondence import happened
from crm.rules.arrivals import FoundBy
from crm.rules.intake import Limits, Submission, clean
from crm.rules.stops import Happening

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Incoming, Lead
    from crm.rules.directories import DirectoryInquiry
    from crm.rules.verdicts import Verdict

WORDS = 30_000
"""Letters kept of what they wrote, as of any mail."""


def take_inquiry(incoming: Incoming, verdict: Verdict, now: datetime) -> None:
    """Capture them as the form would; without an address to answer to, the owner has to look."""
    inquiry = verdict.inquiry
    if inquiry is None or not inquiry.email:
        incoming.said = incoming.said or (clean(inquiry.message, WORDS) if inquiry else "")
        tray.put_into(incoming, now)
        return
    lead = once_more(partial(_captured, _submission(inquiry), now))
    happened(lead, Happening.REPLIED, now)
    incoming.lead_id, incoming.found_by = lead.id, FoundBy.SENDER


def _captured(submission: Submission, now: datetime) -> Lead:
    """The transaction is the mail's, so a savepoint stands for it."""
    with db.session.begin_nested():
        return capture(submission, Limits(min_seconds=0), now).lead


def _submission(inquiry: DirectoryInquiry) -> Submission:
    """The number as they wrote it: it is shown, and nobody is known by it."""
    return Submission(
        name=inquiry.name,
        email=inquiry.email,
        message=inquiry.message,
        found_us=inquiry.directory,
        came_by_mail=True,
        more=(("Phone", inquiry.phone),) if inquiry.phone else (),
    )
