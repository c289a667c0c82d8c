"""A note about a call as it leaves: its words and its invitation, from the call as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.mail.invitation import Invitation
from crm.rules.call_letter_words import CALL_LETTERS
from crm.rules.call_notes import method
from crm.rules.call_words import CallPages, how, note_wording, where
from crm.rules.wording import filled

if TYPE_CHECKING:
    from datetime import datetime

    from crm.flows.call_facts import CallFacts
    from crm.flows.surroundings import Surroundings
    from crm.links import Links
    from crm.models import Practice
    from crm.models.outgoing import Outgoing
    from crm.rules.call_letter_words import CallLetterWords
    from crm.rules.wording import Wording


@dataclass(frozen=True)
class CallLetter:
    """One note and the pages it leads to."""

    facts: CallFacts
    pages: CallPages

    @property
    def wording(self) -> Wording:
        return note_wording(self.facts.note, self.facts.occasion, self.pages)

    @property
    def call_time(self) -> str:
        return self.facts.occasion.moment

    @property
    def how(self) -> str:
        return how(self.facts.talk, self.facts.language)

    @property
    def words(self) -> CallLetterWords:
        return CALL_LETTERS[self.facts.language]

    def invitation(self, recipient: str, practice: Practice, now: datetime) -> Invitation | None:
        """What goes into the person's calendar, or out of it. None for a note that leaves it alone."""
        facts = self.facts
        asked = method(facts.note, facts.call.sequence)
        if asked is None:
            return None
        return Invitation(
            method=asked,
            uid=facts.uid,
            sequence=facts.call.sequence,
            stamped_at=now,
            starts_at=facts.call.starts_at,
            ends_at=facts.call.ends_at,
            summary=filled(self.words.entry, clinician=facts.clinician),
            description=f"{self.how}\n\n{filled(self.words.entry_way_out, call=self.pages.call)}",
            location=where(facts.talk, facts.language),
            url=self.pages.call,
            organizer_name=practice.sender_name or practice.name,
            organizer_address=practice.sender_address,
            attendee_address=recipient,
        )


def call_letter(message: Outgoing, links: Links, seen: Surroundings) -> CallLetter | None:
    """The note this message is; None for every other email."""
    facts = seen.call_notes.get(message.id)
    if facts is None or message.lead is None:
        return None
    return CallLetter(facts, facts.pages(links))
