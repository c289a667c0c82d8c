"""One mail that came in, from its bytes to what it changes: all of it in the caller's one transaction.

What is stored is also acted upon, so whoever looks before sending sees either nothing of it or all. Nothing
in here ever sends: a mail that came in must not cause another (R34), but for the notice to the owner about
words of danger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows import returns, tray, whose
from crm.flows.consent import unsubscribe
from crm.flows.correspondence import happened, they_wrote
from crm.flows.follow_up import resume
from crm.flows.forwarded import take_inquiry
from crm.flows.no_trace import leave_none_of_the_erased
from crm.mail.mailbox import Arrival
from crm.models import (
    EventKind,
    Incoming,
    Lead,
    MailAccount,
    MailFolder,
    Practice,
    RawMail,
    ReplyChannel,
    Suppression,
    turns,
)
from crm.rules.addresses import normalize_email
from crm.rules.arrivals import FoundBy, Role, fingerprint, of_bytes, sender_in, threads_in
from crm.rules.file_names import file_name
from crm.rules.inbound import InboundMail, Mailbox
from crm.rules.intake import clean, clean_line
from crm.rules.matching import Match
from crm.rules.sending import SuppressionReason
from crm.rules.stops import Happening
from crm.rules.verdicts import Kind, Ours, Verdict, classify
from crm.rules.wishes import Wish

if TYPE_CHECKING:
    from datetime import datetime

    from crm.mail.mailbox import Listed

WORDS, FOLDED = 30_000, 8_000
"""Letters kept of what somebody wrote, and of what they quote. All of it lies in the raw mail."""
ATTACHED = 20
"""So many files of a mail are listed."""
ANSWERS_US = (FoundBy.THREAD, FoundBy.ADDRESS)
SLOW_MAIL = timedelta(days=7)
"""A mail may say that it arrived long ago; older than this it is counted as just arrived."""


@dataclass(frozen=True)
class Place:
    """Where a mail lies: what makes its UID the name of one mail (RFC 9051 2.3.1). `token`: its reader's."""

    account_id: int
    folder_id: int
    role: Role
    uid_validity: int
    token: str


def store(place: Place, arrival: Arrival, now: datetime) -> Incoming | None:
    """Write down that it came, with its bytes, and move on. None for one that was here before (R33).

    Raises crm.models.Overtaken where somebody else reads this folder and has come so far.
    """
    MailAccount.hold(place.account_id, place.token, now)
    folder = db.session.get_one(MailFolder, place.folder_id)
    folder.move_on(arrival.uid)
    return keep(folder, arrival, now)


def keep(folder: MailFolder, arrival: Arrival, now: datetime) -> Incoming | None:
    """Write it down with its bytes, unless it was here before."""
    unread = f"{folder.id}/{folder.numbering}/{arrival.uid}".encode()
    print_ = fingerprint(arrival.raw) or of_bytes(arrival.raw or unread)
    if known := Incoming.printed(folder.account_id, print_):
        _was_moved(known, folder, arrival.uid, now)
        return None
    incoming = Incoming(
        account_id=folder.account_id,
        folder_id=folder.id,
        role=folder.role,
        uid_validity=folder.numbering,
        uid=arrival.uid,
        fingerprint=print_,
        arrived_at=min(arrival.arrived_at, now),
        read_at=now,
        size=arrival.size,
        is_cut=arrival.is_cut,
    )
    db.session.add(incoming)
    db.session.flush()
    db.session.add(RawMail(incoming_id=incoming.id, kept_at=now, raw=arrival.raw))
    return incoming


def _was_moved(known: Incoming, folder: MailFolder, uid: int, now: datetime) -> None:
    """Out of Junk: somebody says that it is none, so it is what it would have been in the inbox."""
    if known.role is Role.JUNK and folder.role is Role.INBOX:
        known.lie_at(folder, uid)
        if known.kind is Kind.HUMAN_REPLY and known.lead_id is None:
            tray.put_into(known, now)


def give_up(place: Place, listed: Listed, head: bytes, now: datetime) -> None:
    """It cannot be read: the owner is told that there is one, and the folder goes on.

    Whoever it is from, by what could be had of its head, hears nothing more until he has seen it.
    """
    unread = Arrival(listed.uid, listed.size, listed.arrived_at, head)
    if incoming := store(place, unread, now):
        _keep_its_sender_still(incoming, head, now)
        incoming.quarantine(now)


def act(incoming: Incoming, mail: InboundMail, now: datetime) -> None:
    """Say what it is, whose it is, and do what follows from it."""
    verdict = _judged(incoming, mail)
    _note(incoming, mail, verdict, now)
    if incoming.role is Role.SENT or verdict.kind is Kind.OWN_MAIL:
        _sent_by_hand(incoming, mail, now)
    else:
        _came(incoming, mail, verdict, now)
        leave_none_of_the_erased(incoming, mail, now)
    db.session.flush()


