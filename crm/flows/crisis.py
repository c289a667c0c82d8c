"""The rules a note is read with, and how the owner changes them. Every change is an edition of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import CrisisEdition, Inquiry, Practice
from crm.rules.crisis import crisis_phrases, crisis_words
from crm.rules.intake import all_said

if TYPE_CHECKING:
    from datetime import datetime

    from crm.rules.crisis import CrisisRules
    from crm.rules.crisis_phrases import Phrase

LOOKED_BACK_ON = 200
"""So many notes of late are read again to say what a phrase has done."""


def rules() -> CrisisRules:
    """What is looked for now."""
    return CrisisEdition.current_rules()


def words_in(text: str) -> list[str]:
    """The words of a text that suggest danger, by the rules of now."""
    return crisis_words(text, rules())


def keep_own(english: list[str], spanish: list[str], edition: str, account_id: int, now: datetime) -> bool:
    """From now on these are his own phrases. False, and nothing is kept, unless `edition` is the newest."""
    current = _rules_in_turn()
    if is_fresh := edition == str(current.edition):
        _keep(english, spanish, current.switched_off, account_id, now)
    return is_fresh


def switch_off(phrase: Phrase, account_id: int, now: datetime) -> None:
    """One of ours is not looked for any more. Raises ValueError for what is said outright."""
    if phrase.is_always_on:
        raise ValueError("what is said outright is always looked for")
    current = _rules_in_turn()
    off = current.switched_off | {phrase.text}
    _keep(list(current.english), list(current.spanish), off, account_id, now)


def switch_on(phrase: Phrase, account_id: int, now: datetime) -> None:
    current = _rules_in_turn()
    off = current.switched_off - {phrase.text}
    _keep(list(current.english), list(current.spanish), off, account_id, now)


def restore(edition: CrisisEdition, account_id: int, now: datetime) -> None:
    """What an earlier edition said is said again, by a new one."""
    _rules_in_turn()
    _keep(edition.english, edition.spanish, frozenset(edition.switched_off), account_id, now)


def put_on_top_alone(phrase: Phrase) -> int:
    """How many of the last notes no other phrase would have put on top."""
    current = rules()
    lately = sa.select(Inquiry.message, Inquiry.more, Inquiry.crisis_words).order_by(Inquiry.id.desc())
    rows = db.session.execute(lately.limit(LOOKED_BACK_ON))
    notes = (all_said(row.message, row.more.values()) for row in rows if row.crisis_words)
    found = ({each.phrase for each in crisis_phrases(note, current)} for note in notes)
    return sum(phrases == {phrase} for phrases in found)


def _rules_in_turn() -> CrisisRules:
    """The rules of now; until this transaction ends nobody else changes them."""
    db.session.execute(sa.select(Practice.id).with_for_update())
    return rules()


def _keep(
    english: list[str], spanish: list[str], off: frozenset[str], account_id: int, now: datetime
) -> None:
    lists = {"english": english, "spanish": spanish, "switched_off": sorted(off)}
    db.session.add(CrisisEdition(made_at=now, account_id=account_id, **lists))
    db.session.flush()
