"""The way of one email as a story, oldest first: planned, looked at, tried, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm.flows.explaining import first_plan, happened_meanwhile, looks_at, tries_of
from crm.models import EventKind
from crm.rules.explaining import cancelled_words, failed_words, folded, look_words, plan_words, try_words
from crm.rules.next_words import say
from crm.rules.sending import Verdict, Withdrawal
from crm.rules.smtp_replies import AttemptOutcome
from crm.web.story import StoryItem, stamped
from crm.web.story_lines import line_of
from crm.web.story_parts import Line, Look

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Event, Message
    from crm.rules import explaining
    from crm.rules.telling import Teller

LOOK_MARKS = {
    Verdict.SEND: "check",
    Verdict.WAIT: "clock",
    Verdict.HOLD: "pause",
    Verdict.SKIP: "skip-forward",
    Verdict.END: "ban",
}
TRY_MARKS = {
    AttemptOutcome.ACCEPTED: (Look.AUTO, "mail-check"),
    AttemptOutcome.PUT_OFF: (Look.PLAIN, "refresh-cw"),
    AttemptOutcome.REFUSED: (Look.TROUBLE, "mail-x"),
    AttemptOutcome.UNCERTAIN: (Look.TROUBLE, "circle-question-mark"),
    AttemptOutcome.ABANDONED: (Look.PLAIN, "refresh-cw"),
}


def email_story(message: Message, teller: Teller) -> list[StoryItem]:
    """Everything that was written down about this email. What happened at one moment stands in its order."""
    looks, tries = looks_at(message), tries_of(message)
    meanwhile = happened_meanwhile(message)
    planned = plan_words(first_plan(message, looks), teller)
    items = [
        _item("feather" if message.account_id else "calendar", planned, message.created_at),
        *_by_the_owner(message, meanwhile),
        *(StoryItem(line_of(event, teller), event.at) for event in meanwhile),
        *(
            _item(LOOK_MARKS[look.verdict], look_words(look, teller), look.at)
            for look in folded(looks, tries)
        ),
        *(_tried(each) for each in tries),
        *_end(message, _told(looks, tries), teller),
    ]
    return list(stamped(sorted(items, key=lambda item: item.at), teller))


def _item(mark: str, words: str, at: datetime, look: Look = Look.PLAIN) -> StoryItem:
    return StoryItem(Line(look, mark, say(words)), at)


def _tried(tried: explaining.Try) -> StoryItem:
    look, mark = TRY_MARKS[tried.outcome]
    return _item(mark, try_words(tried), tried.at, look)


def _by_the_owner(message: Message, meanwhile: list[Event]) -> Iterator[StoryItem]:
    """What he did with it that no event tells."""
    told = {event.at for event in meanwhile if event.kind is EventKind.MESSAGE_AGAIN}
    if message.by_hand_at and message.by_hand_at not in told:
        yield _item("send", "You said to send it now.", message.by_hand_at)


def _end(message: Message, told: set[datetime], teller: Teller) -> Iterator[StoryItem]:
    """How it ended, where no look and no try of that moment has told it."""
    reply = message.server_reply or ""
    if message.cancelled_at and message.cancelled_at not in told:
        words = cancelled_words(message.cancel_reason or Withdrawal.SKIPPED, teller)
        yield _item("ban", words, message.cancelled_at)
    if message.failed_at and message.failed_at not in told:
        yield _item("mail-x", failed_words(reply), message.failed_at, Look.TROUBLE)
    if message.uncertain_at and message.uncertain_at not in told:
        words = f"Nobody knows whether it went: {reply}."
        yield _item("circle-question-mark", words, message.uncertain_at, Look.TROUBLE)


def _told(looks: list[explaining.Look], tries: list[explaining.Try]) -> set[datetime]:
    """The moments whose end is told. A try that was put off tells of no end."""
    ended = {look.at for look in looks if look.verdict in (Verdict.END, Verdict.SKIP)}
    return ended | {each.at for each in tries if each.outcome is not AttemptOutcome.PUT_OFF}
