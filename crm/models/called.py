"""Whom a call is agreed with: the one that nobody has told of yet, and the one that is to come."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

    from crm.models.booking import Booking


class Called:
    """The part of a person that is about their calls."""

    if TYPE_CHECKING:
        bookings: Mapped[list[Booking]]

    @property
    def booking(self) -> Booking | None:
        """The agreed call of which nobody has said yet how it went."""
        return next((each for each in self.bookings if each.outcome is None), None)

    def call_to_come(self, now: datetime) -> Booking | None:
        """The same where it is not over: another one takes its place. What was held stays to be told of."""
        open_ones = (each for each in self.bookings if each.stands)
        return next((each for each in open_ones if each.waits_for_a_yes or not each.is_over(now)), None)
