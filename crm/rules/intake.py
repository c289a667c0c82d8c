"""A submitted form: what it holds, and how it is cleaned. Whether it looks like spam: crm.rules.spam."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, count
from typing import TYPE_CHECKING

from crm.rules.addresses import contact_key
from crm.rules.sheets import FormLanguage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

NAME_LIMIT = 300
MESSAGE_LIMIT = 20_000
FIELD_LIMIT = 500
PAGE_LIMIT = 2_000
"""How much is kept of a field, in characters."""
ANSWERS_AT_MOST = 200
"""Fields of one form, beyond any that a person fills in. Each answer may be as long as a message."""
THE_REST = "The rest of the message"

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_OF_A_PAGE = re.compile(r"page|ur[li]\b|landing|referr?er", re.IGNORECASE)
_PAGE = re.compile(r"https?://\S{1,2000}")
_NEWLINES = re.compile(r"\r\n?|[\u0085\u2028\u2029]")


class TokenProblem(StrEnum):
    """What is wrong with the form's token. An expired one is a tab left open overnight: no suspicion."""

    MISSING = "missing"
    FORGED = "forged"
    EXPIRED = "expired"


@dataclass(frozen=True)
class FormShown:
    """The form they filled in: which version, with which sentence, since when, and what it starts.

    `account_id` is whose they are, `sequence_id` what follows where it is not what every inquiry starts.
    """

    version_id: int
    consent_id: int | None = None
    shown_at: datetime | None = None
    account_id: int | None = None
    sequence_id: int | None = None
    starts_nothing: bool = False
    language: FormLanguage = FormLanguage.ENGLISH


@dataclass(frozen=True)
class Submission:
    """One submitted form. `client_key` is a keyed hash of the network address, never the address.

    `agreed` is None where the practice only gives notice; `seconds_to_fill` is None when unknown;
    `zone_name` is where their browser said it is, `phones_zone` where their number belongs to;
    `unusable_email` is what was typed as an address and cannot be one, kept beside a phone number;
    `network_key` is a keyed hash of the network they wrote from, empty where a builder's server stands
    between; `proof` is whether the small sum was right, None where none was asked for.
    `came_by_mail`: a directory handed it on, so no email answers it by itself.
    `source_id` is the way in it came by, none for our own form; `more` what else its form asked, with labels;
    `touch` where they came from, as crm.rules.touch keeps it.
    `form` is our own form as it was shown to them, `typed` what of `more` they put into words themselves
    and did not choose; of another program's form nobody knows that.
    """

    name: str
    email: str = ""
    phone: str = ""
    message: str = ""
    free_times: str = ""
    found_us: str = ""
    page: str = ""
    article: str = ""
    button: str = ""
    personal_only: bool = False
    agreed: bool | None = None
    nonce: str = ""
    client_key: str = ""
    honeypot: str = ""
    seconds_to_fill: float | None = None
    token_problem: str | None = None
    consent_wording: str = ""
    unusable_email: str = ""
    zone_name: str | None = None
    phones_zone: str | None = None
    network_key: str = ""
    proof: bool | None = None
    came_by_mail: bool = False
    source_id: int | None = None
    more: tuple[tuple[str, str], ...] = ()
    form: FormShown | None = None
    typed: tuple[str, ...] = ()
    touch: tuple[tuple[str, str], ...] = ()

    @property
    def said(self) -> str:
        """All the words of theirs: a form may ask for more than one message."""
        return all_said(self.message, (said for _, said in self.more))

    @property
    def own_words(self) -> str:
        """What they put into words themselves: nothing chosen, and no page that a form names."""
        others = (
            said for label, said in self.more if not (_PAGE.fullmatch(said) and _OF_A_PAGE.search(label))
        )
        return "\n".join([self.message, *(others if self.form is None else self.typed)]).strip()


@dataclass(frozen=True)
class Limits:
    """Against abuse of the form (R13): beyond these an inquiry is kept and nothing is sent.

    But beyond `posts_per_client_minute` the form asks to wait; its token is good for `token_hours`.
    A program at a way in is asked to wait beyond `posts_per_source_minute`. Of notes about calls, to an
    address that has proven nothing, as many an hour as acknowledgements, and a day `notes_per_mailbox_day`.
    """

    min_seconds: float = 2.0
    token_hours: int = 24
    posts_per_client_minute: int = 10
    acks_per_client_hour: int = 5
    acks_per_hour: int = 60
    acks_per_mailbox_day: int = 3
    notes_per_mailbox_day: int = 5
    posts_per_source_minute: int = 120


def all_said(message: str, answers: Iterable[str]) -> str:
    """What a note is read by: the message, and the answers to whatever else its form asked."""
    return "\n".join([message, *answers])


def content_key(submission: Submission, day: date) -> str:
    """Equal for the same told by the same person on one day, however often it was sent: sha256 hex.

    A number or a time that was not told before makes it another inquiry, or that would be lost.
    """
    phone = re.sub(r"[^\d+]", "", submission.phone)
    who = contact_key(submission.email, phone) or ""
    words = " ".join(clean(submission.message).split()).casefold()
    beside = [phone, clean_line(submission.free_times), *submission.more]
    facts = json.dumps([who, words, day.isoformat(), *beside])
    return hashlib.sha256(facts.encode()).hexdigest()


def clean(text: str, limit: int | None = MESSAGE_LIMIT) -> str:
    """Text that can be stored and shown: no control characters, NFC, one kind of newline, at most `limit`.

    With None all of it, which may be longer than `text`: NFC writes some letters as two (UAX 15, D6).
    """
    text = _UNSTORABLE.sub("", _NEWLINES.sub("\n", text))
    return unicodedata.normalize("NFC", text).strip()[:limit].rstrip()


def clean_line(text: str, limit: int = FIELD_LIMIT) -> str:
    """The same for a field of one line: its white space becomes single spaces."""
    return clean(" ".join(clean(text).split()), limit)


def tidied(submission: Submission) -> Submission:
    """The submission with every field cleaned and bounded, as it is stored."""
    return replace(
        submission,
        name=clean_line(submission.name, NAME_LIMIT),
        email=clean_line(submission.email),
        phone=clean_line(submission.phone),
        message=clean(submission.message),
        free_times=clean_line(submission.free_times),
        found_us=clean_line(submission.found_us),
        page=clean_line(submission.page, PAGE_LIMIT),
        article=clean_line(submission.article),
        button=clean_line(submission.button),
        nonce=clean_line(submission.nonce),
        consent_wording=clean_line(submission.consent_wording),
        unusable_email=clean_line(submission.unusable_email),
        more=_beside(submission),
        typed=tuple(map(clean, submission.typed)),
    )


def _beside(submission: Submission) -> tuple[tuple[str, str], ...]:
    """Whatever else came, all of it: no two under one label, and with it what is too long for a message."""
    found: dict[str, str] = {}
    rest = clean(submission.message, None)[MESSAGE_LIMIT:]
    for label, said in (*submission.more, *(((THE_REST, rest),) if rest else ())):
        plain = clean_line(label, NAME_LIMIT)
        free = next(name for name in _numbered(plain) if name not in found)
        found[free] = clean(said, None)
    return tuple(found.items())


def _numbered(label: str) -> Iterator[str]:
    """The label itself, then with a number."""
    return chain([label], (f"{label} ({number})" for number in count(2)))
