"""Whether a submitted form looks like spam, from signs that are each readable, and why.

No sign is a subject: lists of words take genuine inquiries about debt or sex for spam (RELIABILITY.md,
measured fact 8). Some signs are enough by themselves, because no person leaves them. The others add up.
A suspect is kept and shown, never refused: the owner decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from crm.rules import pitch, senders
from crm.rules.intake import TokenProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm.rules.intake import Limits, Submission

ENOUGH = 100
"""So much together makes a suspect."""
MANY_LINKS = 4
"""People may have reason to send three."""


class Sign(StrEnum):
    """Everything that can speak for spam."""

    HONEYPOT = "honeypot"
    TOO_QUICK = "too_quick"
    FOREIGN_FORM = "foreign_form"
    LINK_IN_NAME = "link_in_name"
    MANY_LINKS = "many_links"
    LINKS_AS_CODE = "links_as_code"
    TAUGHT_ADDRESS = "taught_address"
    TAUGHT_NETWORK = "taught_network"
    KNOWN_SPAM = "known_spam"
    PITCH = "pitch"
    ABOUT_YOU = "about_you"
    LINKS = "links"
    MOSTLY_LINKS = "mostly_links"
    CHEAP_DOMAIN = "cheap_domain"
    MIXED_LETTERS = "mixed_letters"
    OTHER_LETTERS = "other_letters"
    NO_WORDS = "no_words"
    MANY_SYMBOLS = "many_symbols"
    THROWN_AWAY = "thrown_away"
    ROLE = "role"
    REPEATED = "repeated"
    CROWDED_NETWORK = "crowded_network"
    BORROWED_TOKEN = "borrowed_token"  # noqa: S105 - a sign
    NO_PROOF = "no_proof"


WORDS = {
    Sign.HONEYPOT: "it filled in a field that people can’t see",
    Sign.TOO_QUICK: "it was sent faster than anyone can type",
    Sign.FOREIGN_FORM: "it didn’t come from your form",
    Sign.LINK_IN_NAME: "there is a link in the name",
    Sign.MANY_LINKS: "its message is full of links",
    Sign.LINKS_AS_CODE: "its message holds links as code",
    Sign.TAUGHT_ADDRESS: "you said that this address sends spam",
    Sign.TAUGHT_NETWORK: "you said that spam comes from this network",
    Sign.KNOWN_SPAM: "it says nearly what you called spam before",
    Sign.PITCH: "{manner}",
    Sign.ABOUT_YOU: "it says next to nothing of themselves",
    Sign.LINKS: "it holds a link",
    Sign.MOSTLY_LINKS: "most of it is links",
    Sign.CHEAP_DOMAIN: "an address in it is of a kind that costs next to nothing",
    Sign.MIXED_LETTERS: "it mixes letters that look alike",
    Sign.OTHER_LETTERS: "it pairs a link with letters that are not of your form’s languages",
    Sign.NO_WORDS: "what it says is no words",
    Sign.MANY_SYMBOLS: "it is full of signs and pictures",
    Sign.THROWN_AWAY: "its address is one to throw away",
    Sign.ROLE: "its address is that of an office, not a person",
    Sign.REPEATED: "others sent nearly the same",
    Sign.CROWDED_NETWORK: "many wrote from the same network this hour",
    Sign.BORROWED_TOKEN: "somebody else’s form was sent with it",
    Sign.NO_PROOF: "its browser didn’t do the small sum that your form asks for",
}
"""Each follows "because"."""

ALWAYS_ENOUGH = frozenset(
    {
        Sign.HONEYPOT, Sign.TOO_QUICK, Sign.FOREIGN_FORM, Sign.LINK_IN_NAME, Sign.MANY_LINKS,
        Sign.LINKS_AS_CODE, Sign.TAUGHT_ADDRESS, Sign.TAUGHT_NETWORK, Sign.KNOWN_SPAM,
    }
)  # fmt: skip

PITCH_WEIGHTS = (0, 20, 60, 80, 90, 90)
"""By how many manners of an offer a message has. Words alone are never enough."""


@dataclass(frozen=True)
class Evidence:
    """What is known beside the form itself.

    `repeated`: how many others sent nearly the same lately. `from_network`: how many others wrote from the
    same network within the hour. `address_is_spam`, `network_is_spam`: what the owner taught, if anything.
    """

    repeated: int = 0
    is_known_spam: bool = False
    from_network: int = 0
    address_is_spam: bool | None = None
    network_is_spam: bool | None = None
    token_is_borrowed: bool = False


@dataclass(frozen=True)
class Finding:
    """One sign, what it weighs of ENOUGH, and what it is about in words that follow "because"."""

    sign: Sign
    weight: int
    words: str


@dataclass(frozen=True)
class Judgement:
    """What was found, the heaviest first. `is_trusted`: the owner said that they are no spam."""

    findings: tuple[Finding, ...]
    is_trusted: bool = False

    @property
    def weight(self) -> int:
        return sum(finding.weight for finding in self.findings)

    @property
    def is_suspect(self) -> bool:
        return self.weight >= ENOUGH and not self.is_trusted

    @property
    def reasons(self) -> list[str]:
        """Why it is a suspect, in words for the owner; empty when it is none."""
        return [finding.words for finding in self.findings] if self.is_suspect else []


def judge(submission: Submission, limits: Limits, evidence: Evidence) -> Judgement:
    """Suspect or not, and why. Of whom the owner said that they are no spam, nothing counts any more."""
    found = [
        *_of_the_form(submission, limits),
        *_of_the_words(submission),
        *_of_the_sender(submission, evidence),
    ]
    weighed = sorted(found, key=lambda finding: -finding.weight)
    return Judgement(tuple(weighed), is_trusted=evidence.address_is_spam is False)


def _of_the_form(submission: Submission, limits: Limits) -> Iterator[Finding]:
    quick = submission.seconds_to_fill is not None and submission.seconds_to_fill < limits.min_seconds
    forged = submission.token_problem not in (None, TokenProblem.EXPIRED)
    checks = (
        (bool(submission.honeypot.strip()), Sign.HONEYPOT, ENOUGH),
        (quick, Sign.TOO_QUICK, ENOUGH),
        (forged, Sign.FOREIGN_FORM, ENOUGH),
        (submission.proof is False, Sign.NO_PROOF, 30),
    )
    yield from _those_that_apply(*checks)


def _of_the_words(submission: Submission) -> Iterator[Finding]:
    message, name = submission.own_words, submission.name
    links = _LINK.findall(message)
    bare = [*links, *_BARE_DOMAIN.findall(message)]
    yield from _those_that_apply(
        (_holds_a_link(name), Sign.LINK_IN_NAME, ENOUGH),
        (len(links) >= MANY_LINKS, Sign.MANY_LINKS, ENOUGH),
        (bool(_LINK_MARKUP.search(message)), Sign.LINKS_AS_CODE, ENOUGH),
        (bool(bare), Sign.LINKS, 30 if len(bare) == 1 else 45),
        (
            _share_of_links(message) > HALF,
            Sign.MOSTLY_LINKS,
            25 if _share_of_links(message) < ALL_BUT else 50,
        ),
        (_mixed(f"{name} {message}") >= A_FEW, Sign.MIXED_LETTERS, 90),
        (bool(bare) and _is_in_other_letters(message), Sign.OTHER_LETTERS, 50),
        (_is_no_words(message), Sign.NO_WORDS, 70 if not _is_no_words(name) else ENOUGH),
        (_share_of_symbols(message) > MANY_IN, Sign.MANY_SYMBOLS, 35),
        (any(map(senders.has_a_cheap_name, _domains(submission))), Sign.CHEAP_DOMAIN, 40),
        (pitch.says_little_of_themselves(message), Sign.ABOUT_YOU, 40),
    )
    manners = pitch.manners(message)
    if manners:
        weight = PITCH_WEIGHTS[len(manners)]
        yield Finding(Sign.PITCH, weight, WORDS[Sign.PITCH].format(manner=", ".join(manners)))


def _of_the_sender(submission: Submission, evidence: Evidence) -> Iterator[Finding]:
    trusted = evidence.network_is_spam is False
    crowd = 0 if trusted else evidence.from_network
    yield from _those_that_apply(
        (bool(evidence.address_is_spam), Sign.TAUGHT_ADDRESS, ENOUGH),
        (bool(evidence.network_is_spam), Sign.TAUGHT_NETWORK, ENOUGH),
        (evidence.is_known_spam, Sign.KNOWN_SPAM, ENOUGH),
        (evidence.repeated > 0, Sign.REPEATED, 50 if evidence.repeated == 1 else 80),
        (crowd >= CROWD, Sign.CROWDED_NETWORK, 30 if crowd < 3 * CROWD else 60),
        (evidence.token_is_borrowed, Sign.BORROWED_TOKEN, 50),
        (senders.is_thrown_away(submission.email), Sign.THROWN_AWAY, 50),
        (senders.is_a_role(submission.email), Sign.ROLE, 30),
    )


def _those_that_apply(*checks: tuple[bool, Sign, int]) -> Iterator[Finding]:
    return (Finding(sign, weight, WORDS[sign]) for applies, sign, weight in checks if applies)


CROWD = 6
"""So many others from one network within an hour are no waiting room any more."""
HALF, ALL_BUT = 0.5, 0.9
A_FEW = 2
MANY_IN = 0.06

_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_WHOLE_LINK = re.compile(r"(?:https?://|\bwww\.)\S+", re.IGNORECASE)
_LINK_MARKUP = re.compile(r"<a\s[^>]{0,200}href|\[(?:url|link)\b", re.IGNORECASE)
_BARE_DOMAIN = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]{1,63}\.){1,5}(?:com|net|org|info|biz|ru|cn|xyz|top|site|online|club|io|co|me|ly)\b",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:https?://|\bwww\.)((?:[\w-]{1,63}\.){1,6}[a-z]{2,24})", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC_OR_GREEK = re.compile(r"[\u0370-\u03ff\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-z]")
_SYMBOL = re.compile(r"[$€£₽₿%=|~^<>{}\[\]★✅✔➡→►●•🔥💰🚀-🛿🤑-🧿🌀-🗿😀-🙏]")
_JUMBLE = re.compile(r"[a-z][A-Z]")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}", re.IGNORECASE)


def _holds_a_link(name: str) -> bool:
    """Someone who typed their address into the name field holds no link."""
    return bool(_LINK.search(name) or _LINK_MARKUP.search(name) or _BARE_DOMAIN.search(name))


def _share_of_links(text: str) -> float:
    return sum(map(len, _WHOLE_LINK.findall(text))) / max(len(text), 1)


def _share_of_symbols(text: str) -> float:
    return len(_SYMBOL.findall(text)) / max(len(text), 40)


def _mixed(text: str) -> int:
    """Words that hold Latin letters and others that look like them."""
    return sum(bool(_LATIN.search(word) and _CYRILLIC_OR_GREEK.search(word)) for word in _WORD.findall(text))


def _is_in_other_letters(text: str) -> bool:
    letters = "".join(_WORD.findall(_WHOLE_LINK.sub("", text)))
    return bool(letters) and sum(letter > "\u02af" for letter in letters) > len(letters) / 2


def _is_no_words(text: str) -> bool:
    """Letters as a machine makes them up: "zXcVbNmLkJh". Somebody’s hasty typing has spaces and vowels."""
    words = _WORD.findall(text)
    made_up = [
        word
        for word in words
        if len(word) >= 7 and (len(_JUMBLE.findall(word)) >= 2 or len(_CONSONANTS.findall(word)) >= 1)
    ]
    return bool(words) and len(words) <= 3 and len(made_up) > len(words) / 2


def _domains(submission: Submission) -> list[str]:
    return [*_HOST.findall(submission.own_words), submission.email.rpartition("@")[2]]
