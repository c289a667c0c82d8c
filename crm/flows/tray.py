"""The tray of mail nobody could be found for. With words of danger it must not wait until somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.flows import crisis
from crm.flows.notices import tell_owner
from crm.models import NoticeKind

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Incoming


def put_into(incoming: Incoming, now: datetime) -> None:
    """The owner says whose it is, and hears of it at once where it may be about somebody's life."""
    incoming.wait_for_the_owner()
    if crisis.words_in(incoming.said):
        tell_owner(NoticeKind.MAIL_READ_FIRST, now)
