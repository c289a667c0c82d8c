"""Whom Connor sends people to."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from crm.models import Colleague
from crm.rules.referring import Card

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

STONE = Card(
    name="Dr. Amelia Stone",
    focus="eating, and how a body is lived in",
    payers="Aetna, out of network",
    fees="$210",
    phone="(213) 555-0181",
    site="stone.example",
    notes="Slow on email. Ring her before nine.",
)
AZIZ = Card(
    name="Noor Aziz",
    focus="children and teenagers",
    payers="Blue Shield, Kaiser",
    fees="$160, some places for less",
    phone="(310) 555-0182",
    email="noor@aziz.example",
)
ADEYEMI = Card(
    name="Felix Adeyemi",
    focus="couples, and men who have not done this before",
    payers="no insurance",
    fees="$180 to $240",
    email="felix@adeyemi.example",
    site="https://adeyemi.example/talk",
)
CONFIRMED = ((STONE, 12), (AZIZ, 3), (ADEYEMI, 95))
"""And how many days ago each said that there are places."""


def colleagues(now: datetime, made_at: datetime) -> Iterator[Colleague]:
    for card, days in CONFIRMED:
        yield Colleague(**asdict(card), made_at=made_at, openings_at=now - timedelta(days=days))
