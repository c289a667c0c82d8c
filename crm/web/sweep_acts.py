"""From what the owner chose on the page of an act on many people to what is done to each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from wtforms import Form
from wtforms.fields.choices import SelectChoice

from crm.db import db
from crm.flows import marking
from crm.flows.deeds import Deed, Doing
from crm.models import Account, Sequence, Tag
from crm.rules.stages import CLOSE_WORDS, SCREEN_WORDS, CloseReason, Stage
from crm.web.forms.sweeps import REMOVE, AssignForm, MoveForm, StartForm, TagForm
from crm.web.marks import TOO_MANY_TAGS
from crm.web.pauses import startable
from crm.web.sweep_words import Act

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as Several
    from datetime import datetime

NO_SUCH_TAG = "There is no tag of that name, so nobody has it."
NOBODY_IN_PARTICULAR = "nobody in particular"


@dataclass(frozen=True)
class Prepared:
    """What is done to each, and the sentence about it, with a place for `{people}`."""

    deed: Deed
    what: str


def form_for(act: Act, typed: Mapping[str, str] | None = None) -> Form:
    """The choices of this act; a form without any where there is nothing to choose."""
    match act:
        case Act.MOVE:
            return MoveForm(typed)
        case Act.TAG:
            return TagForm(typed)
        case Act.START:
            start = StartForm(typed)
            start.sequence.choices = [SelectChoice(each.id, each.name) for each in startable()]
            return start
        case Act.ASSIGN:
            assign = AssignForm(typed)
            assign.account.choices = [SelectChoice(*each) for each in accounts().items()]
            assign.account.choices.append(SelectChoice(0, NOBODY_IN_PARTICULAR.capitalize()))
            return assign
        case Act.PAUSE | Act.EXPORT:
            return Form(typed)


def prepare(form: Form, now: datetime) -> Prepared:
    """In the caller's transaction, because a new tag is made here."""
    match form:
        case MoveForm():
            return _move(form)
        case TagForm():
            return _tag(form, now)
        case StartForm():
            name = db.session.get_one(Sequence, form.sequence.data).name
            begun = f"“{_plain(name)}” has begun for {{people}}. Nothing goes out for ten minutes."
            return Prepared(Deed(Doing.START, form.sequence.data), begun)
        case AssignForm():
            to = form.account.data or None
            whose = accounts()[to] if to else NOBODY_IN_PARTICULAR
            return Prepared(Deed(Doing.ASSIGN, to), f"With {_plain(whose)} now: {{people}}.")
        case _:
            return Prepared(Deed(Doing.PAUSE), "Follow-ups paused for {people}.")


@contextmanager
def refusals(form: Form) -> Iterator[None]:
    """A tag there can't be, or there is none of, is an error of its field."""
    try:
        yield
    except marking.TooManyTags:
        form["name"].errors = [TOO_MANY_TAGS]
    except marking.NoSuchTag:
        form["name"].errors = [NO_SUCH_TAG]


def tags_for(act: Act) -> Several[Tag]:
    """What is offered while a tag is written."""
    return db.session.scalars(Tag.all()).all() if act is Act.TAG else []


def accounts() -> dict[int, str]:
    """Who signs in, by name."""
    rows = db.session.execute(sa.select(Account.id, Account.name).order_by(Account.name, Account.id))
    return {row.id: row.name for row in rows}


def _move(form: MoveForm) -> Prepared:
    stage = Stage(form.stage.data)
    reason = CloseReason(form.reason.data) if stage is Stage.CLOSED else None
    why = f", {CLOSE_WORDS[reason]}" if reason else ""
    deed = Deed(Doing.MOVE, stage=stage, reason=reason)
    return Prepared(deed, f"Now in {SCREEN_WORDS[stage]}{why}: {{people}}.")


def _tag(form: TagForm, now: datetime) -> Prepared:
    if form.do.data == REMOVE:
        tag = marking.tag_there_is(form.name.data)
        return Prepared(Deed(Doing.UNTAG, tag.id), f"“{_plain(tag.name)}” taken off {{people}}.")
    tag = marking.tag_called(form.name.data, now)
    return Prepared(Deed(Doing.TAG, tag.id), f"“{_plain(tag.name)}” put on {{people}}.")


def _plain(name: str) -> str:
    """A name in a sentence that has a place for people."""
    return name.replace("{", "{{").replace("}", "}}")
