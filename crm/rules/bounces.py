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
    ADDRESS,
    DAEMONS,
    DEAD,
    GIVEN_BACK,
    LATE,
    NOT_THE_ADDRESS,
    NOTICE_SUBJECT,
    SAID_IN_BODY,
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
_SMTP = re.compile(
    r"(?<![\d.])(?:SMTP[^\n]{0,40}?|said: |host [^\n]{1,80}: |^|\s)([45]\d\d)[ -]", re.MULTILINE
)


def by_structure(mail: InboundMail) -> Undelivered | None:
    """What a delivery report in the mail says (RFC 3464); None when it has none."""
    if not mail.deliveries:
        return None
    about = min(mail.deliveries, key=_urgency)
    said = f"{about.diagnostic}"
    code = _better_code(about.status, said)
    recipient = about.final_recipient or about.original_recipient or _recipient(mail)
    original = about.original_recipient
    return Undelivered(_outcome(about, code, said or mail.text), original or recipient, code, said[:500])


def by_words(mail: InboundMail) -> Undelivered | None:
    """What a mail in a server's own words says; None when it does not come from a mail server."""
    if not _is_from_a_server(mail):
        return None
    said = _explanation(mail.text)
    code = _first_code(said)
    if LATE.search(said[:3_000]) or LATE.search(mail.subject):
        outcome = Outcome.DELAYED
    else:
        outcome = _judged(code, said)
    return Undelivered(outcome, _recipient(mail), code, " ".join(said.split())[:500])


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
    return _judged(code, said)


def _judged(code: str, said: str) -> Outcome:
    """Hard only where code or words say that nobody lives there, and nothing says otherwise."""
    if NOT_THE_ADDRESS.search(said):
        return Outcome.SOFT
    if code in DEAD_ADDRESS or (code[:1] != "4" and DEAD.search(said)):
        return Outcome.HARD
    return Outcome.SOFT


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
    local = mail.sender.address.partition("@")[0].lower()
    is_daemon = bool(DAEMONS.fullmatch(local) or DAEMONS.fullmatch(mail.sender.name.lower()))
    if is_daemon or mail.header("x-failed-recipients"):
        return bool(SAID_IN_BODY.search(mail.text) or NOTICE_SUBJECT.search(mail.subject))
    is_nameless = mail.return_path == "" or not mail.sender.address
    return bool(
        (is_nameless or mail.report_type == "delivery-status")
        and NOTICE_SUBJECT.search(mail.subject)
        and SAID_IN_BODY.search(mail.text)
    )


def _explanation(text: str) -> str:
    """What the server says, without the mail it gives back."""
    return GIVEN_BACK.split(text, maxsplit=1)[0][:20_000]


def _recipient(mail: InboundMail) -> str:
    """Whom it could not be delivered to, from the plainest place that says so."""
    failed = mail.header("x-failed-recipients") or mail.header("x-failed-recipient")
    places = (failed, _named(_explanation(mail.text), mail), mail.returned.recipient if mail.returned else "")
    found = (ADDRESS.search(place) for place in places)
    return next((match[0].strip(".'") for match in found if match), "")


def _named(said: str, mail: InboundMail) -> str:
    """The first address a server names that is neither its own nor the one it writes to."""
    own = {address.lower() for address in (*mail.recipients, mail.sender.address)}
    return next((a for a in ADDRESS.findall(said) if a.strip(".'").lower() not in own), "")