def _came(incoming: Incoming, mail: InboundMail, verdict: Verdict, now: datetime) -> None:
    match verdict.kind:
        case Kind.HUMAN_REPLY:
            _somebody_wrote(incoming, mail, now)
        case Kind.UNSUBSCRIBE:
            _no_more(incoming, mail, now)
        case Kind.AUTO_REPLY:
            _not_there(incoming, mail, verdict, now)
        case Kind.HARD_BOUNCE | Kind.SOFT_BOUNCE | Kind.DELAY_NOTICE | Kind.COMPLAINT:
            returns.came_back(incoming, verdict, now)
        case Kind.DIRECTORY_INQUIRY:
            take_inquiry(incoming, verdict, now)
        case Kind.OTHER:
            _something_else(incoming, mail, verdict, now)
        case Kind.OWN_MAIL | Kind.RECEIPT | Kind.DELIVERED:
            pass


def set_aside(incoming: Incoming, raw: bytes, now: datetime) -> None:
    """It could not be understood. Tried once more; until then nothing goes to whoever it may be from."""
    incoming.tries += 1
    _keep_its_sender_still(incoming, raw, now)
    if incoming.tries > 1:
        incoming.quarantine(now)


def _keep_its_sender_still(incoming: Incoming, raw: bytes, now: datetime) -> None:
    incoming.sender = incoming.sender or sender_in(raw)
    mail = InboundMail(sender=Mailbox(incoming.sender), in_reply_to=threads_in(raw))
    lead_id = _theirs(incoming, whose.sender_of(mail))
    lead = db.session.get_one(Lead, lead_id) if lead_id else None
    if lead and lead.enrollment:
        lead.enrollment.pause(now, reason=EventKind.MAIL_UNREADABLE)


def go_on_as_before(incoming: Incoming, now: datetime) -> None:
    """It was understood after all: who was only kept still because of it hears on."""
    lead = db.session.get(Lead, incoming.lead_id) if incoming.lead_id else None
    if lead is not None and lead.enrollment and _kept_still(lead):
        resume(lead.enrollment, now)


def _kept_still(lead: Lead) -> bool:
    paused = [event for event in lead.events if event.kind is EventKind.FOLLOW_UPS_PAUSED]
    return bool(paused) and paused[-1].reason == EventKind.MAIL_UNREADABLE


def _judged(incoming: Incoming, mail: InboundMail) -> Verdict:
    """Our own Message-IDs are known one by one: their domain may be that of half the world's mail.

    Under one of them others may write too, so its sender has to be us; providers put their account there.
    """
    address = normalize_email(Practice.current().sender_address)
    ours = Ours() if incoming.role is Role.SENT else Ours(addresses=frozenset({address}))
    senders = {address, db.session.get_one(MailAccount, incoming.account_id).username}
    is_from_us = incoming.role is Role.SENT or normalize_email(mail.sender.address) in senders
    if is_from_us and whose.is_ours(mail.message_id):
        return Verdict(Kind.OWN_MAIL, "One of our own emails.")
    return classify(mail, ours, incoming.arrived_at)


def _note(incoming: Incoming, mail: InboundMail, verdict: Verdict, now: datetime) -> None:
    incoming.kind, incoming.reason, incoming.handled_at = verdict.kind, verdict.reason, now
    incoming.message_id = clean_line(mail.message_id)
    incoming.in_reply_to = clean_line(next(iter(mail.in_reply_to), ""))
    incoming.sender, incoming.subject = clean_line(mail.sender.address), clean_line(mail.subject)
    incoming.said = clean(verdict.reply.new or verdict.said, WORDS)
    incoming.folded = clean(verdict.reply.folded, FOLDED)
    incoming.attachments = [
        {"name": file_name(each.name, number), "type": clean_line(each.type), "size": each.size}
        for number, each in enumerate(mail.attachments[:ATTACHED], 1)
    ]
    incoming.wishes = [{"wish": each.wish, "words": clean_line(each.words)} for each in verdict.wishes]
    incoming.returns_on = verdict.returns_on


def _somebody_wrote(incoming: Incoming, mail: InboundMail, now: datetime) -> None:
    """A person's words stop everything at once; what nobody can be found for, the owner sorts."""
    lead_id = _theirs(incoming, whose.sender_of(mail))
    if lead_id is None:
        if incoming.role is not Role.JUNK:
            tray.put_into(incoming, now)
        return
    attach(incoming, db.session.get_one(Lead, lead_id), now)


