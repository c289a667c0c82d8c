"""How each event of a story reads: one line in the practice's words, and the letter that hangs below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from crm.flows.own_details import is_their_own
from crm.models import CallResult, EventKind, ReplyChannel
from crm.rules.care import STORY_WORDS, Care
from crm.rules.explaining import left_out_because
from crm.rules.explaining_words import WHY_STOPPED
from crm.rules.next_words import Span, say, strong
from crm.rules.sending import MessageKind, StopReason
from crm.rules.stages import CLOSE_WORDS, SCREEN_WORDS, CloseReason, Stage
from crm.rules.telling import Teller, isolated, listed, stamp
from crm.web import story_calls, story_places
from crm.web.forms.checks import national
from crm.web.own_details import to_accept, to_put_back
from crm.web.story_parts import Letter, Line, Look, paragraphs, sent_by_itself, written

if TYPE_CHECKING:
    from crm.models import Event, Merge, Message


def line_of(event: Event, teller: Teller) -> Line:
    """The line of this event. Every EventKind has one; a test says so."""
    return LINES[event.kind](event, teller)


def unsent(message: Message) -> Line:
    """A letter of the owner's that was held back at the last look: nothing else in the story says so."""
    words = say(strong("Your letter did not go"), ", because nothing can reach that address")
    return Line(Look.TROUBLE, "mail-x", words, written(message))


def _plain(mark: str, *parts: str | Span, look: Look = Look.PLAIN) -> Line:
    return Line(look, mark, say(*parts))


def _inquiry(event: Event, teller: Teller) -> Line:
    inquiry = event.inquiry
    if inquiry is None or event.account_id is not None:
        return _plain("user-plus", strong(f"You added {teller.name}"), look=Look.YOURS)
    again = inquiry.lead.inquiries[:1] != [inquiry]
    after = f", after reading “{inquiry.article}”" if inquiry.article else ""
    words = say(strong(f"{teller.name} wrote {'again' if again else 'to you'}"), after)
    said = paragraphs(inquiry.said, inquiry.crisis_words)
    silent = say(Span("No message, only how to reach them."))
    return Line(Look.THEIRS, "pencil-line", words, Letter(said or (silent,), is_inquiry=bool(said)))


def _reply(event: Event, teller: Teller) -> Line:
    how = ", on their page" if event.reply and event.reply.channel is ReplyChannel.PAGE else ""
    said = paragraphs(event.reply.text) if event.reply else ()
    mail = event.reply.mail if event.reply else None
    words = say(strong(f"{teller.name} wrote back"), how)
    letter = Letter(said, mail=mail) if said or mail else None
    return Line(Look.THEIRS, "reply", words, letter, deed=to_accept(event))


def _not_there(event: Event, teller: Teller) -> Line:
    """A machine answered. Where it said until when, the next email waits for that."""
    until = event.facts.get("until")
    if until is None:
        return _plain("reply", f"{teller.name}’s mailbox answered by itself", look=Look.AUTO)
    when = stamp(datetime.fromisoformat(until), teller.now, teller.zone)
    return _plain("reply", f"{teller.name} is away, so the next email waits until {when}", look=Look.AUTO)


def _bounced(event: Event, _teller: Teller) -> Line:
    """It was taken, and then it came back."""
    address = event.message.to_address if event.message else "the address"
    meant = event.facts.get("meant")
    guess = f". Did they mean {meant}?" if meant else ""
    words = say(strong(_subject(event.message)), f" came back: nobody has {address}{guess}")
    return Line(Look.TROUBLE, "mail-x", words)


def _note(event: Event, _teller: Teller) -> Line:
    said = paragraphs(event.note.text) if event.note else ()
    return Line(Look.NOTE, "feather", say(strong("You noted")), Letter(said) if said else None)


CALL_WORDS = {
    CallResult.SPOKE: ", and you talked",
    CallResult.VOICEMAIL: ", left a voicemail",
    CallResult.NO_ANSWER: ", nobody answered",
}


