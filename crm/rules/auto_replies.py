"""Whether a machine wrote a mail: what its headers say (RFC 3834 and the wild), then its subject."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crm.rules import away_notes
from crm.rules.auto_reply_words import (
    AUTOMATIC_ANYWHERE,
    AUTOMATIC_SENDER,
    CHALLENGE,
    LABEL,
    MACHINE_HEADERS,
    SAYS_AUTOMATIC,
    SUBJECT_AUTOMATIC,
    SUBJECT_AWAY,
    TEXT_AWAY,
    bare,
)
from crm.rules.inbound import InboundMail

AUTO_REPLY_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "autoreply"})
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
    return _by_headers(mail) or _by_words(mail, new_text) or _to_many(mail, new_text)


def _by_headers(mail: InboundMail) -> Machine | None:
    named = next((name for name, value in mail.headers if _says_machine(name, value.strip().lower())), None)
    return Machine(f"its program says so ({named})") if named else None


def _says_machine(name: str, value: str) -> bool:
    match name:
        case "auto-submitted":
            return value.partition(";")[0].strip() not in ("", "no")
        case "precedence" | "x-precedence" | "preference":
            return value in AUTO_REPLY_PRECEDENCE
        case "x-post-messageclass":
            return value.startswith("9; autoresponder")
        case "x-apple-action":
            return value == "vacation"
        case "x-mailer":
            return value.startswith("vacation")
    return name in MACHINE_HEADERS and value not in ("no", "false", "0", "none")


def _by_words(mail: InboundMail, new_text: str) -> Machine | None:
    subject, is_without_path = _without_tags(mail.subject), mail.return_path == ""
    local = mail.sender.address.partition("@")[0].lower()
    says_away = SUBJECT_AWAY.search(subject)
    signs = (
        (SUBJECT_AUTOMATIC.match(subject), "its subject is that of an automatic reply"),
        (AUTOMATIC_SENDER.fullmatch(local), "it comes from an address that nobody reads"),
        (says_away and is_without_path, "its subject says that somebody is away, and it can’t be answered"),
        (
            _names_ours_as_away(subject) and TEXT_AWAY.search(new_text),
            "subject and text say that somebody is away",
        ),
        (_calls_itself_automatic(new_text[:4_000]), "it calls itself automatic"),
        (
            AUTOMATIC_ANYWHERE.search(_before_ours(subject)) and away_notes.may_be_note(new_text),
            "its subject speaks of something automatic, and its text of absence",
        ),
        (asks_for_proof(new_text), "it asks us to prove that we are no machine"),
        (away_notes.is_note(new_text), "it reads like an out-of-office note from the first to the last word"),
        (is_without_path and not mail.report_type, "it can’t be answered: it has no return path"),
    )
    return next((Machine(why) for applies, why in signs if applies), None)


def asks_for_proof(text: str) -> bool:
    """Whether a filter holds our mail back until we do something for it."""
    return bool(CHALLENGE.search(" ".join(text[:4_000].split())))


def _calls_itself_automatic(text: str) -> bool:
    first = text.lstrip().partition("\n")[0]
    return bool(SAYS_AUTOMATIC.search(text) or LABEL.match(bare(first.lower())))


def _names_ours_as_away(subject: str) -> bool:
    """`Away: your subject` is how programs write it; a person who is away writes `Re:` or begins anew."""
    found = SUBJECT_AWAY.match(subject)
    return found is not None and bool(_BEFORE_OURS.search(found[0]))


def _before_ours(subject: str) -> str:
    """What a program put before our own subject: `Re:` is what people's programs put there."""
    before, mark, _ = subject.partition(":")
    return before if mark else ""


def _to_many(mail: InboundMail, new_text: str) -> Machine | None:
    """Lists and newsletters. What answers a mail of ours came to us, whichever list our own mailbox is.

    Lists and forwarders write `Precedence: bulk` on what people answer, so for an answer it takes words too.
    """
    if _is_bulk(mail):
        if not _answers(mail):
            return Machine("it was sent to many (Precedence)", answers=False)
        is_from_list = any(mail.has(name) for name in LIST_HEADERS)
        is_note = not is_from_list and away_notes.may_be_note(new_text)
        return Machine("a program sent it (Precedence)") if is_note else None
    if not _answers(mail) and any(mail.has(name) for name in LIST_HEADERS):
        return Machine("it came over a list", answers=False)
    return None


def _answers(mail: InboundMail) -> bool:
    threaded = mail.in_reply_to or mail.references
    return bool(threaded) or mail.subject.strip().lower().startswith("re:")


def _is_bulk(mail: InboundMail) -> bool:
    return mail.header("precedence").strip().lower() in ("bulk", "junk")


def doubt(mail: InboundMail, new_text: str) -> bool:
    """Whether something speaks for a machine though it is taken for a person: worth a look."""
    return bool(
        SUBJECT_AWAY.search(mail.subject)
        or TEXT_AWAY.search(new_text[:4_000])
        or AUTOMATIC_ANYWHERE.search(f"{mail.subject}\n{new_text[:4_000]}")
        or "all" in mail.header("x-auto-response-suppress").lower()
        or any(mail.has(name) for name in LIST_HEADERS)
        or _is_bulk(mail)
    )


_BEFORE_OURS = re.compile(r"[:：\-–—]|\bre\b")
_TAG = re.compile(
    r"^(?:\[(?:ext|external|extern|externo|spam|caution|list|e)[^\]]{0,20}\]|\*+ext[^*]{0,20}\*+)\s*"
)


def _without_tags(subject: str) -> str:
    """Small letters, without the `[EXTERNAL]` of gateways. `Re:` stays: people answer automatic replies."""
    return bare(_TAG.sub("", " ".join(subject.split()).lower()))
