"""What stands in the composer on a person's page: a draft, a template, an offer, or a refused form."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crm.db import db
from crm.flows.correspondence import subject_after
from crm.flows.writing import begun_from
from crm.models import CallResult, DraftKind, EmailTemplate
from crm.rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crm.flows.beside import Desk
    from crm.links import Links
    from crm.models import Lead

KEEP, NOTHING = "keep", "nothing"

OFFER_OF_TIMES = Wording(
    subject="A time to talk",
    preview="",
    body="Hi {first name},\n\n"
    "Here is a page where you can tell me when a call would suit you:\n\n"
    "{booking link}\n\n"
    "If none of it works, just write back and we’ll find something.\n\n"
    "Warmly,\n{my name}\n",
)

RESULTS = (
    (CallResult.SPOKE, "We talked"),
    (CallResult.VOICEMAIL, "Left a voicemail"),
    (CallResult.NO_ANSWER, "No answer"),
)


@dataclass(frozen=True)
class Typed:
    """What someone has typed, or is given to begin with. `errors` are sentences by field name.

    `told` is what a colleague did meanwhile.
    """

    kind: DraftKind = DraftKind.REPLY
    subject: str = ""
    words: str = ""
    after: str = KEEP
    result: str = ""
    key: str = ""
    told: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Composer:
    """The box under "Now". `templates` are (id, subject); `keeps` is whether follow-ups can go on after."""

    typed: Typed
    can_write: bool
    templates: tuple[tuple[int, str], ...] = ()
    keeps: bool = False

    @property
    def results(self) -> tuple[tuple[str, str], ...]:
        return tuple((result.value, words) for result, words in RESULTS)


@dataclass(frozen=True)
class Asked:
    """What the page's address asks for: `?compose=reply&template=5` or `&offer=times`."""

    compose: str = ""
    template: str = ""
    offer: str = ""

    def kind(self, lead: Lead) -> DraftKind:
        """The tab that is open: the one asked for, else the one this person can be answered by."""
        if self.compose in set(DraftKind):
            return DraftKind(self.compose)
        return DraftKind.REPLY if lead.email else DraftKind.CALL


def composer_for(lead: Lead, typed: Typed, desk: Desk) -> Composer:
    """The box with everything it offers."""
    if typed.kind is not DraftKind.REPLY or lead.email is None:
        return Composer(typed, can_write=lead.email is not None)
    return Composer(
        replace(typed, key=typed.key or secrets.token_urlsafe(18)),
        can_write=True,
        templates=tuple((text.id, text.subject) for text in desk.texts),
        keeps=lead.follow_ups_wanted and desk.keeps,
    )


def opened(lead: Lead, asked: Asked, desk: Desk, links: Links, now: datetime) -> Typed:
    """What the box holds when the page opens: what was asked for, else the draft, else nothing yet."""
    kind, draft = asked.kind(lead), desk.draft
    start = _start(asked) if kind is DraftKind.REPLY and lead.email else None
    if start is not None:
        begun = begun_from(start, lead, links, now) or start
        return Typed(kind, begun.subject, begun.body)
    subject = draft.subject if draft else ""
    if not subject and kind is DraftKind.REPLY:
        subject = subject_after(desk.subjects, lead)
    return Typed(kind, subject, draft.text if draft else "")


def _start(asked: Asked) -> Wording | None:
    if asked.offer == "times":
        return OFFER_OF_TIMES
    template = db.session.get(EmailTemplate, int(asked.template)) if asked.template.isdigit() else None
    return template.current.wording if template else None
