"""Where somebody stands with the practice, and every way to stand elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped

from crm.models.event import Event, EventKind
from crm.rules.stages import CloseReason, Stage


class Staged:
    """The part of a person that is about their stage. Each move is a line of their story."""

    if TYPE_CHECKING:
        stage: Mapped[Stage]
        close_reason: Mapped[CloseReason | None]
        stage_changed_at: Mapped[datetime]

        def record(
            self, kind: EventKind, now: datetime, reason: str | None = None, account_id: int | None = None
        ) -> Event: ...

        def stop_waiting(self) -> None: ...

    def move(self, stage: Stage, now: datetime, account_id: int | None = None) -> None:
        """Put them in another stage. Closing has its own verb, because it has a reason."""
        if stage is Stage.CLOSED:
            raise ValueError("closing needs a reason: use close()")
        if stage is not self.stage:
            self._change_stage(stage, stage, now, account_id)

    def refer(self, to: tuple[str, ...], now: datetime, account_id: int | None = None) -> None:
        """To these. By name, so that the story stays true whatever becomes of the directory."""
        event = self._change_stage(Stage.REFERRED_OUT, Stage.REFERRED_OUT, now, account_id)
        event.facts |= {"to_whom": list(to)} if to else {}

    def close(self, reason: CloseReason, now: datetime, account_id: int | None = None) -> None:
        """Close with a reason. If they ever write again, they come back to Today."""
        self._change_stage(Stage.CLOSED, reason, now, account_id)
        self.close_reason = reason

    def stand_in(self, stage: Stage, now: datetime) -> None:
        """In this stage from now on, with no line of its own."""
        self.stage, self.stage_changed_at = stage, now
        self.close_reason = None

    def _change_stage(self, stage: Stage, reason: str, now: datetime, account_id: int | None) -> Event:
        event = self.record(EventKind.STAGE_MOVED, now, reason=reason, account_id=account_id)
        event.facts = {"from": self.stage, "to": stage}
        self.stand_in(stage, now)
        if stage is not Stage.NEW:
            self.stop_waiting()
        return event
