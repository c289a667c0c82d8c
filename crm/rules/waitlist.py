"""Who of the waitlist is offered a place, and why somebody is left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from crm.rules.sending import SuppressionReason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

AT_MOST, FIRST_FEW = 20, 3
"""How many may be asked at once, and how many are where nobody says otherwise."""
HOURS_AT_MOST, HOURS = 336, 48


class LeftOut(StrEnum):
    """Why somebody on the list is not offered this place."""

    SAID_YES = "said_yes"
    HAS_AN_OFFER = "has_an_offer"
    ASKED_BEFORE = "asked_before"
    NO_ADDRESS = "no_address"
    STOPPED = "stopped"
    DEAD_ADDRESS = "dead_address"
    READ_FIRST = "read_first"
    PAUSED = "paused"
    PUT_OFF = "put_off"
    WITH_SOMEBODY_ELSE = "with_somebody_else"


WORDS = {
    LeftOut.SAID_YES: "said yes to a place already",
    LeftOut.HAS_AN_OFFER: "has an offer just now",
    LeftOut.ASKED_BEFORE: "was offered this one before",
    LeftOut.NO_ADDRESS: "left no email address",
    LeftOut.STOPPED: "stopped the emails",
    LeftOut.DEAD_ADDRESS: "emails come back",
    LeftOut.READ_FIRST: "read their words first",
    LeftOut.PAUSED: "is paused",
    LeftOut.PUT_OFF: "is put off until later",
    LeftOut.WITH_SOMEBODY_ELSE: "waits for somebody else",
}


@dataclass(frozen=True)
class Waiter:
    """Somebody on the list, as far as an offer goes. `with_account`: in whose care they are, if anybody's."""

    lead_id: int
    has_address: bool = True
    suppressed: SuppressionReason | None = None
    read_first: bool = False
    paused: bool = False
    put_off_until: datetime | None = None
    with_account: int | None = None
    has_an_offer: bool = False
    said_yes: bool = False
    asked_before: bool = False


def why_left_out(who: Waiter, now: datetime, clinician_id: int | None = None) -> LeftOut | None:
    """The first reason that counts; None offers. Without a clinician: whoever has the place."""
    elsewhere = None not in (clinician_id, who.with_account) and who.with_account != clinician_id
    dead = (SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED)
    checks = (
        (who.said_yes, LeftOut.SAID_YES),
        (who.has_an_offer, LeftOut.HAS_AN_OFFER),
        (who.asked_before, LeftOut.ASKED_BEFORE),
        (not who.has_address, LeftOut.NO_ADDRESS),
        (who.suppressed is SuppressionReason.UNSUBSCRIBED, LeftOut.STOPPED),
        (who.suppressed in dead, LeftOut.DEAD_ADDRESS),
        (who.read_first, LeftOut.READ_FIRST),
        (who.paused, LeftOut.PAUSED),
        (who.put_off_until is not None and who.put_off_until > now, LeftOut.PUT_OFF),
        (elsewhere, LeftOut.WITH_SOMEBODY_ELSE),
    )
    return next((reason for applies, reason in checks if applies), None)


def next_few(
    people: Iterable[Waiter], how_many: int, now: datetime, clinician_id: int
) -> tuple[list[int], dict[int, LeftOut]]:
    """Whom it is offered to, in the order of the list, and who is passed over on the way there."""
    chosen: list[int] = []
    passed_over: dict[int, LeftOut] = {}
    for who in people:
        if len(chosen) == how_many:
            break
        if reason := why_left_out(who, now, clinician_id):
            passed_over[who.lead_id] = reason
        else:
            chosen.append(who.lead_id)
    return chosen, passed_over
