"""What a mail server's answer means for a mail, and when to offer it again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

REPLY_LENGTH = 500
"""How much of a server's answer is kept."""

DEAD_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4"})
"""Enhanced codes that say nobody lives there (RFC 3463, RFC 7505). A full mailbox does not."""

ACCOUNT_CODES = frozenset({530, 534, 535, 538})
"""What is refused is our sign-in (RFC 4954), whichever command it answers; the mail itself is fine."""

JITTER = 0.2
"""How far a wait is stretched at most, so that mails that failed together do not come back together."""

PATIENCE_CODES = frozenset({421, 450})
"""With these a server asks for patience with all that goes to its domain: greylisting, too many at once."""

ACCOUNT_WAITS = tuple(timedelta(seconds=s) for s in (15, 30, 60, 120, 300))
"""How long a failing account is left alone after one failure, two in a row, and so on."""

_CODE = re.compile(r"\s*([2-5][0-9]{2})\b")
_ENHANCED = re.compile(r"\s*(5\.[0-9]{1,3}\.[0-9]{1,3})\b")


class Phase(StrEnum):
    """Which step of the conversation an answer belongs to (RFC 5321)."""

    CONNECT = "connect"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    TEXT = "text"

    @property
    def is_about_the_account(self) -> bool:
        """Before MAIL nothing has been said about any mail."""
        return self in (Phase.CONNECT, Phase.LOGIN)


class Outcome(StrEnum):
    """What becomes of the mail after an answer."""

    GO_ON = "go_on"
    TRY_LATER = "try_later"
    REFUSED = "refused"
    UNSURE = "unsure"


class AttemptOutcome(StrEnum):
    """How one attempt ended. `abandoned`: its worker died before it handed anything over."""

    ACCEPTED = "accepted"
    PUT_OFF = "put_off"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class Judgement:
    """An outcome with what follows from it for other mail: the account's trouble, or a dead address."""

    outcome: Outcome
    account_level: bool = False
    dead_address: bool = False


def judge(code: int, text: str, phase: Phase) -> Judgement:
    """What an answer means. `code` is its three digits, or anything else for an answer that is none."""
    kind = code // 100
    if kind == (3 if phase is Phase.DATA else 2):
        return Judgement(Outcome.GO_ON)
    if phase.is_about_the_account or code in ACCOUNT_CODES:
        return Judgement(Outcome.TRY_LATER, account_level=True)
    match kind:
        case 4:
            return Judgement(Outcome.TRY_LATER)
        case 5:
            return Judgement(Outcome.REFUSED, dead_address=_is_dead(text, phase))
    return no_answer(phase)


def no_answer(phase: Phase) -> Judgement:
    """What silence, a lost line or gibberish means: after the text has gone, nobody can know."""
    if phase is Phase.TEXT:
        return Judgement(Outcome.UNSURE)
    return Judgement(Outcome.TRY_LATER, account_level=phase.is_about_the_account)


def retry_at(  # noqa: PLR0913, PLR0917 - the facts of one decision, each a plain value
    attempts: int,
    first_tried_at: datetime,
    now: datetime,
    schedule: Sequence[timedelta],
    keep_trying_for: timedelta,
    jitter: float,
) -> datetime | None:
    """When to offer a mail again after its `attempts`-th failure, or None once the patience is over.

    The last wait of `schedule` repeats; the very last attempt falls on the end of `keep_trying_for`,
    which RFC 5321 4.5.4.1 wants to be days. `jitter` is a random number from 0 to 1.
    """
    give_up_at = first_tried_at + keep_trying_for
    if now >= give_up_at:
        return None
    wait = _nth(schedule, attempts)
    return min(now + wait * (1 + JITTER * jitter), give_up_at)


def code_of(reply: str) -> int | None:
    """The three digits an answer begins with (RFC 5321 4.2), or None where nothing was answered."""
    found = _CODE.match(reply)
    return int(found[1]) if found else None


def asks_for_patience(reply: str) -> bool:
    """Whether other mail to the same domain had better wait too."""
    return code_of(reply) in PATIENCE_CODES


def account_wait(failures: int, schedule: Sequence[timedelta]) -> timedelta:
    """How long a failing account is left alone; never longer than the mails' own schedule says."""
    return min(_nth(ACCOUNT_WAITS, failures), _nth(schedule, failures))


def _nth(waits: Sequence[timedelta], count: int) -> timedelta:
    """The last one repeats."""
    return waits[min(max(count, 1), len(waits)) - 1]


def _is_dead(text: str, phase: Phase) -> bool:
    """Only the answer to the recipient or to the text can be about the recipient's address."""
    found = _ENHANCED.match(text)
    return phase in (Phase.RCPT, Phase.TEXT) and found is not None and found[1] in DEAD_ADDRESS
