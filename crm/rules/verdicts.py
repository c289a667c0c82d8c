"""What a mail that came in is, and what it asks for. The order is that of shared/RELIABILITY, “Inbound”:
what machines write by a standard first, then what servers say in words, then automatic replies, then people.
In doubt it is a person: whoever is taken for a machine is left without an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from crm.rules import auto_replies, bounces, directories, wish_words, wishes
from crm.rules.directories import DirectoryInquiry
from crm.rules.inbound import InboundMail
from crm.rules.quoting import Reply, fold
from crm.rules.return_dates import return_date
from crm.rules.wishes import SaidWish, Wish

NO_COMPLAINTS = ("not-spam", "auth-failure", "virus", "dmarc")
"""Kinds of feedback that are no complaint (RFC 5965, RFC 6591)."""


class Kind(StrEnum):
    """What a mail is. Only the first three can be from a person."""

    HUMAN_REPLY = "human_reply"
    UNSUBSCRIBE = "unsubscribe"
    DIRECTORY_INQUIRY = "directory_inquiry"
    AUTO_REPLY = "auto_reply"
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCE = "soft_bounce"
    DELAY_NOTICE = "delay_notice"
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    RECEIPT = "receipt"
    OWN_MAIL = "own_mail"
    OTHER = "other"


@dataclass(frozen=True)
class Ours:
    """What is known of us: addresses we write from (small letters), and how our Message-IDs end."""

    addresses: frozenset[str] = frozenset()
    message_id_domains: frozenset[str] = frozenset()
    unsubscribe_addresses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """What a mail is and why, in words for the owner, with what can be acted on.

    `recipient` is whom a bounce or complaint concerns, `original_id` the Message-ID of ours it came back
    for. `is_doubtful` asks for a look: taken for a person, though something speaks for a machine.
    """

    kind: Kind
    reason: str
    recipient: str = ""
    code: str = ""
    said: str = ""
    original_id: str = ""
    returns_on: date | None = None
    reply: Reply = field(default_factory=lambda: Reply(""))
    wishes: tuple[SaidWish, ...] = ()
    inquiry: DirectoryInquiry | None = None
    is_doubtful: bool = False


def classify(mail: InboundMail, ours: Ours = Ours(), received_at: datetime | None = None) -> Verdict:
    """The verdict on one mail. `received_at` stands in for a date the mail does not give itself."""
    return (
        _complaint(mail)
        or _delivery_report(mail)
        or _receipt(mail)
        or _server_notice(mail)
        or _own_mail(mail, ours)
        or _directory_inquiry(mail)
        or _read(mail, fold(mail.text), ours, received_at)
    )


def _read(mail: InboundMail, reply: Reply, ours: Ours, received_at: datetime | None) -> Verdict:
    """What somebody wrote, or a program in somebody's name."""
    return (
        _unsubscribe_mail(mail, reply, ours) or _automatic(mail, reply, received_at) or _person(mail, reply)
    )


def unreadable(why: str) -> Verdict:
    """The verdict on a mail that ended its reader: somebody should look at it."""
    said = f"It could not be read; please look at it in your own mail program. {why}"
    return Verdict(Kind.OTHER, said, is_doubtful=True)


def _complaint(mail: InboundMail) -> Verdict | None:
    if mail.complaint is None:
        return None
    if mail.complaint.feedback_type in NO_COMPLAINTS:
        return Verdict(Kind.OTHER, "A report between mail servers. Nobody complained.")
    named = next(iter(mail.complaint.recipients), "")
    recipient = named or (mail.returned.recipient if mail.returned else "")
    said = "Somebody marked our email as spam; their provider reports it."
    return Verdict(Kind.COMPLAINT, said, recipient, original_id=_original(mail))


def _delivery_report(mail: InboundMail) -> Verdict | None:
    """Filters that ask a sender for proof write a report too, though nothing came back."""
    found = bounces.by_structure(mail)
    if found is None or (found.outcome is bounces.Outcome.SOFT and auto_replies.asks_for_proof(mail.text)):
        return None
    return _of(found, mail)


def _server_notice(mail: InboundMail) -> Verdict | None:
    found = bounces.by_words(mail)
    return _of(found, mail) if found else None


