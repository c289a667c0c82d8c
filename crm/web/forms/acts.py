"""What the owner says when he moves, closes, books or puts off a person, and how a call went."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from wtforms import BooleanField, Form, HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from crm.models import Medium, Outcome
from crm.rules.care import CHOICE_WORDS, WORDS_LIMIT, Care, CareTaken
from crm.rules.stages import CLOSE_WORDS, SCREEN_WORDS, Stage
from crm.rules.telling import brief_moment, opening
from crm.web.forms.checks import tidy_text
from crm.web.forms.fields import DayField, WallTimeField
from crm.web.forms.picks import picks

WITHIN = timedelta(days=3653)
"""Beyond it no sum with a day is surely one of the calendar."""
MEDIUM_WORDS = {medium: opening(medium.told) for medium in Medium}


class AfterCall(StrEnum):
    """How a call went, and what was decided in it, where it was."""

    HELD = "held"
    CLIENT = "client"
    WAITLISTED = "waitlisted"
    NOT_A_FIT = "not_a_fit"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"

    @property
    def outcome(self) -> Outcome:
        return Outcome(self) if self in (AfterCall.NO_SHOW, AfterCall.CANCELLED) else Outcome.HELD

    @property
    def decided(self) -> Stage | None:
        """Where it puts them at once; a referral asks for more first."""
        return Stage(self) if self in (AfterCall.CLIENT, AfterCall.WAITLISTED) else None


AFTER_WORDS = {
    AfterCall.HELD: "We talked",
    AfterCall.CLIENT: "We talked: a client now",
    AfterCall.WAITLISTED: "We talked: on the waitlist",
    AfterCall.NOT_A_FIT: "We talked: not a fit…",
    AfterCall.NO_SHOW: "They didn’t come",
    AfterCall.CANCELLED: "It was called off",
}


class StageForm(Form):
    """Where to."""

    stage = RadioField(
        "Move to",
        choices=picks(SCREEN_WORDS),
        validators=[InputRequired("Choose a stage.")],
    )


class ClosureForm(Form):
    """Why."""

    reason = RadioField(
        "Why?",
        choices=picks({reason: opening(words) for reason, words in CLOSE_WORDS.items()}),
        validators=[InputRequired("Choose a reason. Reports count them.")],
    )


class ReassuranceForm(Form):
    """What was done for someone to be read first. `heard`: up to when they had written by then."""

    care = RadioField(
        "What was done?",
        choices=picks(CHOICE_WORDS),
        validators=[InputRequired("Choose what was done. It stands in the story with your name.")],
    )
    words = TextAreaField(
        "More about it",
        filters=[tidy_text],
        validators=[Length(max=WORDS_LIMIT, message="Keep it to 5,000 characters.")],
    )
    goes_on = BooleanField("Let the follow-ups go on")
    heard = HiddenField()

    @property
    def taken(self) -> CareTaken:
        return CareTaken(Care(self.care.data), self.words.data or "")


class BookingForm(Form):
    """When they talk: one of the free times, or any other in the practice's own wall time."""

    slot = RadioField("A free time", choices=[], validate_choice=False)
    date = DayField("Day", validators=[InputRequired("Choose a day.")])
    time = WallTimeField("Time", validators=[InputRequired("Choose a time.")])
    medium = RadioField(
        "How",
        choices=picks(MEDIUM_WORDS),
        default=str(Medium.PHONE),
        validators=[InputRequired("By phone or by video?")],
    )

    def starts_at(self, now: datetime, zone: tzinfo) -> datetime | None:
        """The instant that was chosen or typed; None, with the reason at the field, if it is none to come."""
        if picked := self._picked(now):
            return picked
        if not self.validate():
            return None
        if abs(self.date.data - now.date()) > WITHIN:
            self.date.errors = [*self.date.errors, "Choose a day to come, within ten years."]
            return None
        starts_at = datetime.combine(self.date.data, self.time.data, tzinfo=zone).astimezone(UTC)
        if starts_at <= now:
            self.time.errors = [*self.time.errors, "That time has passed."]
            return None
        return starts_at

    def offer(self, free: Iterable[datetime], now: datetime, zone: tzinfo) -> None:
        """These are the next times their hours allow."""
        times = {each.isoformat(): opening(brief_moment(each, now, zone)) for each in free}
        self.slot.choices = list(times.items())

    def _picked(self, now: datetime) -> datetime | None:
        """One of the free times, where no other was typed: that would be a change of mind."""
        if self.date.raw_data and self.date.raw_data[0]:
            return None
        try:
            picked = datetime.fromisoformat(self.slot.data or "")
        except ValueError:
            return None
        is_good = picked.tzinfo is not None and now < picked < now + WITHIN and self.medium.validate(self)
        return picked.astimezone(UTC) if is_good else None


class OutcomeForm(Form):
    """How the call went."""

    outcome = RadioField(
        "How did it go?",
        choices=picks(AFTER_WORDS),
        validators=[InputRequired("Say how it went.")],
    )


class SnoozeForm(Form):
    """Until which day; the menu's own choices come without a form."""

    until = DayField("Day", validators=[InputRequired("Choose a day.")])


class EnrollmentForm(Form):
    """Which sequence; its choices are those that run now."""

    sequence = RadioField("Which follow-ups?", coerce=int, validators=[InputRequired("Choose one.")])
