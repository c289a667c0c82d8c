"""Undelivered mail: whom it concerns, and whether the address is dead or the mail only had bad luck.

Structure first (RFC 3464 with the codes of RFC 3463), then the words of servers that follow no standard.
A dead address is suppressed for good, so what is not plain is soft: policy, spam and full mailboxes never
are hard, whatever their code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from crm.rules.bounce_words import (
    ABOUT_US,
    ADDRESS,
    CONTINUED,
    COPIED_TO,
    DAEMONS,
    DEAD,
    FULL,
    GIVEN_BACK,
    JOINED,
    KNOWN_AS_DEAD,
    LATE,
    NOTICE_SUBJECT,
    ON_ITS_LINE,
    ONLY_UNDELIVERED,
    OPENING,
    PLAIN_SUBJECT,
    POLICY,
    POLICY_CODE,
    QUESTION,
    REASON,
    SAID_IN_BODY,
    SAYS_UNDELIVERED,
    SERVERS_ANSWER,
    SURE_DAEMONS,
    TAGGED,
    TEMPORARY_ANSWER,
    WHOM,
)
from crm.rules.inbound import Delivery, InboundMail
from crm.rules.smtp_replies import DEAD_ADDRESS


class Outcome(StrEnum):
    """What became of the mail that was sent."""

    HARD = "hard"
    SOFT = "soft"
    DELAYED = "delayed"
    DELIVERED = "delivered"


@dataclass(frozen=True)
class Undelivered:
    """What a server says became of a mail. `said` are its words, `code` the enhanced code if it gave one."""

    outcome: Outcome
    recipient: str
    code: str
    said: str


_CODE = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")


def by_structure(mail: InboundMail) -> Undelivered | None:
    """What a delivery report in the mail says (RFC 3464); None when it has none."""
    if not mail.deliveries:
        return None
    about = min(mail.deliveries, key=_urgency)
    recipient = _clean(about.original_recipient or about.final_recipient) or _recipient(mail)
    said = about.diagnostic or _near(_explanation(mail.text), recipient)
    code = _better_code(about.status, said)
    return Undelivered(_outcome(about, code, said), recipient, code, " ".join(said.split())[:500])


def by_words(mail: InboundMail) -> Undelivered | None:
    """What a mail in a server's own words says; None when it does not come from a mail server."""
    if not _is_from_a_server(mail):
        return None
    recipient, explanation = _recipient(mail), _explanation(mail.text)
    said = _near(explanation, recipient)
    code = _first_code(said)
    is_late = LATE.search(explanation[:3_000]) or LATE.search(mail.subject)
    reason = REASON.search(explanation)
    outcome = Outcome.DELAYED if is_late else _judged(code, reason[1] if reason else said)
    return Undelivered(outcome, recipient, code, " ".join(said.split())[:500])


def _urgency(delivery: Delivery) -> int:
    """We send to one person at a time; of several the one that failed is ours to know."""
    order = ("failed", "", "delayed", "expanded", "relayed", "delivered")
    return order.index(delivery.action) if delivery.action in order else 1


def _outcome(delivery: Delivery, code: str, said: str) -> Outcome:
    match delivery.action:
        case "delayed":
            return Outcome.DELAYED
        case "delivered" | "relayed" | "expanded":
            return Outcome.DELIVERED
    if not delivery.action and code.startswith("2"):
        return Outcome.DELIVERED
    return _judged("" if _has_given_up(delivery, code, said) else code, said)


def _has_given_up(delivery: Delivery, code: str, said: str) -> bool:
    """Gmail says `failed` and 4.0.0 of a domain that does not exist: it is the action that counts."""
    return delivery.action == "failed" and code == "4.0.0" and not TEMPORARY_ANSWER.search(said)


def _judged(code: str, answer: str) -> Outcome:
    """Hard only where code or words say that nobody lives there, and nothing says otherwise."""
    said = _words(answer)
    dead_by_code, dead_by_words = code in DEAD_ADDRESS, bool(DEAD.search(said))
    if FULL.search(said) or ABOUT_US.search(said) or code.startswith("4"):
        return Outcome.SOFT
    speaks_of_policy = POLICY.search(said) or (POLICY_CODE.search(said) and not dead_by_words)
    if speaks_of_policy and not (dead_by_code and dead_by_words) and not KNOWN_AS_DEAD.search(said):
        return Outcome.SOFT
    return Outcome.HARD if dead_by_code or dead_by_words else Outcome.SOFT


def _words(answer: str) -> str:
    """A server’s words alone: an address says nothing; `USER_UNKNOWN` and `UserUnknown` are two words."""
    return JOINED.sub(" ", ADDRESS.sub("@", CONTINUED.sub(" ", answer)).replace("_", " "))


def _better_code(status: str, diagnostic: str) -> str:
    """The far server's own code: `5.0.0` in Status often stands before `550 5.1.1` in the diagnostic."""
    inner = _first_code(diagnostic)
    if inner and (not status or status.endswith(".0.0") or inner in DEAD_ADDRESS):
        return inner
    return status or inner


