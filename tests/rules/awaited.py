"""People in the middle of things on Tuesday, March 10, 2026, at 1:52 pm: facts for the next box."""

from __future__ import annotations

from dataclasses import replace

from crm.rules.next_box import Because, NextEmail, NextFacts, SentEmail
from crm.rules.sending import EnrollmentState, StopReason
from crm.rules.stages import Stage
from tests.rules.times import OFFICE_HOURS, at

NOW = at("2026-03-10 13:52")
DOOR = NextEmail("The door stays open", at("2026-03-10 14:10"))
STILL_HERE = NextEmail("Still here, if it’s useful", at("2026-03-12 17:48"))
NOTE = SentEmail("I got your note", at("2026-03-10 13:30"))

GRACE = NextFacts(
    "Grace",
    NOW,
    OFFICE_HOURS,
    email=DOOR,
    because=Because.ANSWERED,
    stage=Stage.CONTACTED,
    enrollment=EnrollmentState.ACTIVE,
    heard_at=at("2026-03-03 12:40"),
    answered_at=at("2026-03-03 14:10"),
)
MAYA = NextFacts(
    "Maya",
    NOW,
    OFFICE_HOURS,
    email=STILL_HERE,
    enrollment=EnrollmentState.ACTIVE,
    heard_at=at("2026-03-09 17:48"),
)
STOPPED = NextFacts(
    "Priya",
    NOW,
    OFFICE_HOURS,
    stage=Stage.CONTACTED,
    enrollment=EnrollmentState.STOPPED,
    stop_reason=StopReason.REPLIED,
    answered_at=at("2026-03-09 10:00"),
    heard_at=at("2026-03-10 13:17"),
)
THEO = replace(MAYA, first_name="Theo", read_first=True)
