"""The one way in for mail, and the three ways it can go wrong. Tests have their own mailbox."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crm.rules.arrivals import Role
from crm.rules.smtp_replies import REPLY_LENGTH

BODY_BYTES = 512_000
HEADER_BYTES = 100_000
MOST_BYTES = HEADER_BYTES + BODY_BYTES
"""So much of a mail is read, whatever its size: what a person writes stands at its beginning."""


class MailboxTrouble(Exception):  # noqa: N818 - its children are named for what the owner has to do about it
    """The mailbox cannot be read now. `reply` is what the server said; never a word of a mail."""

    def __init__(self, reply: str) -> None:
        self.reply = " ".join(reply.split())[:REPLY_LENGTH]
        super().__init__(self.reply)


class Unreachable(MailboxTrouble):
    """No connection, or one that broke: it is tried again by itself."""


class NotLetIn(MailboxTrouble):
    """The server knows no such name and password, or the token has run out: it does not mend itself."""


class NotSafe(MailboxTrouble):
    """No encrypted and verified connection can be had, so nothing was said in the clear."""


@dataclass(frozen=True)
class Folder:
    """One folder as the server calls it."""

    name: str
    role: Role


@dataclass(frozen=True)
class FolderState:
    """What the server says of an opened folder (RFC 9051 2.3.1). `uid_next`: above every UID there is.

    `says_next`: the server itself said so; else it is only above those that lie there now.
    """

    uid_validity: int
    uid_next: int
    says_next: bool = True


@dataclass(frozen=True)
class Listed:
    """One mail of a folder, not read yet. `arrived_at`: when the server took it."""

    uid: int
    size: int
    arrived_at: datetime


@dataclass(frozen=True)
class Arrival(Listed):
    """One mail as it came: its head, and its body up to BODY_BYTES."""

    raw: bytes

    @property
    def is_cut(self) -> bool:
        """Whether there is more of it than was read."""
        return self.size > len(self.raw)


class OpenMailbox(Protocol):
    """A signed-in connection. It reads only: nothing is ever marked, moved or deleted.

    Every method may raise MailboxTrouble; after that it is of no use any more.
    """

    def folders(self) -> Sequence[Folder]:
        """Those that are to be read, the inbox first."""
        ...

    def open(self, folder: Folder) -> FolderState: ...

    def listed_after(self, uid: int, since: datetime | None = None) -> list[Listed]:
        """What the opened folder holds above this UID, the lowest first; of the days since then only."""
        ...

    def heads(self, uids: Collection[int]) -> dict[int, bytes]:
        """Only the header fields that say which mail it is, whose, and what it answers."""
        ...

    def read(self, these: Sequence[Listed]) -> Iterator[Arrival]:
        """The mails themselves, a few at a time. One that is gone meanwhile is left out."""
        ...

    def wait(self, seconds: float, enough: Callable[[], bool]) -> bool:
        """Until the opened folder changes, or so long, or until it is enough. Whether something came.

        Where the server does not say so by itself (IDLE, RFC 2177) nothing seems to come.
        """
        ...


class Mailbox(Protocol):
    """A mailbox that can be read. `account` names it: the same words after every start."""

    @property
    def account(self) -> str: ...

    def opened(self) -> AbstractContextManager[OpenMailbox]:
        """Connected and signed in, for as long as the block lasts. Raises MailboxTrouble."""
        ...
