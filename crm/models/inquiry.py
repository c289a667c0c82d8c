"""One submitted form."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.sealed import Keyed, Sealed, SealedJson

if TYPE_CHECKING:
    from crm.models.lead import Lead


class Inquiry(Base):
    """One submitted form, as it was typed. Nonce and content key make a double submission harmless.

    `client_key` and `network_key` are keyed hashes of where it came from, `body_print` one of what it says.
    `signs`: what about it looked like spam, as it was found when it came (crm.rules.spam).
    `source_id` is the way it came in by, none for our own form; `more` what else its form asked, by label;
    `touch` where they came from (crm.rules.touch). The first inquiry's is a person's first touch.
    Of our own form `form_version_id` is what they saw, `consent_id` the sentence about follow-ups, `shown_at`
    when the page was given to them, and `agreed` whether they ticked the box, none where there was no box.
    """

    __tablename__ = "inquiry"
    __table_args__ = (sa.Index("ix_inquiry_form", "form_version_id", "received_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id"), index=True)
    received_at: Mapped[datetime]
    nonce: Mapped[str] = mapped_column(unique=True)
    content_key: Mapped[str] = mapped_column(Keyed(), unique=True)
    name: Mapped[str] = mapped_column(Sealed("inquiry.name"), default="")
    email: Mapped[str] = mapped_column(Sealed("inquiry.email"), default="")
    phone: Mapped[str] = mapped_column(Sealed("inquiry.phone"), default="")
    message: Mapped[str] = mapped_column(Sealed("inquiry.message"), default="")
    free_times: Mapped[str] = mapped_column(Sealed("inquiry.free_times"), default="")
    found_us: Mapped[str] = mapped_column(Sealed("inquiry.found_us"), default="")
    page: Mapped[str] = mapped_column(Sealed("inquiry.page"), default="")
    article: Mapped[str] = mapped_column(Sealed("inquiry.article"), default="")
    button: Mapped[str] = mapped_column(Sealed("inquiry.button"), default="")
    personal_only: Mapped[bool] = mapped_column(default=False)
    consent_wording: Mapped[str] = mapped_column(default="")
    client_key: Mapped[str] = mapped_column(default="", index=True)
    network_key: Mapped[str] = mapped_column(default="", index=True)
    body_print: Mapped[str] = mapped_column(default="")
    signs: Mapped[list[dict[str, Any]]] = mapped_column(SealedJson("inquiry.signs", list), default=list)
    crisis_words: Mapped[list[str]] = mapped_column(SealedJson("inquiry.crisis_words", list), default=list)
    source_id: Mapped[int | None] = mapped_column(sa.ForeignKey("source.id", ondelete="SET NULL"))
    more: Mapped[dict[str, Any]] = mapped_column(SealedJson("inquiry.more"), default=dict)
    form_version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("form_version.id"))
    consent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("consent_text.id"))
    shown_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]
    touch: Mapped[dict[str, Any]] = mapped_column(SealedJson("inquiry.touch"), default=dict)

    lead: Mapped[Lead] = relationship(back_populates="inquiries")

    @property
    def said(self) -> str:
        """Their message and whatever else their form asked, a paragraph each."""
        more = (f"{label}: {answer}" for label, answer in self.more.items() if answer)
        return "\n\n".join(each for each in (self.message, *more) if each)
