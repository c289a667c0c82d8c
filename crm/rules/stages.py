"""Where a person stands with the practice."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """The stages of a lead. Read first, snoozed and quarantined are flags, never stages."""

    NEW = "new"
    CONTACTED = "contacted"
    CONSULT_BOOKED = "consult_booked"
    CONSULT_DONE = "consult_done"
    CLIENT = "client"
    WAITLISTED = "waitlisted"
    REFERRED_OUT = "referred_out"
    CLOSED = "closed"
    SPAM = "spam"


class CloseReason(StrEnum):
    """Why a lead was closed."""

    NOT_A_FIT = "not_a_fit"
    FOUND_SOMEONE_ELSE = "found_someone_else"
    UNREACHABLE = "unreachable"
    OTHER = "other"


ON_THE_WAY = (Stage.NEW, Stage.CONTACTED, Stage.CONSULT_BOOKED, Stage.CONSULT_DONE)
"""Stages of people who are somewhere between the first email and a decision."""

BOARD = (*ON_THE_WAY, Stage.CLIENT)
"""The columns of the People board, in order."""

PARTINGS = frozenset({Stage.REFERRED_OUT, Stage.CLOSED, Stage.SPAM})
"""Whoever is there is not to be talked to any more."""
SETTLED = frozenset({Stage.CLIENT, Stage.WAITLISTED, Stage.REFERRED_OUT, Stage.CLOSED, Stage.SPAM})
"""Stages in which nobody waits for an answer. A new inquiry re-opens most of them."""

SCREEN_WORDS = {
    Stage.NEW: "New",
    Stage.CONTACTED: "Contacted",
    Stage.CONSULT_BOOKED: "Consult booked",
    Stage.CONSULT_DONE: "Consult done",
    Stage.CLIENT: "Client",
    Stage.WAITLISTED: "Waitlisted",
    Stage.REFERRED_OUT: "Referred out",
    Stage.CLOSED: "Closed",
    Stage.SPAM: "Spam",
}

CLOSE_WORDS = {
    CloseReason.NOT_A_FIT: "not a fit",
    CloseReason.FOUND_SOMEONE_ELSE: "found someone else",
    CloseReason.UNREACHABLE: "couldn’t be reached",
    CloseReason.OTHER: "another reason",
}


def reopened(stage: Stage) -> Stage:
    """The stage after the same person writes again: what was settled starts afresh.

    A client stays a client, and who is on the waitlist keeps their place there: their note waits on Today.
    """
    return Stage.NEW if stage in PARTINGS else stage