def _of(found: bounces.Undelivered, mail: InboundMail) -> Verdict:
    kind, reason = {
        bounces.Outcome.HARD: (Kind.HARD_BOUNCE, "The address does not exist, its mail server says."),
        bounces.Outcome.SOFT: (Kind.SOFT_BOUNCE, "It could not be delivered, but the address may be fine."),
        bounces.Outcome.DELAYED: (
            Kind.DELAY_NOTICE,
            "It has not been delivered yet; their server goes on trying.",
        ),
        bounces.Outcome.DELIVERED: (Kind.DELIVERED, "A mail server confirms that it was delivered."),
    }[found.outcome]
    return Verdict(kind, reason, found.recipient, found.code, found.said, _original(mail))


def _receipt(mail: InboundMail) -> Verdict | None:
    if mail.receipt is None:
        return None
    said = "A receipt: their program says that the email was shown or deleted."
    original = mail.receipt.original_message_id or _original(mail)
    return Verdict(Kind.RECEIPT, said, mail.receipt.recipient, original_id=original)


def _own_mail(mail: InboundMail, ours: Ours) -> Verdict | None:
    domain = mail.message_id.strip("<>").rpartition("@")[2].lower()
    if domain and domain in ours.message_id_domains:
        return Verdict(Kind.OWN_MAIL, "One of our own emails came back to us.")
    if mail.sender.address.lower() in ours.addresses:
        return Verdict(Kind.OWN_MAIL, "It was sent from one of our own addresses.")
    return None


def _directory_inquiry(mail: InboundMail) -> Verdict | None:
    found = directories.inquiry(mail)
    if found is None:
        return None
    return Verdict(
        Kind.DIRECTORY_INQUIRY, f"Somebody wrote through {found.directory}.", found.email, inquiry=found
    )


def _unsubscribe_mail(mail: InboundMail, reply: Reply, ours: Ours) -> Verdict | None:
    """What mail programs send to our address for it, or a person with that word for a subject."""
    is_to_it = any(address.lower() in ours.unsubscribe_addresses for address in mail.recipients)
    is_named_so = bool(wish_words.UNSUBSCRIBE_SUBJECT.fullmatch(mail.subject.strip()))
    if not is_to_it and not (is_named_so and wishes.goes_with_unsubscribing(reply.new)):
        return None
    wish = SaidWish(Wish.NO_MORE_MAIL, mail.subject.strip() or "unsubscribe")
    said = "They ask for no more emails, in the way mail programs do."
    return Verdict(Kind.UNSUBSCRIBE, said, mail.sender.address, reply=reply, wishes=(wish,))


def _automatic(mail: InboundMail, reply: Reply, received_at: datetime | None) -> Verdict | None:
    found = auto_replies.machine(mail, reply.new)
    if found is None:
        return None
    if not found.answers:
        return Verdict(Kind.OTHER, f"Not written to us alone: {found.why}.", mail.sender.address, reply=reply)
    sent_at = mail.date or received_at
    back = return_date(f"{mail.subject}\n{reply.new}", sent_at.date()) if sent_at else None
    said = f"An automatic reply: {found.why}."
    return Verdict(Kind.AUTO_REPLY, said, mail.sender.address, reply=reply, returns_on=back)


def _person(mail: InboundMail, reply: Reply) -> Verdict:
    if not mail.is_readable:
        said = "It could not be read as an email. Please look at it yourself."
        return Verdict(Kind.OTHER, said, mail.sender.address, reply=reply, is_doubtful=True)
    found = wishes.wishes(reply.new)
    said = "It reads like a person’s own words."
    in_doubt = auto_replies.doubt(mail, reply.new)
    return Verdict(
        Kind.HUMAN_REPLY, said, mail.sender.address, reply=reply, wishes=found, is_doubtful=in_doubt
    )


def _original(mail: InboundMail) -> str:
    """The Message-ID that came back: from the returned mail, else from the thread."""
    if mail.returned and mail.returned.message_id:
        return mail.returned.message_id
    return next(iter((*mail.in_reply_to, *reversed(mail.references))), "")
