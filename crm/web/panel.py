"""The side panel of Today: one person, what they wrote, what happens next, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.flows import crisis
from crm.flows.beside import beside
from crm.flows.outlook import outlook_knowing
from crm.models import Practice, ReplyChannel
from crm.models.whole import whole
from crm.rules import later
from crm.rules.crisis import SHIPPED, crisis_words
from crm.rules.framing import parts_of
from crm.rules.telling import moment, opening
from crm.web.story import paragraphs
from crm.web.waiting import call_to_settle, spoken
from crm.web.wishes import offers

if TYPE_CHECKING:
    from datetime import datetime

    from crm.flows.resemblance import Resemblance
    from crm.models import Booking, Incoming, Inquiry, Lead, Note
    from crm.rules.next_box import NextBox
    from crm.rules.next_words import Sentence
    from crm.web.wishes import Offer

CHANNEL_WORDS = {
    ReplyChannel.BY_HAND: ", as you noted it",
    ReplyChannel.PAGE: ", on their own page",
    ReplyChannel.MAIL: ", by email",
}


@dataclass(frozen=True)
class Said:
    """One thing a person wrote. `article` is what they had read, `href` where it stands, if that is known.

    `mail` is what it came in, where it came by mail.
    """

    at: datetime
    when: str
    paragraphs: tuple[Sentence, ...]
    article: str = ""
    href: str = ""
    worrying: bool = False
    mail: Incoming | None = None


@dataclass(frozen=True)
class Panel:
    """`said` waits for an answer, `earlier` had been said before, `alike` is probably the same person.

    `asked`: the call that needs a yes.
    """

    lead: Lead
    box: NextBox
    said: tuple[Said, ...]
    earlier: tuple[Said, ...]
    call: Booking | None
    asked: Booking | None
    reminder: Note | None
    offers: list[later.Offer]
    alike: Resemblance | None
    wishes: list[Offer]


def panel_for(lead_id: int, now: datetime) -> Panel | None:
    """The panel of one person, in a fixed number of queries."""
    lead = whole(lead_id)
    if lead is None:
        return None
    practice, known, coming = Practice.current(), beside(lead), lead.call_to_come(now)
    said = sorted(_all_said(lead, practice, now), key=lambda each: each.at)
    current = [each for each in said if _is_current(each, lead)] or said[-1:]
    return Panel(
        lead=lead,
        box=outlook_knowing(known.suppressed, lead, now),
        said=tuple(current),
        earlier=tuple(each for each in said if each not in current),
        call=call_to_settle(lead, now),
        asked=coming if coming and coming.waits_for_a_yes else None,
        reminder=lead.reminder,
        offers=later.offers(now, practice.window),
        alike=next(iter(known.alike), None),
        wishes=offers(lead, now),
    )


def _is_current(said: Said, lead: Lead) -> bool:
    """What they wait with; and what is to be read first, however long ago it was written."""
    waits = lead.waiting_since is not None and said.at >= lead.waiting_since
    return waits or (said.worrying and lead.read_first_at is not None)


def _all_said(lead: Lead, practice: Practice, now: datetime) -> Iterator[Said]:
    for inquiry in lead.inquiries:
        yield _inquiry(inquiry, practice, now)
    replies = [event.reply for event in lead.events if event.reply]
    rules = crisis.rules() if replies else SHIPPED
    for reply in replies:
        words = crisis_words(reply.text, rules)
        when = opening(moment(reply.received_at, now, practice.zone)) + CHANNEL_WORDS[reply.channel]
        said = paragraphs(reply.text, words)
        yield Said(reply.received_at, when, said, worrying=bool(words), mail=reply.mail)


def _inquiry(inquiry: Inquiry, practice: Practice, now: datetime) -> Said:
    when = opening(moment(inquiry.received_at, now, practice.zone))
    through = f", through {spoken(inquiry.found_us)}" if inquiry.found_us and not inquiry.article else ""
    return Said(
        at=inquiry.received_at,
        when=when + through,
        paragraphs=paragraphs(inquiry.said, inquiry.crisis_words),
        article=inquiry.article,
        href=inquiry.page if _on_our_site(inquiry.page, practice) else "",
        worrying=bool(inquiry.crisis_words),
    )


def _on_our_site(page: str, practice: Practice) -> bool:
    """Only the practice's own pages become links: anything else was typed by a stranger."""
    theirs, ours = parts_of(page), parts_of(practice.website)
    return theirs.scheme in ("http", "https") and theirs.netloc == ours.netloc != ""
