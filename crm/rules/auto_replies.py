"""Whether a machine wrote a mail: what its headers say (RFC 3834 and the wild), then its subject."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crm.rules.auto_reply_words import (
    AUTOMATIC_SENDER,
    MACHINE_HEADERS,
    SAYS_AUTOMATIC,
    SUBJECT_AUTOMATIC,
    SUBJECT_AWAY,
    TEXT_AWAY,
)
from crm.rules.inbound import InboundMail

AUTO_REPLY_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "autoreply"})
BULK_PRECEDENCE = frozenset({"bulk", "junk", "list"})
LIST_HEADERS = (
    "list-id",
    "list-unsubscribe",
    "list-post",
    "mailing-list",
    "x-mailing-list",
    "feedback-id",
    "x-campaignid",
)


@dataclass(frozen=True)
class Machine:
    """Why a mail is taken for a machine's. `answers`: it answers a mail; else it was sent to many."""

    why: str
    answers: bool = True


def machine(mail: InboundMail, new_text: str) -> Machine | None:
    """Why a machine must have written this; None where a person may have."""
    return _by_headers(mail) or _by_words(mail, new_text) or _to_many(mail)


def _by_headers(mail: InboundMail) -> Machine | None:
    submitted = mail.header("auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return Machine(f"its program says so (Auto-Submitted: {submitted})")
    if mail.header("precedence").strip().lower() in AUTO_REPLY_PRECEDENCE:
        return Machine("its program says so (Precedence: auto_reply)")
    if mail.header("x-precedence").strip().lower() in AUTO_REPLY_PRECEDENCE:
        return Machine("its program says so (X-Precedence: auto_reply)")
    if mail.header("x-post-messageclass").lower().startswith("9; autoresponder"):
        return Machine("its program says so (X-POST-MessageClass)")
    for name, value in mail.headers:
        if name in MACHINE_HEADERS and value.strip().lower() not in ("no", "false", "0", "none"):
            return Machine(f"its program says so ({name})")
    return None


def _by_words(mail: InboundMail, new_text: str) -> Machine | None:
    subject, is_without_path = _without_prefixes(mail.subject), mail.return_path == ""
    is_away = bool(SUBJECT_AWAY.match(subject) and TEXT_AWAY.search(new_text))
    says_away = bool(SUBJECT_AWAY.search(subject))
    local = mail.sender.address.partition("@")[0].lower()
    signs = (
        (SUBJECT_AUTOMATIC.match(subject), "its subject is that of an automatic reply"),
        (AUTOMATIC_SENDER.fullmatch(local), "it comes from an address that nobody reads"),
        (says_away and is_without_path, "its subject says that somebody is away, and it can’t be answered"),
        (is_away, "subject and text say that somebody is away"),
        (SAYS_AUTOMATIC.search(new_text[:4_000]), "it calls itself automatic"),
        (is_without_path and not mail.report_type, "it can’t be answered: it has no return path"),
    )
    return next((Machine(why) for applies, why in signs if applies), None)


def _to_many(mail: InboundMail) -> Machine | None:
    if mail.header("precedence").strip().lower() in BULK_PRECEDENCE:
        return Machine("it was sent to many (Precedence)", answers=False)
    if any(mail.has(name) for name in LIST_HEADERS):
        return Machine("it came over a list", answers=False)
    return None


_PREFIX = re.compile(
    r"^(?:(?:re|aw|sv|fw|fwd|wg|rv|tr|res|r|antw|vs|odp|ynt|回复|答复)\s?(?:\[\d+\])?\s?[:：]\s*|\[[^\]]{1,30}\]\s*)"
)


def _without_prefixes(subject: str) -> str:
    subject = " ".join(subject.split()).lower()
    for _ in range(5):
        subject = _PREFIX.sub("", subject, count=1)
    return subject
