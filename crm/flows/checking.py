"""What the editor says beside a text: whether its blanks get filled, and what a reader would stumble over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.flows.framing import reader_of
from crm.flows.writing import begun_from, blanks_for, preview
from crm.mail.language import BrokenText
from crm.mail.pieces import FALLBACKS, FIELDS, Piece, take_apart
from crm.models import Practice
from crm.rules.telling import listed, people
from crm.rules.wording import Check, checks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from crm.links import Links
    from crm.mail.language import Problem
    from crm.mail.letters import Content
    from crm.models import Lead
    from crm.rules.wording import Wording


def preview_or_objections(
    wording: Wording, lead: Lead | None, links: Links, now: datetime, *, anonymous: bool = False
) -> Content | list[Problem]:
    """The letter as this person would get it, or what keeps it from being one."""
    try:
        return preview(wording, lead, links, now, anonymous=anonymous)
    except BrokenText as broken:
        return broken.problems


def look_over(wording: Wording, readers: Sequence[Lead], links: Links, now: datetime) -> list[Check]:
    """The checks of a text that can be filled. `readers`: the people it goes to in the next days."""
    filled = begun_from(wording, readers[0] if readers else None, links, now)
    if filled is None:
        return []
    sender = Practice.current().sender_name
    quoted = Check(ok=True, sentence="Nothing they wrote to you is quoted")
    return [_blanks(wording, readers, links, now), quoted, *checks(wording, filled.body, sender)]


def _blanks(wording: Wording, readers: Sequence[Lead], links: Links, now: datetime) -> Check:
    """Which blanks stay empty, for whom, and what is said instead."""
    practice = Practice.current()
    someone_new: list[Lead | None] = [None]
    everyone = [blanks_for(reader_of(lead, now), practice, links, now) for lead in readers or someone_new]
    used = list(dict.fromkeys(_blanks_in(wording)))
    missing = {name: [b for b in everyone if not getattr(b, FIELDS[name])] for name in used}
    empty = [name for name, lacking in missing.items() if lacking and name not in FALLBACKS]
    spared = [name for name, lacking in missing.items() if lacking and name in FALLBACKS and readers]
    if empty:
        return Check(
            ok=False, sentence=f"Nothing is known yet for {listed([f'{{{each}}}' for each in empty])}"
        )
    if spared:
        name = spared[0]
        return Check(
            ok=True,
            sentence=f"{{{name}}} isn’t known for {people(len(missing[name]))}: it says “{FALLBACKS[name]}”",
        )
    return Check(ok=True, sentence=f"Every blank gets filled{_for(readers)}")


def _blanks_in(wording: Wording) -> Iterator[str]:
    for source in (wording.subject, wording.preview, wording.body):
        yield from (p.name for p in take_apart(source) if isinstance(p, Piece) and p.name in FIELDS)


def _for(readers: Sequence[Lead]) -> str:
    if not readers:
        return ""
    return " for the one person" if len(readers) == 1 else f" for all {people(len(readers))}"
