"""Reading a mailbox by IMAP (RFC 9051, RFC 3501), and never doing anything to it.

Folders are opened by EXAMINE and bodies read by BODY.PEEK, so that not even "seen" is set: to the owner's own
mail program this program is not there.
"""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Event
from time import monotonic
from typing import Any

from crm.mail.imap_answers import (
    NO_FOLDERS,
    Answer,
    bodies_in,
    day_of,
    folder_in,
    listing_in,
    names_of,
    quoted,
    text_of,
    uid_of,
)
from crm.mail.imap_line import Line
from crm.mail.imap_login import ImapSettings, hang_up, signed_in
from crm.mail.mailbox import MOST_BYTES, Arrival, Folder, FolderState, Listed, Unreachable
from crm.rules.arrivals import Role

A_LOT = 2_000_000
"""Bytes read by one command, above which the next mails wait for the next."""
MANY = 50
HEADS_AT_ONCE = 500
GOODBYE = 2.0
"""Seconds for a polite end, which nobody needs."""
A_GLANCE = 1.0
"""Seconds between two looks whether waiting is enough."""


class ImapMailbox:
    """The mailbox these settings lead to."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings

    @property
    def account(self) -> str:
        return f"{self._settings.username}@{self._settings.host}".lower()

    @contextmanager
    def opened(self) -> Iterator[OpenImap]:
        line = signed_in(self._settings)
        try:
            yield OpenImap(line, self._settings)
            with suppress(imaplib.IMAP4.error, OSError, ValueError):
                line.expect(GOODBYE)
                line.logout()
        finally:
            hang_up(line)


class OpenImap:
    """One connection, signed in."""

    def __init__(self, line: Line, settings: ImapSettings) -> None:
        self._line, self._settings = line, settings
        self._can_idle: bool | None = None

    def folders(self) -> list[Folder]:
        listed = (each for each in map(folder_in, self._ask(self._line.list)) if each)
        found = [(marks, name) for marks, name in listed if not marks & NO_FOLDERS]
        chosen = [Folder("INBOX", Role.INBOX)]
        chosen += [Folder(name, Role.INBOX) for _, name in found if name in self._settings.more_folders]
        roles = [Role.SENT, Role.JUNK] if self._settings.reads_junk else [Role.SENT]
        for role in roles:
            chosen += [Folder(name, role) for name in names_of(role, found)]
        return chosen

    def open(self, folder: Folder) -> FolderState:
        """Raises Unreachable where the server does not name UIDVALIDITY: then no UID means anything."""
        told = self._ask(self._line.select, quoted(folder.name), True)  # noqa: FBT003 - "read only"
        with _understood():
            exists = int(told[-1])
            validity = int(self._line.response("UIDVALIDITY")[1][-1])
            following = self._line.response("UIDNEXT")[1][-1]
            return FolderState(
                validity, int(following or self._highest(exists) + 1), says_next=bool(following)
            )

    def _highest(self, exists: int) -> int:
        """For the few servers that do not say which UID comes next."""
        lines = self._ask(self._line.uid, "FETCH", "*", "(UID)") if exists else []
        return max(map(uid_of, lines), default=0)

    def listed_after(self, uid: int, since: datetime | None = None) -> list[Listed]:
        which = f"{uid + 1}:*"
        if since is not None:
            found = self._ask(self._line.uid, "SEARCH", "UID", which, "SINCE", day_of(since.date()))
            wanted = [int(each) for line in found if line for each in line.split() if int(each) > uid]
            return [each for some in _chunks(wanted, HEADS_AT_ONCE) for each in self._listed(_set(some), uid)]
        return self._listed(which, uid)

    def heads(self, uids: Collection[int]) -> dict[int, bytes]:
        fields = "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM DATE IN-REPLY-TO REFERENCES)])"
        found: dict[int, bytes] = {}
        for some in _chunks(sorted(uids), HEADS_AT_ONCE):
            found |= bodies_in(self._ask(self._line.uid, "FETCH", _set(some), fields))
        return {uid: head for uid, head in found.items() if uid in uids}

    def read(self, these: Sequence[Listed]) -> Iterator[Arrival]:
        for some in _batches(these):
            asked = f"(UID BODY.PEEK[]<0.{MOST_BYTES}>)"
            answer = self._ask(self._line.uid, "FETCH", _set([each.uid for each in some]), asked)
            bodies = bodies_in(answer)
            for each in some:
                if each.uid in bodies:
                    yield Arrival(each.uid, each.size, each.arrived_at, bodies[each.uid])

    def wait(self, seconds: float, enough: Callable[[], bool]) -> bool:
        until = monotonic() + seconds
        if not self._says_when_mail_comes():
            return _just_wait(until, enough)
        with _understood():
            self._line.expect(self._settings.answer_timeout)
            if not self._line.begin_waiting():
                raise Unreachable("the server offers IDLE and will not")
            came = False
            while not came and not enough() and (left := until - monotonic()) > 0:
                came = self._line.heard_of_something(min(left, A_GLANCE))
            self._line.expect(self._settings.answer_timeout)
            self._line.end_waiting()
        return came

    def _says_when_mail_comes(self) -> bool:
        """Asked once signed in: some servers tell a stranger less of what they can."""
        if self._can_idle is None:
            self._can_idle = "IDLE" in text_of(self._ask(self._line.capability)).upper().split()
        return self._can_idle

    def _listed(self, which: str, above: int) -> list[Listed]:
        """Asked for all above the last one, a server gives the last one (RFC 9051 9, "*")."""
        lines = self._ask(self._line.uid, "FETCH", which, "(UID RFC822.SIZE INTERNALDATE)")
        found = {each.uid: each for each in map(listing_in, lines) if each and each.uid > above}
        return [found[uid] for uid in sorted(found)]

    def _ask(self, verb: Callable[..., tuple[str, Any]], *words: object) -> Answer:
        """The answer's lines. Raises Unreachable for a no, and for whatever is no answer at all."""
        with _understood():
            self._line.expect(self._settings.answer_timeout)
            said, lines = verb(*words)
        if said != "OK":
            raise Unreachable(f"the server said {said}: {text_of(lines)}")
        return [each for each in lines if each is not None]


def _just_wait(until: float, enough: Callable[[], bool]) -> bool:
    nothing = Event()
    while not enough() and (left := until - monotonic()) > 0:
        nothing.wait(min(left, A_GLANCE))
    return False


@contextmanager
def _understood() -> Iterator[None]:
    """What imaplib raises may hold what stood on the line, so a mail: it is not told on."""
    try:
        yield
    except TimeoutError as late:
        raise Unreachable("the server did not answer in time") from late
    except OSError as broken:
        raise Unreachable(f"the connection broke ({type(broken).__name__})") from broken
    except (imaplib.IMAP4.error, ValueError, LookupError, TypeError, AttributeError) as odd:
        raise Unreachable(f"the server's answer was not understood ({type(odd).__name__})") from None


def _batches(these: Sequence[Listed]) -> Iterator[list[Listed]]:
    """As many as fit into one answer that a small machine can hold."""
    batch: list[Listed] = []
    size = 0
    for each in these:
        if batch and (len(batch) >= MANY or size + min(each.size, MOST_BYTES) > A_LOT):
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += min(each.size, MOST_BYTES)
    if batch:
        yield batch


def _chunks(these: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (these[at : at + size] for at in range(0, len(these), size))


def _set(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))
