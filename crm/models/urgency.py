"""How soon an email is to leave, and what a notice is about."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Urgency(IntEnum):
    """Whom a worker serves first: someone who has just written, then a person's letter, then the rest."""

    ACKNOWLEDGEMENT = 0
    PERSONAL = 1
    FOLLOW_UP = 2


class NoticeKind(StrEnum):
    """What a notice tells the owner. A notice never quotes what somebody wrote."""

    INQUIRY = "inquiry"
    READ_FIRST = "read_first"
    ACCOUNT_FAILED = "account_failed"
    DAY = "day"
    PROMISE = "promise"
    PROGRAM_OFF = "program_off"
    MAIL_READ_FIRST = "mail_read_first"
    INVITATION = "invitation"
    NEW_PASSWORD = "new_password"  # noqa: S105 - what it is about
    ERASING = "erasing"
    ERASURE_ASKED = "erasure_asked"
