"""What each person who signs in may be: the words only. What a role may do is decided beside them."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Who somebody is in the practice, from the one who may do everything to the one who may only look."""

    OWNER = "owner"
    COORDINATOR = "coordinator"
    CLINICIAN = "clinician"
    ASSISTANT = "assistant"
    READ_ONLY = "read_only"


TAKE_CLIENTS = frozenset({Role.OWNER, Role.CLINICIAN})
"""They see clients themselves."""
