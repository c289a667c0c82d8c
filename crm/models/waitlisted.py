"""What a person waits for: an answer, a call, or a place, for which there is a list."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped


class Waiting(StrEnum):
    """What a person waits for. `call`: a yes to the time they chose, or a word after it was called off.

    `place`: they said yes to the one they were offered.
    """

    INQUIRY = "inquiry"
    REPLY = "reply"
    CALL = "call"
    PLACE = "place"


class Waitlisted:
    """Where somebody stands on the waitlist: they are there by their stage, since it changed.

    `put_first_at`: the owner has put them on top. It counts while they have not left the list since.
    """

    put_first_at: Mapped[datetime | None]
    if TYPE_CHECKING:
        stage_changed_at: Mapped[datetime]

    @property
    def is_put_first(self) -> bool:
        return self.put_first_at is not None and self.put_first_at >= self.stage_changed_at

    def put_first(self, now: datetime) -> None:
        """Before whoever was put there earlier."""
        self.put_first_at = now

    def put_in_line(self) -> None:
        """Where they stand by how long they have waited."""
        self.put_first_at = None
