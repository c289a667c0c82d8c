"""An email that tells of a call: of which, what it says, and of which version of the call."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Word
from crm.rules.call_notes import CallNote

ABOUT_ONE_CALL = (
    sa.UniqueConstraint("booking_id", "call_note", "call_sequence"),
    sa.CheckConstraint(
        "(kind = 'call') = (booking_id IS NOT NULL AND call_note IS NOT NULL AND call_sequence IS NOT NULL)",
        name="a_note_has_a_call",
    ),
)
"""Each version of a call is told once, and reminded of once."""


class AboutACall:
    """The part of a message that is about a call. `call_sequence` is the call's own count of its changes.

    `client_key`: from where the call was changed, where the address has proven nothing; these are counted
    (flows/ceilings). What the practice's hand changed has none.
    """

    booking_id: Mapped[int | None] = mapped_column(sa.ForeignKey("booking.id"))
    call_note: Mapped[CallNote | None] = mapped_column(Word(CallNote))
    call_sequence: Mapped[int | None] = mapped_column()
    client_key: Mapped[str | None] = mapped_column()
