"""What stands round the fields of a form's editor: what can be added, since when its consent holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app

from crm.flows.asking import READY, terms_of
from crm.models import FollowUpPolicy, Practice
from crm.rules.sheets import WITH_CHOICES, Ask
from crm.rules.telling import on_day
from crm.web.forms.inquiry_forms import fields_of

if TYPE_CHECKING:
    from datetime import datetime

    from crm.links import Links
    from crm.models import ConsentText, InquiryForm
    from crm.web.forms.inquiry_forms import SheetForm
    from crm.web.forms.questions import QuestionForm

ADDABLE = READY
ADD_WORDS = {
    "name": "Their name",
    "email": "Email",
    "phone": "Phone",
    "free_times": "When they are free",
    "message": "What brings them",
    "found_us": "How they found you",
    "reach": "How to reach them",
    "whom": "Who it is for",
    "short": "Your own: a short answer",
    "long": "Your own: a longer answer",
    "one": "Your own: one of several",
    "several": "Your own: several of several",
    "yes_no": "Your own: yes or no",
}
ASK_WORDS = {
    Ask.NAME: "name",
    Ask.EMAIL: "email",
    Ask.PHONE: "phone",
    Ask.FREE_TIMES: "times",
    Ask.MESSAGE: "message",
    Ask.FOUND_US: "how they found you",
    Ask.SHORT: "short answer",
    Ask.LONG: "longer answer",
    Ask.ONE: "one of several",
    Ask.SEVERAL: "several of several",
    Ask.YES_NO: "yes or no",
}


@dataclass(frozen=True)
class Row:
    """One question: its fields, what it asks for in words, and how its row looks."""

    number: int
    fields: QuestionForm
    kind: str
    label: str
    has_choices: bool
    is_open: bool
    may_go_up: bool
    may_go_down: bool


@dataclass(frozen=True)
class Editor:
    """Everything the page says beside the fields."""

    rows: list[Row]
    addable: list[tuple[str, str]]
    address: str
    notice_since: str
    box_since: str
    changed: bool
    is_asking_by_box: bool


def editor(form_row: InquiryForm, form: SheetForm, now: datetime) -> Editor:
    practice = Practice.current()
    links: Links = current_app.extensions["links"]
    sheet = form.sheet
    saved = fields_of(terms_of(form_row), form_row.current.sheet, form.seen.data or "")
    return Editor(
        rows=_rows(form),
        addable=[(key, words) for key, words in ADD_WORDS.items() if sheet.may_ask(ADDABLE[key])],
        address=links.form(form_row.slug),
        notice_since=_since(form_row.current.notice, form.notice.data, practice, now),
        box_since=_since(form_row.current.box, form.box.data, practice, now),
        changed=any(form.data.get(name) != value for name, value in saved.items()),
        is_asking_by_box=practice.follow_up_policy is FollowUpPolicy.ASK_FIRST,
    )


def _rows(form: SheetForm) -> list[Row]:
    entries = [entry.form for entry in form.questions.entries]
    return [
        Row(
            number=at + 1,
            fields=each,
            kind=ASK_WORDS.get(each.ask.data, ""),
            label=each.label.data or "No words yet",
            has_choices=each.ask.data in WITH_CHOICES,
            is_open=bool(each.errors),
            may_go_up=at > 0,
            may_go_down=at < len(entries) - 1,
        )
        for at, each in enumerate(entries)
    ]


def _since(kept: ConsentText, typed: str | None, practice: Practice, now: datetime) -> str:
    """Under which number these words are on record, and since when; new ones get theirs when saved."""
    if kept.words != typed:
        return "New words. They are put on record when you save; who saw the old ones keeps those."
    return f"On record as wording {kept.id}, first used {on_day(kept.first_at, now, practice.zone)}."
