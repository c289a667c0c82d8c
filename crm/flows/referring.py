"""Somebody is not for us: the letter that names colleagues, and the move, in one transaction.

The letter is the owner's own. It begins as the first email of the sequence "You refer someone out", and is
his to change; what that sequence says after it follows by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.db import db
from crm.flows import correspondence, follow_up, triage
from crm.flows.framing import reader_of
from crm.flows.writing import blanks_for
from crm.mail.language import BrokenText
from crm.mail.letters import Frame, letter
from crm.models import Colleague, Outcome, Practice, Sequence, Trigger, Undo
from crm.rules.referring import Draft, freshest_first
from crm.rules.sending import Withdrawal
from crm.rules.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from crm.flows.correspondence import OwnLetter
    from crm.links import Links
    from crm.models import Account, Booking, Lead
    from crm.rules.referring import Candidate

THE_GAP = "⁂⁂⁂"
"""Stands where the names will, while the letter is taken apart."""


@dataclass(frozen=True)
class Begun:
    """The letter with this person's values in it, and a gap for the names."""

    subject: str
    draft: Draft


@dataclass(frozen=True)
class Farewell:
    """To whom somebody is referred (names), with which letter if any, and after which call."""

    to: tuple[str, ...] = ()
    letter: OwnLetter | None = None
    call: Booking | None = None


def refer_out(lead: Lead, farewell: Farewell, account: Account, now: datetime) -> Undo:
    """Refer them to someone else; the letter leaves after 20 s. The same form twice is one letter.

    Raises ValueError for a letter to a person without an address.
    """
    if farewell.letter and (done := correspondence.done_before(lead, farewell.letter)):
        return done
    undo = Undo.remember(lead, account.id, now)
    if farewell.call and farewell.call.outcome is None:
        triage.call_went(farewell.call, Outcome.HELD, account.id, now)
    triage.end_what_runs(lead, Stage.REFERRED_OUT, account.id, now)
    lead.refer(farewell.to, now, account.id)
    if farewell.letter:
        correspondence.write(lead, farewell.letter, account, now)
        lead.answered(now)
        _let_the_rest_follow(lead, account, now)
    db.session.flush()
    return undo


def _let_the_rest_follow(lead: Lead, account: Account, now: datetime) -> None:
    """The letter was the first email of the sequence; where the owner has put more after it, they go."""
    sequence = Sequence.for_trigger(Trigger.REFERRED_OUT)
    if sequence is None or len(sequence.steps) < 2:
        return
    first = follow_up.enroll(lead, sequence, now, account.id).open_message
    if first is not None:
        follow_up.leave_out(first, Withdrawal.WRITTEN_BY_HAND, now)


def begun(lead: Lead, links: Links, now: datetime) -> Begun | None:
    """None where they have no address, or no sequence has a letter for them."""
    sequence = Sequence.for_trigger(Trigger.REFERRED_OUT)
    if lead.email is None or sequence is None or not sequence.steps:
        return None
    known = blanks_for(reader_of(lead, now), Practice.current(), links, now)
    blanks = known._replace(line_from_you=THE_GAP)
    try:
        content = letter(sequence.steps[0].template.current.wording).fill(blanks, Frame())
    except BrokenText:
        return None
    before, _, after = content.text.partition(THE_GAP)
    return Begun(content.subject, Draft(before, after))


def candidates() -> list[Candidate]:
    """Whoever may be named, the freshest openings first."""
    return freshest_first(each.as_candidate for each in db.session.scalars(Colleague.in_use()))


def chosen(ids: Iterable[int], among: list[Candidate]) -> list[Candidate]:
    """Those of these numbers, in the order of the numbers. One of nobody's is nobody."""
    known = {each.id: each for each in among}
    return [known[each] for each in ids if each in known]
