"""A mailbox in memory, as a polite IMAP server keeps it; and the mails people put into it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from flask import has_app_context

from crm.db import db
from crm.mail.mailbox import MOST_BYTES, Arrival, Folder, FolderState, Listed, MailboxTrouble
from crm.rules.arrivals import Role
from tests.outbox import Received

INBOX, SENT = Folder("INBOX", Role.INBOX), Folder("Sent", Role.SENT)


@dataclass
class Pigeonhole:
    """One folder."""

    uid_validity: int = 1
    mails: list[tuple[int, datetime, bytes]] = field(default_factory=list)
    next_uid: int = 1
    says_next: bool = True

    def put(self, raw: bytes, at: datetime) -> None:
        self.mails.append((self.next_uid, at, raw))
        self.next_uid += 1

    def renumber(self) -> None:
        """The server lost its index: the same mails, other numbers."""
        self.uid_validity += 1
        self.mails = [(n, at, raw) for n, (_, at, raw) in enumerate(self.mails, 1001)]
        self.next_uid = 1001 + len(self.mails)


@dataclass
class Memory:
    """`troubles` are raised in turn, one at each opening; at the UIDs of `breaks_at` the line breaks.

    Of those of `hides_heads_of` not even the head can be had.
    """

    holes: dict[str, Pigeonhole] = field(
        default_factory=lambda: {"INBOX": Pigeonhole(), "Sent": Pigeonhole()}
    )
    troubles: list[MailboxTrouble] = field(default_factory=list)
    breaks_at: set[int] = field(default_factory=set)
    hides_heads_of: set[int] = field(default_factory=set)
    more_folders: list[Folder] = field(default_factory=list)
    bodies_read: int = 0
    heads_read: int = 0
    account: str = "connor@imap.springstreet.example"

    def put(self, folder: str, raw: bytes, at: datetime) -> None:
        self.holes[folder].put(raw, at)

    @contextmanager
    def opened(self) -> Iterator[OpenMemory]:
        assert_no_transaction()
        if self.troubles:
            raise self.troubles.pop(0)
        yield OpenMemory(self)


@dataclass
class OpenMemory:
    memory: Memory
    hole: Pigeonhole = field(default_factory=Pigeonhole)

    def folders(self) -> Sequence[Folder]:
        return [INBOX, SENT, *self.memory.more_folders]

    def open(self, folder: Folder) -> FolderState:
        assert_no_transaction()
        self.hole = self.memory.holes[folder.name]
        highest = max((uid for uid, _, _ in self.hole.mails), default=0)
        following = self.hole.next_uid if self.hole.says_next else highest + 1
        return FolderState(self.hole.uid_validity, following, says_next=self.hole.says_next)

    def listed_after(self, uid: int, since: datetime | None = None) -> list[Listed]:
        assert_no_transaction()
        return [
            Listed(each, len(raw), at)
            for each, at, raw in self.hole.mails
            if each > uid and (since is None or at >= since)
        ]

    def heads(self, uids: Collection[int]) -> dict[int, bytes]:
        if self.memory.hides_heads_of & set(uids):
            raise MailboxTrouble("the server said NO")
        self.memory.heads_read += len(uids)
        return {uid: raw.split(b"\r\n\r\n")[0] for uid, _, raw in self.hole.mails if uid in uids}

    def read(self, these: Sequence[Listed]) -> Iterator[Arrival]:
        bodies = {uid: raw for uid, _, raw in self.hole.mails}
        for each in these:
            assert_no_transaction()
            if each.uid in self.memory.breaks_at:
                raise MailboxTrouble("the connection broke")
            self.memory.bodies_read += 1
            yield Arrival(each.uid, each.size, each.arrived_at, bodies[each.uid][:MOST_BYTES])

    def wait(self, seconds: float, enough: Callable[[], bool]) -> bool:
        return False


def assert_no_transaction() -> None:
    """No network while the database waits."""
    assert not (has_app_context() and db.session().info.get("writing")), "a transaction is open"


def mail_from(answering: Received | None, text: str, headers: Mapping[str, str], at: datetime) -> bytes:
    """What a mail program makes of an answer. `headers` by their names, `from_` and `in_reply_to` too."""
    mail = EmailMessage(SMTP)
    plain = {
        "From": answering.recipient if answering else "sam@example.org",
        "To": str(answering.mail["From"]) if answering else "connor@springstreet.example",
        "Subject": f"Re: {answering.subject}" if answering else "Hello",
        "Date": format_datetime(at),
        "Message-ID": f"<{secrets.token_hex(8)}@mail.example.org>",
    }
    if answering:
        plain |= {"In-Reply-To": answering.message_id, "References": answering.message_id}
    named = {name.strip("_").replace("_", "-").title(): value for name, value in headers.items()}
    named = {{"Message-Id": "Message-ID"}.get(name, name): value for name, value in named.items()}
    for name, value in (plain | named).items():
        if value:
            mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()
