"""Settings, Words of danger: the rules that put a note on top, phrases of his own, and a box to try them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import crisis
from crm.models import CrisisEdition, Practice
from crm.rules.crisis import VERSION, crisis_phrases, crisis_words
from crm.rules.crisis_phrases import Language, Phrase, shipped, with_lists
from crm.web.access import account
from crm.web.forms.screening import OwnPhrasesForm, TrialForm, phrases
from crm.web.respond import done, get_or_404
from crm.web.settings_frame import settings_page, settings_subpage
from crm.web.story_parts import paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response

    from crm.rules.crisis import CrisisRules
    from crm.rules.next_words import Sentence

bp = Blueprint("danger", __name__, url_prefix="/danger")

EDITIONS_SHOWN = 50


@dataclass(frozen=True)
class Shown:
    """One phrase of ours: its name in an address, how it reads, and whether it is looked for."""

    key: str
    words: str
    is_on: bool
    is_always_on: bool


@dataclass(frozen=True)
class Tried:
    """What would become of a text. `because`: the phrases that stand in it, and where they are from."""

    paragraphs: tuple[Sentence, ...]
    words: list[str]
    because: list[tuple[str, str]]


@bp.get("")
def show() -> str:
    return _page()


@bp.post("/trial")
def try_it() -> str | tuple[str, int]:
    """Read a text by the rules of now. Nothing of it is kept, nor does it stand in an address."""
    trial = TrialForm(request.form)
    if not trial.validate():
        return _page(trial=trial), 422
    return _page(trial=trial, tried=_tried(trial.text.data, crisis.rules()))


@bp.post("/own")
def update_own() -> Response | tuple[str, int]:
    form = OwnPhrasesForm(request.form)
    if not form.validate():
        return _page(form), 422
    own = phrases(form.english), phrases(form.spanish)
    with transaction():
        is_fresh = crisis.keep_own(*own, form.edition.data, account().id, clock.now())
    if not is_fresh:
        form.edition.data = str(crisis.rules().edition)
        return _page(form, meanwhile=True), 409
    return done("Saved. Every note from now on is read with them.", to=url_for(".show"))


@bp.get("/phrases/<key>")
def phrase(key: str) -> str:
    """What it means to switch one of ours off."""
    found = _phrase(key)
    return settings_subpage(
        "danger_phrase", "danger", Practice.current(), phrase=_shown(found, crisis.rules()),
        group=found.group, alone=crisis.put_on_top_alone(found), looked_back_on=crisis.LOOKED_BACK_ON,
    )  # fmt: skip


@bp.post("/phrases/<key>/silence")
def switch_off(key: str) -> Response:
    found = _phrase(key)
    if found.is_always_on:
        abort(400, "What is said outright is always looked for.")
    with transaction():
        crisis.switch_off(found, account().id, clock.now())
    return done("Switched off. A note with only these words waits its turn now.", to=url_for(".show"))


@bp.post("/phrases/<key>/return")
def switch_on(key: str) -> Response:
    with transaction():
        crisis.switch_on(_phrase(key), account().id, clock.now())
    return done("Switched on again.", to=url_for(".show"))


@bp.post("/editions/<int:edition_id>/restoration")
def restore(edition_id: int) -> Response:
    with transaction():
        crisis.restore(get_or_404(CrisisEdition, edition_id), account().id, clock.now())
    return done("Restored. Every note from now on is read with those.", to=url_for(".show"))


def _page(
    form: OwnPhrasesForm | None = None,
    trial: TrialForm | None = None,
    tried: Tried | None = None,
    *,
    meanwhile: bool = False,
) -> str:
    rules = crisis.rules()
    own = {"english": "\n".join(rules.english), "spanish": "\n".join(rules.spanish)}
    newest = sa.select(CrisisEdition).order_by(CrisisEdition.id.desc()).limit(EDITIONS_SHOWN)
    return settings_page(
        "danger",
        Practice.current(),
        form=form or OwnPhrasesForm(data=own | {"edition": str(rules.edition)}),
        trial=trial or TrialForm(),
        tried=tried,
        meanwhile=meanwhile,
        version=VERSION,
        books=_books(rules),
        off=[_shown(each, rules) for each in shipped() if each.text in rules.switched_off],
        editions=db.session.scalars(newest).all(),
        current_edition=rules.edition,
    )


def _tried(text: str, rules: CrisisRules) -> Tried:
    words = crisis_words(text, rules)
    found = dict.fromkeys(each.phrase for each in crisis_phrases(text, rules))
    because = [(_reads(each), f"{each.group}, {each.language}") for each in found]
    return Tried(paragraphs(text, words), words, because)


def _books(rules: CrisisRules) -> dict[Language, dict[str, list[Shown]]]:
    """Everything we ship, by language and by what people speak of."""
    return {language: dict(_groups(language, rules)) for language in Language}


def _groups(language: Language, rules: CrisisRules) -> Iterator[tuple[str, list[Shown]]]:
    book = (each for each in shipped() if each.language is language)
    for group, found in groupby(book, key=lambda each: each.group):
        yield group, [_shown(each, rules) for each in found]


def _shown(phrase: Phrase, rules: CrisisRules) -> Shown:
    is_on = phrase.is_always_on or phrase.text not in rules.switched_off
    return Shown(_key(phrase), _reads(phrase), is_on, phrase.is_always_on)


def _reads(phrase: Phrase) -> str:
    """A phrase for people: a slash between words of which any will do."""
    words = with_lists(phrase.text).replace("|", " / ").replace(" ... ", " … ")
    return words.replace(" END", " (end)").replace(r"\w+", "any word")


def _key(phrase: Phrase) -> str:
    return hashlib.sha256(f"{phrase.language} {phrase.text}".encode()).hexdigest()[:12]


def _phrase(key: str) -> Phrase:
    return next((each for each in shipped() if _key(each) == key), None) or abort(404)
