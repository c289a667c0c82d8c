"""The pages of a person by language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.rules.pages_english import ENGLISH
from crm.rules.pages_spanish import SPANISH
from crm.rules.sheets import FormLanguage

if TYPE_CHECKING:
    from crm.rules.page_words import PageWords

PAGES = {FormLanguage.ENGLISH: ENGLISH, FormLanguage.SPANISH: SPANISH}


def pages_in(language: FormLanguage) -> PageWords:
    return PAGES[language]
