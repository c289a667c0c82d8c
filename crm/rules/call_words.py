"""The words of the notes about a call. Nothing in a subject says what kind of call it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import assert_never

from crm.rules.call_notes import CallNote
from crm.rules.slot_days import plain_clock
from crm.rules.wording import Wording


@dataclass(frozen=True)
class HowToTalk:
    """By what means, and what the clinician says about it. Each but `medium` may be empty."""

    medium: str
    phone_number: str = ""
    video_link: str = ""
    address: str = ""
    instructions: str = ""


@dataclass(frozen=True)
class CallPages:
    """Where the person sees this call, and where they choose another time."""

    call: str
    times: str


@dataclass(frozen=True)
class Occasion:
    """When they talk, on the clock of whoever reads it. `zone_words`: what that clock is called."""

    starts_at: datetime
    length: timedelta
    zone: tzinfo
    zone_words: str

    @property
    def day(self) -> str:
        """Thursday, March 12"""
        day = self.starts_at.astimezone(self.zone)
        return f"{day:%A}, {day:%B} {day.day}"

    @property
    def moment(self) -> str:
        """Thursday, March 12 at 10:00 am (Pacific Time)"""
        zone = f" ({self.zone_words})" if self.zone_words else ""
        return f"{self.day} at {plain_clock(self.starts_at, self.zone)}{zone}"

    @property
    def brief(self) -> str:
        """Thu, March 12, 10:00 am: short enough for a subject."""
        day = self.starts_at.astimezone(self.zone)
        return f"{day:%a}, {day:%B} {day.day}, {plain_clock(self.starts_at, self.zone)}"


def how(talk: HowToTalk) -> str:
    """How they talk, in plain lines: what stands in the letter and in the calendar."""
    return "\n".join(line for line in (_means(talk), talk.instructions.strip()) if line)


def where(talk: HowToTalk) -> str:
    """The place of a calendar's entry."""
    match talk.medium:
        case "video":
            return talk.video_link or "Video call"
        case "in_person":
            return talk.address
        case _:
            return talk.phone_number or "Phone"


def _means(talk: HowToTalk) -> str:
    match talk.medium:
        case "video":
            return f"We meet by video: {talk.video_link}" if talk.video_link else "We meet by video."
        case "in_person":
            return f"We meet at {talk.address}." if talk.address else "We meet in person."
        case _:
            by_them = f"Please ring me at {talk.phone_number}."
            return by_them if talk.phone_number else "I’ll ring you."


def note_wording(note: CallNote, occasion: Occasion, pages: CallPages) -> Wording:
    """The letter. How they talk stands where a line from the clinician stands in other letters."""
    match note:
        case CallNote.ASKED:
            return _asked(occasion, pages)
        case CallNote.AGREED:
            first = f"We talk on {{call date and time}}. {_easy(occasion)}"
            return _of_a_call_to_come(f"Our call: {occasion.brief}", first, pages)
        case CallNote.MOVED:
            first = "Our call has moved. We now talk on {call date and time}."
            return _of_a_call_to_come(f"Our call is now {occasion.brief}", first, pages)
        case CallNote.TOMORROW | CallNote.SOON:
            first = "A short reminder: we talk on {call date and time}."
            return _of_a_call_to_come(f"A reminder: {occasion.brief}", first, pages)
        case CallNote.CALLED_OFF:
            return _called_off(pages)
        case CallNote.DECLINED:
            return _declined(pages)
        case _:
            assert_never(note)


def _easy(occasion: Occasion) -> str:
    minutes = round(occasion.length.total_seconds() / 60)
    return f"It takes about {minutes} minutes, costs nothing, and there is nothing to prepare."


def _of_a_call_to_come(subject: str, first: str, pages: CallPages) -> Wording:
    way_out = (
        f"If the time stops suiting you, move it or call it off on [the page of our call]({pages.call}). "
        "No need to explain."
    )
    return Wording(subject, first, _letter(first, "{line from you}", way_out))


def _asked(occasion: Occasion, pages: CallPages) -> Wording:
    first = "You’d like to talk on {call date and time}."
    rest = (
        "It isn’t fixed yet: I’ll look at my calendar and tell you whether it works. "
        f"To change it meanwhile, go to [the page of our call]({pages.call})."
    )
    return Wording(f"The time you’d like: {occasion.brief}", first, _letter(first, rest))


def _called_off(pages: CallPages) -> Wording:
    first = "Our call on {call date and time} is off."
    rest = (
        f"If another time suits you, [choose one here]({pages.times}) or answer this email. "
        "And if not, that’s a good answer too."
    )
    return Wording("Our call is off", first, _letter(first, rest))


def _declined(pages: CallPages) -> Wording:
    first = "I can’t make {call date and time} after all, and I’d still like to talk."
    rest = f"These are the times I have: [choose another]({pages.times}). Or answer this email."
    return Wording("Another time for our call", first, _letter(first, rest))


def _letter(*paragraphs: str) -> str:
    return "\n\n".join(("Hi {first name},", *paragraphs, "Warmly,\n{my name}")) + "\n"
