"""Drafts: emails that wait for the owner's yes. Until when he may say it."""

from __future__ import annotations

from datetime import datetime, timedelta

AT_LEAST = timedelta(days=1)
"""A draft waits for the owner at least so long after its time has come."""


def good_until(due_at: datetime, max_late: timedelta) -> datetime:
    """After this instant a draft is left out: as late as its step may be, and never within a day."""
    return due_at + max(max_late, AT_LEAST)
