"""By which way somebody came in: whose they are then, what follows, and what they had before their eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm.db import db
from crm.models import ConsentText, FormVersion, Source, Starts

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Inquiry
    from crm.rules.intake import Submission


@dataclass(frozen=True)
class Way:
    """What is known of whoever comes by one way in."""

    account_id: int | None = None
    sequence_id: int | None = None
    starts_nothing: bool = False


def way_of(submission: Submission, inquiry: Inquiry) -> Way:
    """That of what has just come: of our own form the submission tells, so that nothing is asked for it."""
    if shown := submission.form:
        return Way(shown.account_id, shown.sequence_id, starts_nothing=shown.starts_nothing)
    return way_of_old(inquiry)


def way_of_old(inquiry: Inquiry) -> Way:
    """That of a stored one, as its way in is now."""
    if inquiry.source_id and (source := db.session.get(Source, inquiry.source_id)):
        return Way(source.account_id, source.sequence_id)
    if inquiry.form_version_id:
        form = db.session.get_one(FormVersion, inquiry.form_version_id).form
        starts_nothing = form.starts is Starts.NOTHING
        return Way(form.account_id, form.sequence_id, starts_nothing=starts_nothing)
    return Way()


def as_shown(submission: Submission, now: datetime) -> dict[str, Any]:
    """What of it an inquiry keeps. A sentence that another form showed is kept as a wording, too."""
    if shown := submission.form:
        return {
            "form_version_id": shown.version_id,
            "consent_id": shown.consent_id,
            "shown_at": shown.shown_at,
            "agreed": submission.agreed,
        }
    wording = submission.consent_wording
    consent_id = ConsentText.of(wording, now).id if wording else None
    return {"consent_id": consent_id, "agreed": submission.agreed}
