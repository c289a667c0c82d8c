"""One invented person's part in the script: what they and Connor did, told in order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crm.demo.play import Act
from crm.flows import acquaintance, consent, correspondence, follow_up, referring, steering, triage
from crm.flows.capture import capture
from crm.flows.correspondence import OwnLetter
from crm.flows.referring import Farewell
from crm.models import Booking, CallResult, Lead, Medium, Outcome, ReplyChannel, Sequence, Trigger
from crm.rules.addresses import contact_key
from crm.rules.intake import Limits, Submission
from crm.rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from crm.models import Account
    from crm.rules.stages import CloseReason, Stage

LIMITS = Limits()
FAREWELL = """\
Hi {name},

Thank you for trusting me with your note. I’m not the right person for this, and I’d like you to end up with \
somebody who is.

{line}

Tell them I sent you, if that makes it easier to begin.

Warmly,
Connor
"""


@dataclass(frozen=True)
class Who:
    """How someone is called and reached, what they ticked in the form, and how they came."""

    name: str
    email: str
    phone: str = ""
    free: str = ""
    found_us: str = ""
    article: str = ""
    personal_only: bool = False

    def submission(self, message: str) -> Submission:
        return Submission(
            name=self.name,
            email=self.email,
            phone=self.phone,
            message=message,
            free_times=self.free,
            found_us=self.found_us,
            article=self.article,
            button="article-end" if self.article else "",
            personal_only=self.personal_only,
            client_key=f"invented {self.email}",
            seconds_to_fill=95,
        )


@dataclass(frozen=True)
class Person:
    """Each verb adds one act and returns the person, so that a life reads as a chain."""

    who: Who
    acts: list[Act] = field(default_factory=list)

    def writes(self, at: datetime, message: str, **more: object) -> Person:
        """They send the form."""
        sent = replace(self.who.submission(message), **more)  # type: ignore[arg-type]
        return self._add(at, lambda _owner, now: _capture(sent, now))

    def is_added(self, at: datetime, call: CallResult, note: str, trigger: Trigger) -> Person:
        """Connor writes down someone who rang, and what came of it, and puts them into a sequence."""
        who = self.who
        contact = acquaintance.Contact(who.name, who.email, who.phone, "", who.free, who.found_us)

        def add(owner: Account, now: datetime) -> None:
            begun = acquaintance.Introduction(contact, note, call, Sequence.for_trigger(trigger))
            acquaintance.introduce(begun, owner, now)

        return self._add(at, add)

    def gets(self, at: datetime, words: str, *, keep: bool = True) -> Person:
        """Connor's own letter."""

        def write(owner: Account, now: datetime) -> None:
            lead = self.lead
            words_of_his = f"Hi {lead.first_name},\n\n{words}\n\nWarmly,\nConnor"
            wording = Wording(correspondence.subject_for(lead), "", words_of_his)
            letter = correspondence.OwnLetter(wording, keep_following_up=keep)
            correspondence.answer(lead, letter, owner, now)

        return self._add(at, write)

    def is_rung(self, at: datetime, result: CallResult, words: str = "") -> Person:
        """Connor calls."""
        return self._add(at, lambda owner, now: correspondence.log_call(self.lead, result, words, owner, now))

    def stays_in_touch(self, at: datetime) -> Person:
        """Nobody was at home: the notes to new people go on, without the first, which they have."""

        def go_on(owner: Account, now: datetime) -> None:
            if sequence := Sequence.for_trigger(Trigger.INQUIRY):
                steering.start(self.lead, sequence, owner.id, now)
                first = self.lead.messages[-1]
                follow_up.skip(first, now, owner.id)

        return self._add(at, go_on)

    def is_noted(self, at: datetime, words: str) -> Person:
        return self._add(at, lambda owner, now: correspondence.add_note(self.lead, words, owner, now))

    def writes_back(self, at: datetime, words: str, channel: ReplyChannel = ReplyChannel.BY_HAND) -> Person:
        return self._add(at, lambda _owner, now: correspondence.they_wrote(self.lead, words, channel, now))

    def agrees(self, at: datetime, call_at: datetime, medium: Medium = Medium.PHONE) -> Person:
        """A call is agreed."""
        return self._add(at, lambda owner, now: triage.book(self.lead, call_at, medium, owner.id, now))

    def talked(self, at: datetime, outcome: Outcome = Outcome.HELD) -> Person:
        """Connor says how the agreed call went."""
        return self._add(at, lambda owner, now: triage.settle_call(self._call, outcome, owner.id, now))

    def becomes(self, at: datetime, stage: Stage) -> Person:
        return self._add(at, lambda owner, now: triage.move(self.lead, stage, owner.id, now))

    def is_referred(self, at: datetime, to: str, line: str) -> Person:
        """To this colleague, in a letter with a line of Connor's own."""
        words = FAREWELL.format(name=self.who.name.split()[0], line=line)
        letter = OwnLetter(Wording("People I’d trust with this", "", words), keep_following_up=False)
        farewell = Farewell(to=(to,), letter=letter)
        return self._add(at, lambda owner, now: referring.refer_out(self.lead, farewell, owner, now))

    def is_closed(self, at: datetime, reason: CloseReason) -> Person:
        return self._add(at, lambda owner, now: triage.close(self.lead, reason, owner.id, now))

    def stops(self, at: datetime) -> Person:
        """They press "Stop these emails"."""
        return self._add(at, lambda _owner, now: consent.unsubscribe(self.lead, now))

    @property
    def lead(self) -> Lead:
        """Their row, inside an act's transaction."""
        lead = Lead.with_key(contact_key(self.who.email, None) or "")
        if lead is None:
            raise LookupError(f"{self.who.name} has not written yet")
        return lead

    @property
    def _call(self) -> Booking:
        if self.lead.booking is None:
            raise LookupError(f"{self.who.name} has agreed no call")
        return self.lead.booking

    def _add(self, at: datetime, do: Callable[[Account, datetime], object]) -> Person:
        self.acts.append(Act(at, do))
        return self


def _capture(sent: Submission, now: datetime) -> None:
    capture(sent, LIMITS, now)
