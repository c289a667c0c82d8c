"""Reading a mailbox: each mail once, whoever dies; the mailbox itself is not touched.

Which promise holds when the reader dies?
- before a mail's transaction commits: nothing of it is known, and the next reader begins with it;
- after: its folder has moved on with it, so nobody reads it again;
- the server numbers its mails anew: each is known by what it is (rules/arrivals), and skipped.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import InterfaceError, OperationalError

from crm import log
from crm.db import db, transaction
from crm.flows import inbox
from crm.flows.inbox import Place
from crm.mail.mailbox import MailboxTrouble, NotLetIn
from crm.models import Incoming, JobRun, MailAccount, MailFolder, Overtaken, RawMail
from crm.models.mailbox import RENEWED_AFTER
from crm.rules.arrivals import fingerprint
from crm.rules.smtp_replies import account_wait

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crm.mail.mailbox import Arrival, Folder, FolderState, Listed, Mailbox, OpenMailbox
    from crm.rules.inbound import InboundMail

logger = log.get(__name__)

TIMES_STUCK = 3
"""After so many connections that broke at one mail it is left to the owner."""
AWAY = (OperationalError, InterfaceError)
"""The database, and not the mail."""
WAITS = tuple(timedelta(seconds=s) for s in (15, 30, 60, 120, 300))
READ = "read_mailbox"
"""Under this name the last time a mailbox was read is kept."""


@dataclass(frozen=True)
class Inbox:
    """The mailbox and who makes sense of its mails. `every`: how often all its folders are looked at."""

    mailbox: Mailbox
    understand: Callable[[bytes], InboundMail]
    every: timedelta = timedelta(seconds=60)


@dataclass
class Reader:
    """One at work. `is_wanted` says whether it should go on once everything is read."""

    inbox: Inbox
    clock: Callable[[], datetime]
    is_wanted: Callable[[], bool]
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    handled: int = 0

    def work(self) -> int:
        """Read what is new, and wait for more while it is wanted. Returns how many mails were handled.

        Nothing happens where another reader has the mailbox, or it has to be left alone for a while.
        """
        with transaction():
            MailAccount.forget_troubles(but_of=self.inbox.mailbox.account)
            account_id = MailAccount.called(self.inbox.mailbox.account, self.clock()).id
        if not self._may_go_on(account_id):
            return 0
        try:
            self._read(account_id)
        except MailboxTrouble as trouble:
            self._failed(account_id, trouble)
        except Overtaken:
            logger.warning("mailbox_overtaken", account_id=account_id)
        finally:
            with transaction():
                db.session.get_one(MailAccount, account_id).take_back(self.token)
        return self.handled

    def _read(self, account_id: int) -> None:
        with self.inbox.mailbox.opened() as box:
            folders = box.folders()
            while self._may_go_on(account_id):
                self._look_into(box, folders, account_id)
                if not self._comes_more(box, folders, account_id):
                    return

    def _look_into(self, box: OpenMailbox, folders: Sequence[Folder], account_id: int) -> None:
        self.handled += self._try_again(account_id)
        for folder in folders:
            self.handled += self._read_folder(box, folder, account_id)
        with transaction():
            now = self.clock()
            db.session.get_one(MailAccount, account_id).was_read(now)
            JobRun.note(READ, now)

    def _try_again(self, account_id: int) -> int:
        """What could not be understood at the first try. Failing once more it is left to the owner."""
        with transaction():
            mine = Incoming.not_understood().where(Incoming.account_id == account_id)
            waiting = list(db.session.scalars(mine.with_only_columns(Incoming.id)))
        return sum(self._again(incoming_id, account_id) for incoming_id in waiting)

    def _again(self, incoming_id: int, account_id: int) -> int:
        """Still this reader's to try, as each mail is: else it would be acted upon by two."""
        with transaction():
            MailAccount.hold(account_id, self.token, self.clock())
            raw = db.session.get_one(RawMail, incoming_id).raw
        try:
            mail = self.inbox.understand(raw)
            with transaction():
                now, incoming = self.clock(), db.session.get_one(Incoming, incoming_id)
                MailAccount.hold(account_id, self.token, now)
                if incoming.kind is None:  # else whoever it is from was erased meanwhile
                    inbox.act(incoming, mail, now)
                    inbox.go_on_as_before(incoming, now)
        except (*AWAY, Overtaken):
            raise
        except Exception:
            logger.exception("mail_not_understood", incoming_id=incoming_id)
            with transaction():
                MailAccount.hold(account_id, self.token, self.clock())
                inbox.set_aside(db.session.get_one(Incoming, incoming_id), raw, self.clock())
            return 0
        return 1

    def _read_folder(self, box: OpenMailbox, folder: Folder, account_id: int) -> int:
        """Handle what is new in one folder. Returns how many."""
        state = box.open(folder)
        with transaction():
            now = self.clock()
            MailAccount.hold(account_id, self.token, now)
            position = _position(account_id, folder, state, now)
            place = Place(account_id, position.id, position.role, position.numbering, self.token)
            last, is_stuck = position.last_uid, position.stuck_times > 0
            since = position.began_at if position.is_resyncing else None
        listed = _new_ones(box, box.listed_after(last, since), place, since)
        if is_stuck and listed and _is_hopeless(place, listed[0]):
            self._leave_to_the_owner(box, listed.pop(0), place)
        handled = sum(self._those(box, some, place) for some in _singly(listed, is_stuck=is_stuck))
        _has_been_through(place, max(state.uid_next - 1, last))
        return handled

    def _those(self, box: OpenMailbox, listed: list[Listed], place: Place) -> int:
        """Where the connection breaks, the mail at which it did is remembered."""
        handled, last = 0, 0
        try:
            for arrival in box.read(listed):
                handled += _take_in(place, arrival, self.inbox, self.clock)
                last = arrival.uid
        except MailboxTrouble:
            if left := [each for each in listed if each.uid > last]:
                _broke_off(place, left[0], self.clock())
            raise
        return handled

    def _leave_to_the_owner(self, box: OpenMailbox, stuck: Listed, place: Place) -> None:
        """The server does not give this one. Its head may still say whose follow-ups have to wait."""
        with transaction():
            times = db.session.get_one(MailFolder, place.folder_id).broke_off_at(stuck.uid)
        head = box.heads([stuck.uid]).get(stuck.uid, b"") if times == TIMES_STUCK + 1 else b""
        with transaction():
            inbox.give_up(place, stuck, head, self.clock())

    def _comes_more(self, box: OpenMailbox, folders: Sequence[Folder], account_id: int) -> bool:
        """Waits at the inbox until something comes or it is time to look into every folder."""
        if not self.is_wanted():
            return False
        box.open(folders[0])
        until = self.clock() + self.inbox.every
        while self.is_wanted() and (left := until - self.clock()) > timedelta():
            if box.wait(min(left, RENEWED_AFTER).total_seconds(), lambda: not self.is_wanted()):
                break
            if not self._may_go_on(account_id):
                return False
        return self.is_wanted()

    def _may_go_on(self, account_id: int) -> bool:
        with transaction():
            return db.session.get_one(MailAccount, account_id).lend(self.token, self.clock())

    def _failed(self, account_id: int, trouble: MailboxTrouble) -> None:
        with transaction():
            now, account = self.clock(), db.session.get_one(MailAccount, account_id)
            retry_at = now + account_wait(account.failures + 1, WAITS)
            account.failed(trouble.reply, retry_at, now, not_let_in=isinstance(trouble, NotLetIn))
        logger.error("mailbox_fails", account_id=account_id, kind=type(trouble).__name__)


