"""What is known around one person beside their own rows: one question for a page, however much it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.flows import marking, resemblance
from crm.flows.correspondence import THEIR_SUBJECTS
from crm.models import (
    ConsentText,
    Draft,
    EmailTemplate,
    FormVersion,
    Inquiry,
    InquiryForm,
    Sequence,
    Suppression,
    TemplateVersion,
    Trigger,
)
from crm.models.note import DRAFT
from crm.models.sequence import FOR_TRIGGER
from crm.models.suppression import AGAINST
from crm.rules.addresses import normalize_email
from crm.together import Together

if TYPE_CHECKING:
    from crm.flows.marking import Marks
    from crm.flows.resemblance import Resemblance
    from crm.models import DraftKind, Lead
    from crm.rules.sending import SuppressionReason
    from crm.together import Answers, Row


AGREED_AT_MOST = 10
"""So many of the newest; nobody has written to one practice more often."""


@dataclass(frozen=True)
class Beside:
    """`against` stands against their address, the oldest first; `alike` are probably the same person."""

    against: list[Row]
    alike: list[Resemblance]

    @property
    def suppressed(self) -> SuppressionReason | None:
        """Of several the one that forbids most."""
        return max((each.reason for each in self.against), key=lambda each: each.weight, default=None)


@dataclass(frozen=True)
class Desk:
    """What the page of a person offers. `draft` is what this account has begun to write.

    `keeps` says whether there are follow-ups for whoever does not answer a letter. `subjects` are those of
    their mails, `agreed` is what they agreed to with each note, the newest first.
    """

    beside: Beside
    marks: Marks
    draft: Row | None
    texts: list[Row]
    keeps: bool
    subjects: list[Row]
    agreed: list[Row]


def beside(lead: Lead) -> Beside:
    """For the panel."""
    return _beside(lead, BESIDE.ask(**_asked_of(lead)))


def desk(lead: Lead, account_id: int, kind: DraftKind) -> Desk:
    """For their page. `kind`: of the draft."""
    own = {"account_id": account_id, "lead_id": lead.id, "kind": kind, "trigger": Trigger.ANSWERED}
    found = DESK.ask(**_asked_of(lead), **own)
    return Desk(
        beside=_beside(lead, found),
        marks=marking.marks_of(found["marks"]),
        draft=next(iter(found["draft"]), None),
        texts=found["texts"],
        keeps=bool(found["follow_ups"]),
        subjects=found["subjects"],
        agreed=found["agreed"],
    )


def _asked_of(lead: Lead) -> dict[str, object]:
    address_key = normalize_email(lead.email) if lead.email else None
    return {"address_key": address_key, **resemblance.asked_of(lead)}


def _beside(lead: Lead, found: Answers) -> Beside:
    return Beside(found["against"], resemblance.judged(lead, found["alike"]))


_QUESTIONS = {
    "against": AGAINST.with_only_columns(Suppression.reason, Suppression.at),
    "alike": resemblance.CANDIDATES,
}
TEXTS = (
    EmailTemplate.in_use()
    .join(EmailTemplate.current)
    .with_only_columns(EmailTemplate.id, TemplateVersion.subject)
)
AGREED = (
    sa.select(
        Inquiry.consent_wording,
        Inquiry.consent_id,
        Inquiry.agreed,
        Inquiry.personal_only,
        Inquiry.shown_at,
        Inquiry.received_at,
        ConsentText.words,
        FormVersion.number,
        InquiryForm.name,
    )
    .outerjoin(ConsentText, ConsentText.id == Inquiry.consent_id)
    .outerjoin(FormVersion, FormVersion.id == Inquiry.form_version_id)
    .outerjoin(InquiryForm, InquiryForm.id == FormVersion.form_id)
    .where(Inquiry.lead_id == sa.bindparam("lead_id"), Inquiry.consent_wording != "")
    .order_by(Inquiry.received_at.desc(), Inquiry.id.desc())
    .limit(AGREED_AT_MOST)
)
BESIDE = Together(**_QUESTIONS)
DESK = Together(
    **_QUESTIONS,
    marks=marking.BESIDE,
    draft=DRAFT.with_only_columns(Draft.subject, Draft.text),
    texts=TEXTS,
    follow_ups=FOR_TRIGGER.with_only_columns(Sequence.id),
    subjects=THEIR_SUBJECTS,
    agreed=AGREED,
)
