"""What somebody asks for in a mail, offered to the owner and done with one key; each can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from crm.flows import reminders, triage
from crm.flows.consent import WISHED, unsubscribe
from crm.flows.reminders import Intention
from crm.models import Practice, Suppression, Undo, Waiting
from crm.rules import later
from crm.rules.proposals import proposals
from crm.rules.stages import CloseReason
from crm.rules.wishes import SaidWish, Wish

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Incoming, Lead
    from crm.rules.proposals import Proposal


def offered(lead: Lead, mail: Incoming | None, now: datetime) -> tuple[Proposal, ...]:
    """What their last mail asks for, while they wait for an answer to it.

    Nothing beside words of danger: whoever may be in danger is not closed with one key.
    """
    waits = lead.waiting_for is Waiting.REPLY and lead.read_first_at is None
    if mail is None or not waits:
        return ()
    zone = Practice.current().zone
    said = [SaidWish(Wish(each["wish"]), each["words"]) for each in mail.wishes]
    return proposals(said, mail.arrived_at.astimezone(zone).date(), now.astimezone(zone).date())


def last_mail(lead: Lead) -> Incoming | None:
    """The mail of their last words, where they came by mail."""
    replies = [event.reply for event in lead.events if event.reply]
    return replies[-1].mail if replies else None


def carry_out(lead: Lead, proposal: Proposal, account_id: int, now: datetime) -> Undo:
    """Do it, as if the owner had done it by its longer way."""
    match proposal.wish:
        case Wish.FOUND_SOMEONE:
            return triage.close(lead, CloseReason.FOUND_SOMEONE_ELSE, account_id, now)
        case Wish.NO_INTEREST:
            return triage.close(lead, CloseReason.OTHER, account_id, now)
        case Wish.CALL_ME:
            return _remind(lead, proposal, account_id, now)
        case Wish.LATER | Wish.NOT_NOW:
            return _put_off(lead, proposal, account_id, now)
        case Wish.WRONG_PERSON:
            return _write_no_more(lead, account_id, now)
        case Wish.PERHAPS_NO_MORE_MAIL:
            return _write_no_more(lead, account_id, now)
        case Wish.NO_MORE_MAIL | Wish.MOVE_CALL:
            raise ValueError(f"{proposal.wish} is never proposed")
        case _:
            assert_never(proposal.wish)


def _put_off(lead: Lead, proposal: Proposal, account_id: int, now: datetime) -> Undo:
    day = proposal.until or now.date() + timedelta(days=1)
    return triage.snooze(lead, later.on(day, Practice.current().window), account_id, now)


def _remind(lead: Lead, proposal: Proposal, account_id: int, now: datetime) -> Undo:
    """Tomorrow morning. They stay on Today until somebody rang: it was today that they asked."""
    window = Practice.current().window
    tomorrow = now.astimezone(window.zone).date() + timedelta(days=1)
    intention = Intention(f"Call them: “{proposal.said}”", later.on(tomorrow, window))
    return reminders.remind(lead, intention, account_id, now)


def _write_no_more(lead: Lead, account_id: int, now: datetime) -> Undo:
    """Closed as well, so that nobody waits. `WISHED`: the addresses at which that is new."""
    undo = triage.close(lead, CloseReason.OTHER, account_id, now)
    new_at = [key for key in sorted(lead.wish_keys) if Suppression.unsubscribed(key) is None]
    unsubscribe(lead, now)
    undo.before = undo.before | {WISHED: new_at}
    return undo