def _singly(listed: list[Listed], *, is_stuck: bool) -> list[list[Listed]]:
    """Where one mail breaks the connection, the others must not suffer from being asked for with it."""
    return [[each] for each in listed] if is_stuck else [listed]


def _position(account_id: int, folder: Folder, state: FolderState, now: datetime) -> MailFolder:
    """Where reading goes on. It begins at now: what lies there already was never meant for us."""
    known = MailFolder.of(account_id, folder.name)
    if known is None:
        known = MailFolder(account_id=account_id, name=folder.name, role=folder.role, began_at=now)
        known.uid_validity, known.last_uid = state.uid_validity, state.uid_next - 1
        db.session.add(known)
        db.session.flush()
    elif known.uid_validity != state.uid_validity:
        known.renumber(state.uid_validity, state.uid_next - 1)
    elif state.says_next and state.uid_next <= known.last_uid:
        known.go_back(state.uid_next - 1)
    return known


def _new_ones(box: OpenMailbox, listed: list[Listed], place: Place, since: datetime | None) -> list[Listed]:
    """While the numbers are new, only what is not known and came after we began. It takes the heads only."""
    if since is None or not listed:
        return listed
    listed = [each for each in listed if each.arrived_at >= since]
    prints = {uid: fingerprint(head) for uid, head in box.heads([each.uid for each in listed]).items()}
    with transaction():
        known = Incoming.known(place.account_id, {each for each in prints.values() if each}, place.role)
    return [each for each in listed if prints.get(each.uid) not in known]


def _take_in(place: Place, arrival: Arrival, how: Inbox, clock: Callable[[], datetime]) -> int:
    """One mail, in one transaction. Whatever it does to us, the next one is read."""
    try:
        mail = how.understand(arrival.raw)
        with transaction():
            now = clock()
            incoming = inbox.store(place, arrival, now)
            if incoming is None:
                return 0
            inbox.act(incoming, mail, now)
    except (*AWAY, Overtaken):
        raise
    except Exception as error:  # noqa: BLE001 - a defect of ours on this one mail
        return _put_aside(place, arrival, error, clock())
    return 1


def _put_aside(place: Place, arrival: Arrival, error: Exception, now: datetime) -> int:
    logger.error("mail_not_understood", folder_id=place.folder_id, uid=arrival.uid, exc_info=error)
    with transaction():
        if incoming := inbox.store(place, arrival, now):
            inbox.set_aside(incoming, arrival.raw, now)
    return 0


def _broke_off(place: Place, at: Listed, now: datetime) -> None:
    """The connection broke while this one was read."""
    with transaction():
        MailAccount.hold(place.account_id, place.token, now)
        db.session.get_one(MailFolder, place.folder_id).broke_off_at(at.uid)


def _is_hopeless(place: Place, at: Listed) -> bool:
    """Whether this is the one at which the connection broke each time."""
    with transaction():
        folder = db.session.get_one(MailFolder, place.folder_id)
        return folder.stuck_at == at.uid and folder.stuck_times >= TIMES_STUCK


def _has_been_through(place: Place, highest: int) -> None:
    """Also past numbers whose mails are gone."""
    with transaction():
        folder = db.session.get_one(MailFolder, place.folder_id)
        if folder.numbering == place.uid_validity and folder.last_uid < highest:
            folder.move_on(highest)
