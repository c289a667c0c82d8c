"""What a person agreed to: for each of their notes the very sentence they saw, and what they did with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.rules.telling import moment

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from crm.together import Row


@dataclass(frozen=True)
class Agreement:
    """One note of theirs. `form` is what their form is called, empty for another program's."""

    wording: str
    did: str
    when: str
    form: str
    number: int | None


def agreements(agreed: list[Row], now: datetime, zone: tzinfo) -> list[Agreement]:
    """The newest first: what flows.beside found `agreed`."""
    return [
        Agreement(
            wording=row.words or row.consent_wording,
            did=_did(agreed=row.agreed, personal_only=row.personal_only),
            when=_when(row.shown_at, row.received_at, now, zone),
            form=f"{row.name}, version {row.number}" if row.name else "",
            number=row.consent_id,
        )
        for row in agreed
    ]


def _did(*, agreed: bool | None, personal_only: bool) -> str:
    if personal_only:
        return "They asked for a personal answer only."
    if agreed is None:
        return "They were told so, and sent it."
    return "They ticked the box." if agreed else "They left the box empty."


def _when(shown_at: datetime | None, sent_at: datetime, now: datetime, zone: tzinfo) -> str:
    sent = f"Sent {moment(sent_at, now, zone)}"
    return f"{sent}, from a page of {moment(shown_at, now, zone)}." if shown_at else f"{sent}."