def attach(incoming: Incoming, lead: Lead, now: datetime) -> None:
    """These are this person's words: they count as if they had been known at once. Plain wishes act."""
    reply = they_wrote(lead, incoming.said.strip(), ReplyChannel.MAIL, now)
    if incoming.found_by in ANSWERS_US:
        lead.prove_address()
    reply.received_at = max(incoming.arrived_at, now - SLOW_MAIL)
    db.session.flush()
    taken = sa.select(Incoming.id).where(Incoming.reply_id == reply.id)
    if db.session.scalar(taken) is None:
        incoming.reply = reply
    if any(each["wish"] == Wish.NO_MORE_MAIL for each in incoming.wishes):
        unsubscribe(lead, now)
        _forget(incoming.sender, now)


def _no_more(incoming: Incoming, mail: InboundMail, now: datetime) -> None:
    """Their mail program's button, or a subject that says nothing else: per address, whoever it is."""
    if lead_id := _theirs(incoming, whose.sender_of(mail)):
        unsubscribe(db.session.get_one(Lead, lead_id), now)
    _forget(mail.sender.address, now)


def _forget(address: str, now: datetime) -> None:
    if address:
        Suppression.suppress(normalize_email(address), SuppressionReason.UNSUBSCRIBED, now)


def _not_there(incoming: Incoming, mail: InboundMail, verdict: Verdict, now: datetime) -> None:
    """A machine answered: a line in the story. Who says when they are back hears nothing before."""
    lead_id = _theirs(incoming, whose.sender_of(mail))
    if lead_id is None:
        return
    lead = db.session.get_one(Lead, lead_id)
    event = lead.record(EventKind.AUTO_REPLY_RECEIVED, now)
    if verdict.returns_on and (until := returns.wait_for_return(lead, verdict.returns_on, now)):
        event.facts = {"returns_on": verdict.returns_on.isoformat(), "until": until.isoformat()}


def _something_else(incoming: Incoming, mail: InboundMail, verdict: Verdict, now: datetime) -> None:
    """What answers one of our emails is an answer, whatever it looks like; what cannot be read is shown."""
    match = whose.sender_of(mail)
    if match is not None and match.by is not FoundBy.SENDER:
        _somebody_wrote(incoming, mail, now)
    elif verdict.is_doubtful:
        tray.put_into(incoming, now)


def _sent_by_hand(incoming: Incoming, mail: InboundMail, now: datetime) -> None:
    """The owner wrote from his own mail program: that is an answer to everybody it went to.

    Where it is a copy of what we sent, it is not. A provider may have given that another Message-ID.
    """
    by_hand = incoming.kind in (Kind.HUMAN_REPLY, Kind.UNSUBSCRIBE, Kind.OWN_MAIL)
    if not by_hand or mail.has("auto-submitted") or whose.is_ours(mail.message_id):
        return
    recipients = whose.recipients_of(mail)
    turns.take(*recipients)  # all at once and in one order: one by one, two mails could wait for each other
    for lead_id in recipients:
        found = _theirs(incoming, Match(lead_id, FoundBy.SENDER))
        if found is not None and not whose.is_copy(found, mail.subject, incoming.arrived_at):
            _answered(db.session.get_one(Lead, found), incoming, now)


def _answered(lead: Lead, incoming: Incoming, now: datetime) -> None:
    """Who has written since is still waiting, and so is whom only a copy that arrived says to be answered.

    Anybody can write the owner's address over a mail: that may end what is automatic, but hides nobody.
    """
    lead.record(EventKind.ANSWERED_ELSEWHERE, now).facts = {"at": incoming.arrived_at.isoformat()}
    happened(lead, Happening.ANSWERED, now)
    if incoming.role is not Role.SENT:
        return
    if lead.heard_at is None or _last_words(lead, lead.heard_at) <= incoming.arrived_at:
        lead.answered(incoming.arrived_at)


def _last_words(lead: Lead, heard_at: datetime) -> datetime:
    """When their last words arrived: a mail may have been read long after it came."""
    arrived = sa.select(sa.func.max(Incoming.arrived_at)).where(
        Incoming.lead_id == lead.id, Incoming.reply_id.is_not(None), Incoming.handled_at == heard_at
    )
    return db.session.scalar(arrived) or heard_at


def _theirs(incoming: Incoming, match: Match | None) -> int | None:
    """Whose turn it is now that this is known; merged meanwhile, it is the person they became."""
    if match is None:
        return None
    lead_id = turns.take_of(lambda: whose.living(match.lead_id))
    if lead_id is not None and incoming.lead_id is None:
        incoming.lead_id, incoming.found_by = lead_id, match.by
        incoming.answers_id, incoming.others = match.message_id, list(match.others)
    return lead_id
