"""Whether a submitted form looks like spam, from signs that are each readable, and why.

No sign is a subject: lists of words take genuine inquiries about debt or sex for spam (RELIABILITY.md,
measured fact 8). Some signs are enough by themselves, because no person leaves them. The others add up.
A suspect is kept and shown, never refused: the owner decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from crm.rules import pitch, senders
from crm.rules.intake import TokenProblem
from crm.rules.spam_looks import (
    BARE_DOMAIN,
    HOST,
    LINK,
    LINK_MARKUP,
    holds_a_link,
    is_in_other_letters,
    is_no_words,
    mixed,
    share_of_links,
    share_of_symbols,
)

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
    links = LINK.findall(message)
    bare = [*links, *BARE_DOMAIN.findall(message)]
    yield from _those_that_apply(
        (holds_a_link(name), Sign.LINK_IN_NAME, ENOUGH),
        (len(links) >= MANY_LINKS, Sign.MANY_LINKS, ENOUGH),
        (bool(LINK_MARKUP.search(message)), Sign.LINKS_AS_CODE, ENOUGH),
        (bool(bare), Sign.LINKS, 30 if len(bare) == 1 else 45),
        (
            share_of_links(message) > HALF,
            Sign.MOSTLY_LINKS,
            25 if share_of_links(message) < ALL_BUT else 50,
        ),
        (mixed(f"{name} {message}") >= A_FEW, Sign.MIXED_LETTERS, 90),
        (bool(bare) and is_in_other_letters(message), Sign.OTHER_LETTERS, 50),
        (is_no_words(message), Sign.NO_WORDS, 70 if not is_no_words(name) else ENOUGH),
        (share_of_symbols(message) > MANY_IN, Sign.MANY_SYMBOLS, 35),
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


def _domains(submission: Submission) -> list[str]:
    return [*HOST.findall(submission.own_words), submission.email.rpartition("@")[2]]