def _call(event: Event, _teller: Teller) -> Line:
    note = event.note
    how = CALL_WORDS[note.result] if note and note.result else ""
    said = paragraphs(note.text) if note else ()
    mark = "phone" if note and note.result is CallResult.SPOKE else "phone-missed"
    mark = "phone" if note and note.result is CallResult.VOICEMAIL else mark
    return Line(Look.NOTE, mark, say(strong("You called"), how), Letter(said) if said else None)


def _sent(event: Event, _teller: Teller) -> Line:
    message = event.message
    if message is None:
        return _plain("mail", "An email went out", look=Look.AUTO)
    if message.kind is MessageKind.REPLY:
        return Line(Look.YOURS, "mail", say(strong("You answered")), written(message))
    how = " went out, because you said so" if message.by_hand_at else " went out by itself"
    return Line(Look.AUTO, "mail", say(strong(_subject(message)), how), sent_by_itself(message))


def _failed(event: Event, _teller: Teller) -> Line:
    message = event.message
    if message is None:
        return _plain("mail-x", "An email was turned away", look=Look.TROUBLE)
    bounced = message.enrollment is not None and message.enrollment.stop_reason is StopReason.BOUNCED
    how = f" bounced: {message.to_address} takes no mail" if bounced else " was turned away"
    letter = written(message) if message.kind is MessageKind.REPLY else None
    words = say(strong(_subject(message)), how)
    return Line(Look.TROUBLE, "mail-x", words, letter, problem=_is_open(message))


def _uncertain(event: Event, teller: Teller) -> Line:
    words = say("We can’t tell if ", strong(_subject(event.message)), f" reached {teller.name}")
    return Line(Look.TROUBLE, "circle-question-mark", words, problem=_is_open(event.message))


def _is_open(message: Message | None) -> bool:
    """Whether the owner has still to settle it."""
    return (
        message is not None
        and message.sent_at is None
        and message.settled_at is None
        and not message.cancelled_at
    )


def _about(mark: str, before: str, after: str) -> Callable[[Event, Teller], Line]:
    """A line round the subject of the event's email."""
    return lambda event, _teller: _plain(mark, before, strong(_subject(event.message)), after)


def _says(mark: str, words: str, look: Look = Look.PLAIN) -> Callable[[Event, Teller], Line]:
    """A line that is the same for everybody; `{name}` and `{reason}` are filled in."""
    return lambda event, teller: _plain(
        mark, words.format(name=teller.name, reason=event.reason or ""), look=look
    )


def _moved(event: Event, _teller: Teller) -> Line:
    to, came_from = event.facts.get("to"), event.facts.get("from")
    if to is None:
        return _plain("arrow-right", "Moved to another stage")
    where = strong(SCREEN_WORDS[Stage(to)])
    if to == Stage.CLOSED:
        return _plain(
            "arrow-right", "Moved to ", where, f", {CLOSE_WORDS[CloseReason(event.reason or 'other')]}"
        )
    if to == Stage.REFERRED_OUT:
        whom = listed([isolated(str(each)) for each in event.facts.get("to_whom", [])])
        return _plain("heart-handshake", "You referred them to ", strong(whom or "someone else"))
    start = f"Moved from {SCREEN_WORDS[Stage(came_from)]} to " if came_from else "Moved to "
    return _plain("arrow-right", start, where)


def _snoozed(event: Event, teller: Teller) -> Line:
    until = event.facts.get("until")
    day = f" until {stamp(datetime.fromisoformat(until), teller.now, teller.zone)}" if until else ""
    return _plain("clock", f"You put this off{day}")


