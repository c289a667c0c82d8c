"""What the pages of a person say by themselves: one sentence each, in every language the same ones.

Each class is a page. A name in braces is filled in; what stands between [ ] is a link. Forms of inquiry have
theirs in rules/sheet_words, emails about calls in rules/call_letter_words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm.rules.sheet_words import FormWords
    from crm.rules.sheets import FormLanguage


@dataclass(frozen=True)
class TimesWords:
    """Choosing a time."""

    title: str
    title_again: str
    length: str
    whose: str
    yours_now: str
    will_confirm: str
    can_be_moved: str
    gone: str
    not_to_be_had: str
    busy: str
    how_to_talk: str
    times_are_in: str
    show: str
    other_days: str
    earlier: str
    later: str
    full: str
    choose_above: str
    change: str
    ask: str
    move: str
    book: str
    one_moment: str
    nothing_free: str
    none_of_these: str
    anything_else: str
    choose_first: str
    which_way: str
    where_to_call: str
    your_number: str
    calls_you: str
    you_call: str
    by_video: str
    in_person: str
    calls: str
    you_call_number: str
    number_you_gave: str
    link_by_email: str
    at_practice: str
    city_time: str
    choose_now: str


@dataclass(frozen=True)
class WishesWords:
    """None of the times fits."""

    title: str
    lead: str
    first: str
    second: str
    third: str
    example: str
    one_at_least: str
    too_long: str
    anything: str


@dataclass(frozen=True)
class CallWords:
    """One call."""

    title: str
    asked: str
    asked_lead: str
    off: str
    off_lead: str
    over: str
    then: str
    then_lead: str
    another_time: str
    call_off: str
    no_reason: str
    video: str
    in_person: str


@dataclass(frozen=True)
class OwnWords:
    """A person's own page, and what follows an answer."""

    title: str
    lead: str
    away: str
    where: str
    answers: dict[str, str]
    answers_with_call: dict[str, str]
    off_with_that: str
    days: str
    day_names: tuple[str, str, str, str, str]
    times: str
    time_names: tuple[str, str, str, str]
    by: str
    by_names: tuple[str, str]
    again: str
    no_thanks: str
    anything: str
    write_a_line: str
    too_long: str
    something_else: str
    correct: str
    stop: str
    delete: str
    delete_lead: str
    delete_now: str
    the_practice: str
    thanks_title: str
    stays: str
    found: str
    found_lead: str
    not_now: str
    not_now_lead: str
    in_month: str
    write_again: str
    call_is_off: str
    times_lead: str


@dataclass(frozen=True)
class DetailsWords:
    """Correcting name, number and address."""

    title: str
    lead: str
    away: str
    busy: str
    name: str
    phone: str
    email: str
    email_hint: str
    nothing: str
    back: str
    noted: str
    asked: str


@dataclass(frozen=True)
class StopWords:
    """Stopping the emails, and having everything deleted."""

    title: str
    question: str
    lead: str
    your_address: str
    stop: str
    keep: str
    still_answered: str
    was_erased: str
    send_again: str
    stopped_title: str
    stopped: str
    stopped_lead: str
    undo: str
    undone_title: str
    undone: str
    undone_lead: str
    when_suits: str
    no_stop: str
    erasure_title: str
    erasure_lead: str
    erasure_law: str
    erasure_call: str


@dataclass(frozen=True)
class AwayWords:
    """The database is away."""

    title: str
    heading: str
    lead: str
    again: str


@dataclass(frozen=True)
class PageWords:
    """All pages of one language, an HTML language tag."""

    lang: FormLanguage
    form: FormWords
    times: TimesWords
    wishes: WishesWords
    call: CallWords
    own: OwnWords
    details: DetailsWords
    stop: StopWords
    away: AwayWords
