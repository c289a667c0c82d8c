"""The card that says whether emails from this domain are believed: SPF, DKIM, DMARC, and where answers go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from crm.flows.domain import answers_of
from crm.models import DomainCheck, Practice
from crm.rules.domain import Judged, State, is_reserved, judged
from crm.rules.telling import moment

if TYPE_CHECKING:
    from datetime import datetime

A_WORKER_LOOKS_WITHIN = timedelta(seconds=60)
TAGS = {
    State.FINE: ("good", "circle-check", "Passing"),
    State.MISSING: ("now", "circle-alert", "Missing"),
    State.WRONG: ("now", "circle-alert", "Needs a change"),
    State.UNKNOWN: ("outline", "info", "Not known"),
}


@dataclass(frozen=True)
class Line:
    """One of them as it is shown. `kind` and `mark` are of its tag; `copy` is what would mend it."""

    name: str
    words: str
    copy: str
    kind: str
    mark: str
    state: str


@dataclass(frozen=True)
class DomainCard:
    """`looked`: when, in words. `pending`: it is being looked up. `waits`: and nobody seems to do it."""

    domain: str
    lines: tuple[Line, ...] = ()
    looked: str = ""
    pending: bool = False
    waits: bool = False
    is_reserved: bool = False

    @property
    def needs(self) -> bool:
        return any(line.kind == "now" for line in self.lines)


def domain_card(practice: Practice, server: str, now: datetime) -> DomainCard | None:
    """None before there is an address that emails come from."""
    domain = practice.sender_address.rpartition("@")[2].lower()
    if not domain:
        return None
    check = DomainCheck.current()
    if check is None or check.looked_at is None or check.domain != domain:
        asked_at = check.asked_at if check else None
        return DomainCard(domain, pending=True, waits=_waits(asked_at, now), is_reserved=is_reserved(domain))
    answers, signature = answers_of(check)
    return DomainCard(
        domain,
        lines=tuple(_line(each) for each in judged(answers, server, signature)),
        looked=moment(check.looked_at, now, practice.zone),
        pending=check.asked_at is not None,
        waits=_waits(check.asked_at, now),
        is_reserved=is_reserved(domain),
    )


def needs_a_look(practice: Practice, server: str) -> bool:
    """Whether something is missing or wrong, as far as that was looked up: for the dot beside the section."""
    domain = practice.sender_address.rpartition("@")[2].lower()
    check = DomainCheck.current()
    if check is None or check.looked_at is None or check.domain != domain:
        return False
    answers, signature = answers_of(check)
    return any(each.state in (State.MISSING, State.WRONG) for each in judged(answers, server, signature))


def _waits(asked_at: datetime | None, now: datetime) -> bool:
    return asked_at is not None and now - asked_at > A_WORKER_LOOKS_WITHIN


def _line(each: Judged) -> Line:
    kind, mark, state = TAGS[each.state]
    return Line(each.name, each.words, each.line, kind, mark, state)
