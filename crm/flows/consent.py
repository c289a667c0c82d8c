"""Stopping at once when someone no longer wants to hear, and starting again only by their own hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.db import db
from crm.flows.notices import tell_owner
from crm.models import EventKind, Note, NoteKind, NoticeKind, Suppression
from crm.rules.sending import SuppressionReason
from crm.rules.stops import Happening

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from crm.models import Account, Lead

WISHED = "wished"
"""Under this word an Undo keeps at which addresses an act wrote down a wish for no more emails."""


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


def asked_again(lead: Lead, words: str, account: Account, now: datetime) -> bool:
    """They asked to be written to again, at every address of theirs, and here is how.

    False where nothing had been stopped. A complaint is not lifted by anybody.
    """
    wishes = [wish for key in sorted(lead.wish_keys) if (wish := Suppression.unsubscribed(key))]
    for wish in wishes:
        wish.lift(now)
    if wishes:
        note = Note(lead_id=lead.id, account_id=account.id, kind=NoteKind.NOTE, text=words, created_at=now)
        lead.record(EventKind.RESUBSCRIBED, now, account_id=account.id, about=note)
    return bool(wishes)


def take_wishes_back(address_keys: Iterable[str], now: datetime) -> None:
    """Somebody of the practice wrote them down a moment ago, by mistake."""
    for address_key in address_keys:
        if wish := Suppression.unsubscribed(address_key):
            wish.lift(now)


def _wish_none_at(address_key: str, now: datetime) -> bool:
    """Whether that is new. What only a merge took along becomes a wish of their own."""
    wish = Suppression.unsubscribed(address_key)
    if wish is None:
        Suppression.suppress(address_key, SuppressionReason.UNSUBSCRIBED, now)
        return True
    was_taken_along = wish.merge_id is not None
    wish.say_it_oneself()
    return was_taken_along
