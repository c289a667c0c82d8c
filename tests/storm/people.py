"""Those who write, answer, and want no more; and the owner's own words to them."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from enum import StrEnum

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from crm.flows import capture, consent, correspondence, referring, triage
from crm.flows.correspondence import OwnLetter
from crm.flows.referring import Farewell
from crm.models import Account, CallResult, Lead, Medium, Outcome, ReplyChannel, Taken, Undo
from crm.rules.intake import Limits
from crm.rules.stages import CloseReason, Stage
from crm.rules.wording import Wording
from tests.storm.house import OWNER, PEOPLE, House, somebody_wrote, which


class Note(StrEnum):
    """What somebody sends by the form."""

    ASKS = "Could we talk?"
    ASKS_AGAIN = "Could we talk, please?"
    IN_DANGER = "I don't want to be here anymore."
    SPAM = "Buy our lamps."
    ONLY_YOU = "Please, nobody but you."


class People(House):
    """What happens between people. Each act is one transaction, as in the pages."""

    @initialize(who=st.sampled_from(PEOPLE))
    def somebody_begins(self, who: str) -> None:
        self.writes(who, Note.ASKS)

    @rule(who=st.sampled_from(PEOPLE), note=st.sampled_from(Note))
    def writes(self, who: str, note: Note) -> None:
        lead_id = self.practice.receives_inquiry(
            who, note, honeypot="lamps" if note is Note.SPAM else "", personal_only=note is Note.ONLY_YOU
        )
        if lead_id not in self.leads:
            self.leads.append(lead_id)

    @somebody_wrote
    @rule(who=which, text=st.sampled_from(["Thursday would be lovely.", "I don't want to be here anymore."]))
    def replies(self, who: int, text: str) -> None:
        self.act(who, lambda lead: self._hears(lead, text), ends=True)

    @somebody_wrote
    @rule(who=which)
    def asks_for_no_more(self, who: int) -> None:
        self.act(who, lambda lead: consent.unsubscribe(lead, self.now), ends=True)
        self.unsubscribed.add(self.leads[who % len(self.leads)])

    @somebody_wrote
    @rule(who=which)
    def takes_that_back(self, who: int) -> None:
        self.act(who, lambda lead: consent.resubscribe(lead, self.now))
        self.unsubscribed.discard(self.leads[who % len(self.leads)])

    @somebody_wrote
    @rule(who=which, keep=st.booleans())
    def the_owner_answers(self, who: int, *, keep: bool) -> None:
        letter = OwnLetter(Wording("Your note", "", "Would Thursday suit you?"), keep_following_up=keep)
        if self.can_be_written_to(who):
            self.act(
                who, lambda lead: correspondence.answer(lead, letter, self._owner(), self.now), ends=True
            )

    @somebody_wrote
    @rule(who=which)
    def the_owner_calls(self, who: int) -> None:
        self.act(who, self._calls, ends=True)

    @somebody_wrote
    @rule(who=which, hours=st.sampled_from([1, 48]))
    def they_agree_on_a_call(self, who: int, hours: int) -> None:
        starts_at = self.now + timedelta(hours=hours)
        with suppress(Taken):  # another has a call then
            self.act(who, lambda lead: triage.book(lead, starts_at, Medium.PHONE, OWNER, self.now), ends=True)

    @precondition(lambda house: bool(house.seen.booked))
    @rule(number=which, outcome=st.sampled_from(Outcome))
    def the_call_is_over(self, number: int, outcome: Outcome) -> None:
        with_a_call = sorted(self.seen.booked)
        who = self.leads.index(with_a_call[number % len(with_a_call)])
        self.act(who, lambda lead: self._settles(lead, outcome))

    @somebody_wrote
    @rule(who=which, stage=st.sampled_from(Stage))
    def is_moved(self, who: int, stage: Stage) -> None:
        self.act(who, lambda lead: self._moves(lead, stage), ends=stage is not Stage.NEW)

    @somebody_wrote
    @rule(who=which, line=st.sampled_from([None, "Ask Ana."]))
    def is_referred_out(self, who: int, line: str | None) -> None:
        self.act(who, lambda lead: self._refers(lead, line), ends=True)

    @precondition(lambda house: any(lead.quarantined_at for lead in house.seen.leads.values()))
    @rule(who=which)
    def is_no_spam(self, who: int) -> None:
        self.act(
            who, lambda lead: capture.free(lead, OWNER, Limits(), self.now) if lead.quarantined_at else None
        )

    @somebody_wrote
    @rule(who=which)
    def is_put_off(self, who: int) -> None:
        later = self.now + timedelta(days=1)
        self.act(who, lambda lead: triage.snooze(lead, later, OWNER, self.now))

    def can_be_written_to(self, who: int) -> bool:
        with self.practice.reading():
            lead = self.practice.lead(self.leads[who % len(self.leads)])
            return not correspondence.obstacles(lead, Wording("Your note", "", "Hello."))

    def _moves(self, lead: Lead, stage: Stage) -> Undo:
        match stage:
            case Stage.CLOSED:
                return triage.close(lead, CloseReason.OTHER, OWNER, self.now)
            case Stage.SPAM:
                return triage.mark_spam(lead, OWNER, self.now)
            case _:
                return triage.move(lead, stage, OWNER, self.now)

    def _hears(self, lead: Lead, text: str) -> None:
        correspondence.they_wrote(lead, text, ReplyChannel.BY_HAND, self.now)

    def _calls(self, lead: Lead) -> Undo:
        return correspondence.log_call(lead, CallResult.SPOKE, "", self._owner(), self.now)

    def _settles(self, lead: Lead, outcome: Outcome) -> Undo:
        assert lead.booking is not None
        return triage.settle_call(lead.booking, outcome, OWNER, self.now)

    def _refers(self, lead: Lead, line: str | None) -> Undo:
        letter = OwnLetter(Wording("Someone I trust", "", line)) if line and lead.email else None
        return referring.refer_out(lead, Farewell(("Ana Lind",), letter), self._owner(), self.now)

    @staticmethod
    def _owner() -> Account:
        owner = Account.owner()
        assert owner is not None
        return owner
