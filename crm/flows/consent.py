"""Stopping at once when someone no longer wants to hear, and starting again only by their own hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.db import db
from crm.flows.notices import tell_owner
from crm.models import EventKind, NoticeKind, Suppression
from crm.rules.sending import SuppressionReason
from crm.rules.stops import Happening

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Lead


def unsubscribe(lead: Lead, now: datetime) -> None:
    """No follow-up goes to this address again, whichever person it belongs to. Twice is harmless.

    Whose address was taken out meanwhile is not written to at the next one either, and who was merged
    from several records at none of theirs: taken apart again, each is left in peace.
    """
    new_at = [key for key in sorted(lead.wish_keys) if _wish_none_at(key, now)]
    if new_at:
        lead.record(EventKind.UNSUBSCRIBED, now)
    if lead.enrollment:
        lead.enrollment.happened(Happening.UNSUBSCRIBED, now)


def ask_for_erasure(lead: Lead, now: datetime) -> None:
    """They want nothing kept. Follow-ups stop at once; whether all is erased is the owner's to say."""
    unsubscribe(lead, now)
    if lead.erasure_asked_at is None:
        lead.ask_for_erasure(now)
        tell_owner(NoticeKind.ERASURE_ASKED, now)


def resubscribe(lead: Lead, now: datetime) -> None:
    """The person took it back on their own page. What was stopped stays stopped; the owner may start anew."""
    against = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.ERASED)
    wishes = [each for each in Suppression.against(lead.wish_key) if each.reason in against]
    for wish in wishes:
        wish.lift(now)
    if wishes:
        lead.record(EventKind.RESUBSCRIBED, now)
        db.session.flush()


def _wish_none_at(address_key: str, now: datetime) -> bool:
    """Whether that is new. What only a merge took along becomes a wish of their own."""
    wish = Suppression.unsubscribed(address_key)
    if wish is None:
        Suppression.suppress(address_key, SuppressionReason.UNSUBSCRIBED, now)
        return True
    was_taken_along = wish.merge_id is not None
    wish.say_it_oneself()
    return was_taken_along