def _reminder(event: Event, teller: Teller) -> Line:
    due_at = event.note.due_at if event.note else None
    when = f" for {stamp(due_at, teller.now, teller.zone)}" if due_at else ""
    said = paragraphs(event.note.text) if event.note else ()
    who = "You set a reminder" if event.account_id else f"{teller.name} set you a reminder"
    return Line(Look.NOTE, "bell", say(strong(who), when), Letter(said) if said else None)


def _edited(event: Event, teller: Teller) -> Line:
    changed = listed([str(each) for each in event.facts.get("changed", [])])
    if not is_their_own(event.account_id, event.facts):
        return _plain("pencil", f"You changed {teller.name}’s {changed or 'contact'}")
    now, was = event.facts["now"], event.facts["was"]
    said = " and ".join(f"{_known(name, was)} is {_known(name, now)} now" for name in was)
    words = say(strong(f"{teller.name} changed their {changed}"), f" on their page: {said}")
    return Line(Look.THEIRS, "pencil", words, deed=to_put_back(event))


def _known(what: str, details: dict[str, str]) -> str:
    """A name, or a number as people read it."""
    return (national(details[what]) if what == "phone" else details[what]) or f"no {what}"


def _left_out(event: Event, teller: Teller) -> Line:
    """By the owner, or because time said no."""
    subject = strong(_subject(event.message))
    if event.reason is None:
        return _plain("skip-forward", "You skipped ", subject)
    return _plain("skip-forward", subject, f" was left out, because {left_out_because(event.reason, teller)}")


def _subject(message: Message | None) -> str:
    return (message.sent_subject or message.wording.subject) if message else "An email"


def _stopped(event: Event, teller: Teller) -> Line:
    why = WHY_STOPPED[StopReason(event.reason or StopReason.BY_HAND)].format(name=teller.name)
    return _plain("hand", f"Follow-ups stopped, {why}")


def _started(event: Event, _teller: Teller) -> Line:
    who = "You started" if event.account_id else "These began:"
    return _plain("play", f"{who} “{event.reason}”")


def _paused(event: Event, _teller: Teller) -> Line:
    return _plain("pause", "You paused the follow-ups" if event.account_id else "Follow-ups are paused")


def _cared_for(event: Event, _teller: Teller) -> Line:
    """Who did what. Before there was a record of it, only that the follow-ups could go on."""
    if event.reason is None:
        return _plain("heart-handshake", "You let the follow-ups continue")
    said = paragraphs(event.note.text) if event.note else ()
    words = say(
        strong(str(event.facts.get("by") or "You")), f" wrote down: {STORY_WORDS[Care(event.reason)]}"
    )
    return Line(Look.NOTE, "heart-handshake", words, Letter(said) if said else None)


def _wants_them_again(event: Event, teller: Teller) -> Line:
    """By their own hand, or somebody wrote down that they asked."""
    if event.note is None:
        return _plain("undo-2", f"{teller.name} wants the emails after all", look=Look.THEIRS)
    words = say(strong("You wrote down"), f" that {teller.name} wants the emails again")
    return Line(Look.NOTE, "undo-2", words, Letter(paragraphs(event.note.text)))


def _merged(event: Event, _teller: Teller) -> Line:
    """Only the newest that stands can be taken apart: the ones before are beneath it."""
    merge, last = _merge_of(event), event.lead.last_merge
    line = _plain(
        "users-round", "You merged this with ", strong(merge.other_name if merge else "another record")
    )
    return replace(line, merge_id=merge.id if merge and merge is last else None)


def _parted(event: Event, _teller: Teller) -> Line:
    merge = _merge_of(event)
    who = merge.other_name if merge else "another record"
    return _plain("undo-2", "You took this and ", strong(who), " apart again")


def _merge_of(event: Event) -> Merge | None:
    return next((each for each in event.lead.merges if each.id == event.facts.get("merge_id")), None)


