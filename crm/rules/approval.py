"""Drafts: emails that wait for the owner's yes. Until when he may say it."""

from __future__ import annotations

from datetime import datetime, timedelta

from crm.rules.sending import MessageState, Reason, StopReason, Withdrawal

AT_LEAST = timedelta(days=1)
"""A draft waits for the owner at least so long after its time has come."""


def good_until(due_at: datetime, max_late: timedelta) -> datetime:
    """After this instant a draft is left out: as late as its step may be, and never within a day."""
    return due_at + max(max_late, AT_LEAST)


def good_under(expires_at: datetime, was: timedelta, late: timedelta, now: datetime) -> datetime:
    """Until when a waiting draft is good once its step may be late for `late`, and no longer for `was`.

    As much longer or shorter. What that would make too late soon can still be decided on for a day:
    the change itself leaves nothing out.
    """
    moved = expires_at + max(late, AT_LEAST) - max(was, AT_LEAST)
    return max(moved, min(expires_at, now + AT_LEAST))


def why_not_approve(state: MessageState, cancel_reason: str | None, *, expired: bool) -> str | None:
    """Why a yes comes too late, with {subject} and {name} to fill in; None while it is waited for."""
    match state:
        case MessageState.AWAITING_APPROVAL:
            return NOT_IN_TIME if expired else None
        case MessageState.SCHEDULED | MessageState.SENDING:
            return "“{subject}” to {name} needs no yes any more: it goes by itself."
        case MessageState.SENT:
            return "“{subject}” has gone to {name} already."
        case MessageState.CANCELLED:
            return CANCELLED.get(cancel_reason or "", GONE)
        case _:
            return GONE


NOT_IN_TIME = "“{subject}” waited too long for your yes, so {name} doesn’t get it. The next one is planned."
GONE = "“{subject}” to {name} isn’t where it was. Here is how it looks now."
CANCELLED: dict[str, str] = {
    Reason.NOT_APPROVED: NOT_IN_TIME,
    Withdrawal.SKIPPED: "“{subject}” was skipped, so {name} doesn’t get it.",
    Withdrawal.OUT_OF_PLAN: "“{subject}” was taken out of the sequence, so {name} doesn’t get it.",
    StopReason.REPLIED: "{name} wrote back, so “{subject}” doesn’t go.",
    StopReason.BOOKED: "{name} has a call with you, so “{subject}” doesn’t go.",
    StopReason.UNSUBSCRIBED: "{name} stopped the emails, so “{subject}” doesn’t go.",
    StopReason.ANSWERED: "You answered {name} since, so “{subject}” doesn’t go.",
}