def _first_code(said: str) -> str:
    codes = _CODE.findall(said)
    return next((code for code in codes if code in DEAD_ADDRESS), codes[0] if codes else "")


def _is_from_a_server(mail: InboundMail) -> bool:
    """A daemon's mail always is; anybody else's where subject and text both say what only servers say."""
    local = mail.sender.address.partition("@")[0].lower()
    if SURE_DAEMONS.fullmatch(local) or mail.header("x-failed-recipients"):
        return True
    says_so = bool(SAYS_UNDELIVERED.search(mail.text[:4_000]))
    if not mail.sender.address and not mail.return_path and DEAD.search(_explanation(mail.text)[:1_000]):
        return True
    is_daemon = DAEMONS.fullmatch(local) or DAEMONS.fullmatch(mail.sender.name.lower())
    is_nameless = mail.return_path == "" or not mail.sender.address
    if is_daemon or is_nameless or mail.report_type == "delivery-status":
        is_notice = SAID_IN_BODY.search(mail.text) and NOTICE_SUBJECT.search(mail.subject)
        return says_so or bool(is_notice or _quotes_an_answer(mail))
    is_plain = PLAIN_SUBJECT.match(mail.subject) and (says_so or LATE.search(mail.text))
    return bool((is_plain and not _asks(mail)) or (says_so and _says_nothing_else(mail.text)))


def _quotes_an_answer(mail: InboundMail) -> bool:
    """In whichever language: a machine that quotes what another one answered to a recipient."""
    is_machine = mail.return_path == "" or mail.has("auto-submitted")
    return is_machine and bool(SERVERS_ANSWER.search(_explanation(mail.text)))


def _asks(mail: InboundMail) -> bool:
    """Whether somebody asks about a bounce; an address or code in it would be a server's."""
    said = _explanation(mail.text)
    return bool(QUESTION.search(said)) and not _CODE.search(said) and not _named(said, mail)


def _says_nothing_else(text: str) -> bool:
    """Whether all there is to read says to whom a mail of ours could not be delivered."""
    lines = [line for line in (each.strip(" *=-_#\t") for each in text.split("\n")) if line]
    said = (ONLY_UNDELIVERED.fullmatch(line) or ON_ITS_LINE.fullmatch(line) for line in lines)
    return bool(ADDRESS.search(text)) and all(said)


def _near(said: str, recipient: str) -> str:
    """What a server says about one recipient: what follows the address, else stands around it, else all."""
    at = said.lower().find(recipient.lower()) if recipient else -1
    if at < 0:
        return said
    nearer = (_up_to_the_next(said[at : at + 600], recipient), said[max(0, at - 300) : at + 1_200])
    return next(
        (part for part in nearer if DEAD.search(part) or FULL.search(part) or _CODE.search(part)), said
    )


def _up_to_the_next(said: str, recipient: str) -> str:
    """What is said of one of several recipients, whom a server lists one below the other."""
    listed = ON_ITS_LINE.finditer(said, len(recipient))
    others = (each.start() for each in listed if recipient.lower() not in each[0].lower())
    return said[: next(others, len(said))]


def _explanation(text: str) -> str:
    """What the server says, without the mail it gives back."""
    return GIVEN_BACK.split(text, maxsplit=1)[0][:20_000]


def _recipient(mail: InboundMail) -> str:
    """Whom it could not be delivered to, from the plainest place that says so."""
    failed = mail.header("x-failed-recipients") or mail.header("x-failed-recipient")
    if found := ADDRESS.search(failed):
        return _clean(found[0])
    explanation, copied = _explanation(mail.text), _copied_recipient(mail)
    if copied and copied.lower() in explanation.lower():
        return copied
    return _named(explanation, mail) or copied


def _copied_recipient(mail: InboundMail) -> str:
    """Whom the mail that came back was for, also where it stands in the text."""
    if mail.returned and mail.returned.recipient:
        return _clean(mail.returned.recipient)
    found = COPIED_TO.search(mail.text[len(_explanation(mail.text)) :])
    return _clean(found[1]) if found else ""


def _named(said: str, mail: InboundMail) -> str:
    """The address a server names: on a line of its own, behind words that lead to it, or just the first."""
    own = {address.lower() for address in (*mail.recipients, mail.sender.address)}
    cued = (ADDRESS.match(said, _past_opening(said, cue.end())) for cue in WHOM.finditer(said))
    places = (ON_ITS_LINE.finditer(said), (each for each in cued if each), ADDRESS.finditer(said))
    for place in places:
        for match in place:
            address = _clean(match[match.lastindex or 0])
            if address.lower() not in own and not DAEMONS.fullmatch(address.partition("@")[0].lower()):
                return address
    return ""


def _past_opening(said: str, at: int) -> int:
    """Where an address begins behind brackets, bullets and `SMTP:`."""
    opening = OPENING.match(said, at)
    return opening.end() if opening else at


def _clean(address: str) -> str:
    return TAGGED.sub("", address.strip(".'\"<>[]() "))