LINES: dict[EventKind, Callable[[Event, Teller], Line]] = {
    EventKind.INQUIRY_RECEIVED: _inquiry,
    EventKind.IMPORTED: _says("user-plus", "You brought {name} in with the list “{reason}”", Look.YOURS),
    EventKind.NO_AUTOMATIC_EMAIL: _says("ban", "No email went out by itself: {reason}"),
    EventKind.QUARANTINED: _says("shield-question-mark", "Looks like spam: {reason}. Nothing was sent"),
    EventKind.FREED: _says("circle-check", "You said this isn’t spam"),
    EventKind.READ_FIRST_SET: _says(
        "heart-handshake", "Words in it may mean danger, so follow-ups wait for you", Look.TROUBLE
    ),
    EventKind.READ_FIRST_CLEARED: _cared_for,
    EventKind.FOLLOW_UPS_STARTED: _started,
    EventKind.FOLLOW_UPS_PAUSED: _paused,
    EventKind.FOLLOW_UPS_RESUMED: _says("play", "You let the follow-ups go on"),
    EventKind.FOLLOW_UPS_STOPPED: _stopped,
    EventKind.FOLLOW_UPS_FINISHED: _says("moon", "The follow-ups came to their end"),
    EventKind.MESSAGE_SENT: _sent,
    EventKind.MESSAGE_APPROVED: _about("check", "You said yes to ", ""),
    EventKind.MESSAGE_SKIPPED: _left_out,
    EventKind.MESSAGE_FAILED: _failed,
    EventKind.MESSAGE_UNCERTAIN: _uncertain,
    EventKind.MESSAGE_ARRIVED: _about("mail-check", "You said that ", " arrived"),
    EventKind.MESSAGE_AGAIN: _about("send", "You sent ", " again"),
    EventKind.REPLY_RECEIVED: _reply,
    EventKind.AUTO_REPLY_RECEIVED: _not_there,
    EventKind.EMAIL_BOUNCED: _bounced,
    EventKind.EMAIL_DELAYED: _about("circle-question-mark", "The mail server couldn’t deliver ", " yet"),
    EventKind.COMPLAINED: _says(
        "ban", "{name} marked an email as spam. Nothing goes there any more", Look.TROUBLE
    ),
    EventKind.ANSWERED_ELSEWHERE: _says("mail", "You answered from your own mail program", Look.YOURS),
    EventKind.MAIL_UNREADABLE: _says(
        "circle-question-mark", "An email from {name} can’t be read, so follow-ups wait", Look.TROUBLE
    ),
    EventKind.NOTE_ADDED: _note,
    EventKind.CALL_LOGGED: _call,
    EventKind.STAGE_MOVED: _moved,
    EventKind.SNOOZED: _snoozed,
    EventKind.REMINDER_SET: _reminder,
    EventKind.REMINDER_SETTLED: _says("check", "You ticked off your reminder"),
    EventKind.WOKEN: _says("sunrise", "Back on Today"),
    EventKind.CALL_BOOKED: story_calls.booked,
    EventKind.CALL_ASKED: story_calls.wanted,
    EventKind.CALL_MOVED: story_calls.moved,
    EventKind.CALL_DECLINED: story_calls.declined,
    EventKind.CALL_CANCELLED: story_calls.called_off,
    EventKind.CALL_OUTCOME: story_calls.outcome,
    EventKind.PLACE_OFFERED: story_places.offered,
    EventKind.PLACE_ACCEPTED: story_places.accepted,
    EventKind.PLACE_DECLINED: story_places.declined,
    EventKind.PLACE_GONE: story_places.gone,
    EventKind.PUT_FIRST: _says("arrow-up", "You put {name} first on the waitlist"),
    EventKind.UNSUBSCRIBED: _says("ban", "{name} stopped the emails", Look.THEIRS),
    EventKind.RESUBSCRIBED: _wants_them_again,
    EventKind.CONTACT_EDITED: _edited,
    EventKind.MERGED: _merged,
    EventKind.PARTED: _parted,
    EventKind.UNDONE: _says("undo-2", "You took that back"),
}
