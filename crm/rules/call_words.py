"""The notes about a call, put together from the words of one language (call_letter_words)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import assert_never

from crm.rules.call_letter_words import CALL_LETTERS, CallLetterWords
from crm.rules.call_notes import CallNote
from crm.rules.day_words import at_clock, for_a_subject
from crm.rules.sheets import FormLanguage
from crm.rules.wording import Wording, filled


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
    """Where the person sees this call, and where they choose another time; None where none is offered."""

    call: str
    times: str | None


@dataclass(frozen=True)
class Occasion:
    """When they talk, on the clock and in the language of whoever reads it. `zone_words`: that clock's name."""

    starts_at: datetime
    length: timedelta
    zone: tzinfo
    zone_words: str
    language: FormLanguage = FormLanguage.ENGLISH

    @property
    def words(self) -> CallLetterWords:
        return CALL_LETTERS[self.language]

    @property
    def moment(self) -> str:
        """Thursday, March 12 at 10:00 am (Pacific Time)"""
        zone = f" ({self.zone_words})" if self.zone_words else ""
        return f"{at_clock(self.language, self.starts_at, self.zone)}{zone}"

    @property
    def brief(self) -> str:
        """Thu, March 12, 10:00 am: short enough for a subject."""
        return for_a_subject(self.language, self.starts_at, self.zone)


def how(talk: HowToTalk, language: FormLanguage = FormLanguage.ENGLISH) -> str:
    """How they talk, in plain lines: what stands in the letter and in the calendar."""
    means = _means(talk, CALL_LETTERS[language])
    return "\n".join(line for line in (means, talk.instructions.strip()) if line)


def where(talk: HowToTalk, language: FormLanguage = FormLanguage.ENGLISH) -> str:
    """The place of a calendar's entry."""
    words = CALL_LETTERS[language]
    match talk.medium:
        case "video":
            return talk.video_link or words.place_video
        case "in_person":
            return talk.address
        case _:
            return talk.phone_number or words.place_phone


def _means(talk: HowToTalk, words: CallLetterWords) -> str:
    match talk.medium:
        case "video":
            place, at, without = talk.video_link, words.by_video_at, words.by_video
        case "in_person":
            place, at, without = talk.address, words.meet_at, words.meet
        case _:
            place, at, without = talk.phone_number, words.ring_me, words.i_ring
    return filled(at, place=place) if place else without


def note_wording(note: CallNote, occasion: Occasion, pages: CallPages) -> Wording:
    """The letter. How they talk stands where a line from the clinician stands in other letters."""
    words = occasion.words
    match note:
        case CallNote.ASKED:
            rest = filled(words.not_fixed, call=pages.call)
            return _wording(occasion, words.asked_subject, words.asked, rest)
        case CallNote.AGREED:
            first = f"{words.agreed} {filled(words.easy, minutes=_minutes(occasion))}"
            return _to_come(occasion, words.agreed_subject, first, pages)
        case CallNote.MOVED:
            return _to_come(occasion, words.moved_subject, words.moved, pages)
        case CallNote.TOMORROW | CallNote.SOON:
            return _to_come(occasion, words.reminder_subject, words.reminder, pages)
        case CallNote.CALLED_OFF:
            return _wording(occasion, words.off_subject, words.off, *_others(words.another, pages))
        case CallNote.DECLINED:
            others = _others(words.these_times, pages)
            return _wording(occasion, words.declined_subject, words.declined, *others)
        case _:
            assert_never(note)


def _others(words: str, pages: CallPages) -> list[str]:
    return [filled(words, times=pages.times)] if pages.times else []


def _minutes(occasion: Occasion) -> int:
    return round(occasion.length.total_seconds() / 60)


def _to_come(occasion: Occasion, subject: str, first: str, pages: CallPages) -> Wording:
    way_out = filled(occasion.words.way_out, call=pages.call)
    return _wording(occasion, subject, first, "{line from you}", way_out)


def _wording(occasion: Occasion, subject: str, first: str, *rest: str) -> Wording:
    words = occasion.words
    body = "\n\n".join((words.hello, first, *rest, f"{words.bye}\n{{my name}}")) + "\n"
    return Wording(filled(subject, brief=occasion.brief), first, body)
