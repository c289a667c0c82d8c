"""Days and times as browsers send them; what is none gets an answer that says what would be right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import DateField, TimeField

if TYPE_CHECKING:
    from collections.abc import Sequence


class DayField(DateField):
    """A day, as 2026-03-24."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("That is no day of the calendar. One looks like 2026-03-24.") from None


class WallTimeField(TimeField):
    """A time of day, as 14:30."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("That is no time of day. One looks like 8:30 or 14:00.") from None
