"""A page of a person, in their language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request
from markupsafe import Markup

from crm.rules.pages import pages_in
from crm.rules.sheets import FormLanguage

if TYPE_CHECKING:
    from crm.models import Practice
    from crm.web.practice_face import Face


def spoken(template: str, practice: Practice | Face, language: FormLanguage, **more: object) -> str:
    """Templates say nothing by themselves: all words are in `words`."""
    words = pages_in(language)
    return render_template(template, practice=practice, words=words, lang=words.lang, **more)


def language_asked_for() -> FormLanguage:
    """What a form says it was shown in, while the database can't be asked."""
    asked = request.form.get("lang", "")
    return FormLanguage(asked) if asked in tuple(FormLanguage) else FormLanguage.ENGLISH


def linked(words: str, href: str) -> Markup:
    """A sentence in which what stands between [ ] is a link."""
    before, _, rest = words.partition("[")
    inside, _, after = rest.partition("]")
    return Markup('{}<a href="{}">{}</a>{}').format(before, href, inside, after)
