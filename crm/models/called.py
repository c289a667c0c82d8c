"""Whom a call is agreed with: the one that nobody has told of yet, and the one that is to come."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from crm.rules.stages import Stage

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

    from crm.models.booking import Booking


class Called:
    """The part of a person that is about their calls."""

    if TYPE_CHECKING:
        bookings: Mapped[list[Booking]]
        email: Mapped[str | None]
        quarantined_at: Mapped[datetime | None]
        stage: Mapped[Stage]

    @property
    def hears_of_calls(self) -> bool:
        """Whether notes about their calls are written at all."""
        return bool(self.email) and self.quarantined_at is None and self.stage is not Stage.SPAM

    @property
    def booking(self) -> Booking | None:
        """The agreed call of which nobody has said yet how it went."""
        return next((each for each in self.bookings if each.outcome is None), None)

    def call_to_come(self, now: datetime) -> Booking | None:
        """The same where it is not over: another one takes its place. What was held stays to be told of."""
        open_ones = (each for each in self.bookings if each.stands)
        return next((each for each in open_ones if each.waits_for_a_yes or not each.is_over(now)), None)

    def call_ahead(self, now: datetime) -> Booking | None:
        """The same while its time is not over: who has not said yes by then says it in vain."""
        call = self.call_to_come(now)
        return call if call and not call.is_over(now) else None
