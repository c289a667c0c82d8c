"""A form as strangers see it: its sheet, address and sites; remembered, should the database go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app, url_for

from crm.flows.asking import CONSULTATION, FIRST
from crm.models import FollowUpPolicy
from crm.rules.framing import is_same_site
from crm.rules.sheet_words import aside, button_words, words_of
from crm.rules.sheets import Manner, Sheet

if TYPE_CHECKING:
    from crm.models import FormVersion, InquiryForm, Practice
    from crm.rules.sheet_words import FormWords
    from crm.rules.sheets import Question
    from crm.web.practice_face import Face

REMEMBERED = "remembered_forms"


@dataclass(frozen=True)
class ShownForm:
    """One version of a form, at the form's address of today."""

    sheet: Sheet = CONSULTATION
    slug: str = FIRST
    hosts: tuple[str, ...] = ()
    number: int = 0

    @classmethod
    def of(cls, form: InquiryForm, version: FormVersion) -> ShownForm:
        """Kept in the process, too: a page about it can be shown while the database is away."""
        shown = cls(version.sheet, form.slug, tuple(form.hosts), version.number)
        current_app.extensions.setdefault(REMEMBERED, {})[form.slug] = shown
        return shown

    @classmethod
    def remembered(cls, slug: str) -> ShownForm:
        found: ShownForm = current_app.extensions.get(REMEMBERED, {}).get(slug, cls(slug=slug))
        return found

    @property
    def words(self) -> FormWords:
        return words_of(self.sheet)

    @property
    def address(self) -> str:
        return url_for("consultation.create", slug=self.slug)

    def aside(self, question: Question) -> str:
        return aside(self.sheet, question)

    def button_words(self, signer: str) -> str:
        return button_words(self.sheet, signer)

    def asks_first(self, practice: Practice) -> bool:
        """Whether a box asks about follow-ups; where the form does not say, as the practice does."""
        if self.sheet.consent.manner is Manner.AS_PRACTICE:
            return practice.follow_up_policy is FollowUpPolicy.ASK_FIRST
        return self.sheet.consent.manner is Manner.ASK_FIRST

    def framed_by(self, face: Face) -> str:
        """Who may show it in a frame: whom the practice lets, and its own sites."""
        return " ".join([face.framed_by, *self.hosts])

    def is_home(self, face: Face, origin: str) -> bool:
        """Whether a request names a site of the practice or of this form as where it comes from."""
        return face.is_home(origin) or any(is_same_site(origin, each) for each in self.hosts)
