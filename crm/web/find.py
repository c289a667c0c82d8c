"""Finding someone: by name, address, number or a word of their story, as you type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for

from crm.flows import bearings
from crm.flows.finding import Spot, find
from crm.flows.indexing import texts_of
from crm.models import SearchIndex
from crm.rules.excerpts import excerpt
from crm.rules.intake import clean_line
from crm.rules.search_words import Place, sought
from crm.rules.telling import opening, people

if TYPE_CHECKING:
    from crm.flows.bearings import Person
    from crm.flows.finding import Found, Hit
    from crm.rules.excerpts import Excerpt
    from crm.rules.search_words import Written

bp = Blueprint("find", __name__)

SOUGHT_AT_MOST = 100
IN_WORDS = {Place.MESSAGE: "In their message", Place.LETTER: "In a letter to them", Place.NOTE: "In a note"}


@dataclass(frozen=True)
class Row:
    """Somebody who was found, briefly. `where` and `words` tell why, unless name, address or number do."""

    lead: Person
    where: str = ""
    words: Excerpt | None = None


@bp.app_template_filter()
def people_count(count: int) -> str:
    """Three people; One person."""
    return opening(people(count))


@bp.get("/people/find")
def show() -> str:
    """The field, and who fits what stands in it. Scripts take the list out of the same page."""
    q, after = clean_line(request.args.get("q", ""), SOUGHT_AT_MOST), Spot.read(request.args.get("after", ""))
    found = find(q, after)
    return render_template(
        "people/find.html",
        q=q,
        rows=_rows(found, q),
        is_first=after is None,
        is_cut=found.is_cut,
        further=url_for(".show", q=q, after=str(found.further)) if found.further else None,
        newcomer=f"{url_for('contact.new')}?{urlencode(_known_of(q))}",
        is_whole=SearchIndex.is_whole(),
    )


def _rows(found: Found, q: str) -> list[Row]:
    """With the texts of those alone whom a text explains."""
    lead_ids = [hit.lead_id for hit in found.hits]
    leads = {lead.id: lead for lead in bearings.with_addresses(lead_ids)}
    by_text = [hit.lead_id for hit in found.hits if hit.place in IN_WORDS]
    texts = texts_of(by_text) if by_text else {}
    words = sought(q).words
    return [
        Row(leads[hit.lead_id], IN_WORDS.get(hit.place, ""), _words(hit, texts, words))
        for hit in found.hits
        if hit.lead_id in leads
    ]


def _words(hit: Hit, texts: dict[int, list[Written]], words: tuple[str, ...]) -> Excerpt | None:
    its = (written.text for written in texts.get(hit.lead_id, ()) if written.place is hit.place)
    return excerpt(its, words) if hit.place in IN_WORDS else None


def _known_of(q: str) -> dict[str, str]:
    """What was typed, in the field of the form where it belongs."""
    if "@" in q:
        return {"email": q}
    return {"name": q} if any(letter.isalpha() for letter in q) else {"phone": q}
