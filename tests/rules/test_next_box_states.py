"""The one sentence when something holds, stops or ends what would come next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crm.rules.next_box import (
    Action,
    BoxKind,
    NextEmail,
    next_box,
)
from crm.rules.sending import EnrollmentState, MessageState, StopReason, SuppressionReason
from crm.rules.stages import Stage
from tests.rules.awaited import GRACE, MAYA, NOTE, NOW, STILL_HERE, STOPPED, THEO
from tests.rules.times import at


def test_paused() -> None:
    paused = replace(MAYA, enrollment=EnrollmentState.PAUSED, paused_at=at("2026-03-06 09:00"))

    box = next_box(paused)

    assert box.text == "Nothing goes to Maya until you turn it back on. You paused this on Friday."
    assert (box.kind, box.heading, box.actions) == (BoxKind.PAUSED, "Paused", (Action.RESUME,))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"acknowledged": NOTE}, "Theo got I got your note at 1:30 pm"),
        (
            {"acknowledged": replace(NOTE, sent_at=at("2026-03-09 23:30"))},
            "Theo got I got your note yesterday at 11:30 pm",
        ),
        (
            {"acknowledged": replace(NOTE, sent_at=at("2026-03-02 23:30"))},
            "Theo got I got your note on March 2",
        ),
        (
            {"email": NextEmail("I got your note", NOW, at_once=True)},
            "In a moment Theo gets I got your note",
        ),
    ],
)
def test_read_first(change: dict[str, object], text: str) -> None:
    box = next_box(replace(THEO, **change))  # type: ignore[arg-type]  # a table of changes

    assert box.text == f"{text}, with 988 at the top. Nothing else goes to Theo until you say so."
    assert (box.kind, box.heading) == (BoxKind.HELD, "Follow-ups are waiting for you")
    assert box.actions == (Action.CONTINUE,)


def test_read_first_without_an_acknowledgement() -> None:
    box = next_box(THEO)

    assert box.text == "Nothing goes to Theo until you say so, because this is one to read first."


@pytest.mark.parametrize(
    ("reason", "change", "text"),
    [
        (StopReason.REPLIED, {}, "Priya wrote back, so the follow-ups stopped. It’s your turn."),
        (
            StopReason.REPLIED,
            {"answered_at": at("2026-03-10 13:40")},
            "Priya wrote back, so the follow-ups stopped.",
        ),
        (StopReason.REPLIED, {"waits_for_you": False}, "Priya wrote back, so the follow-ups stopped."),
        (StopReason.ANSWERED, {}, "You answered Priya, so the follow-ups stopped."),
        (StopReason.CALLED, {}, "You called Priya, so the follow-ups stopped."),
        (StopReason.BOOKED, {}, "Priya booked a call, so the follow-ups stopped."),
        (
            StopReason.BOOKED,
            {"call_at": at("2026-03-12 15:30")},
            "Priya has a call with you on Thursday at 3:30 pm, so the follow-ups stopped.",
        ),
        (StopReason.BOUNCED, {}, "The email to Priya bounced, so the follow-ups stopped."),
        (StopReason.UNSUBSCRIBED, {}, "Priya unsubscribed, so the follow-ups stopped."),
        (
            StopReason.STAGE_CHANGED,
            {"stage": Stage.WAITLISTED},
            "Priya moved to Waitlisted, so the follow-ups stopped.",
        ),
        (
            StopReason.NO_CONSENT,
            {},
            "No follow-ups: Priya asked for a personal answer only. You can still write yourself.",
        ),
        (StopReason.NO_ADDRESS, {}, "No follow-ups: Priya left no email address."),
        (StopReason.BY_HAND, {}, "Nothing is planned. You stopped Priya’s follow-ups."),
        (StopReason.OTHER_SEQUENCE, {}, "Nothing is planned for Priya."),
        (StopReason.MERGED, {}, "Nothing is planned for Priya."),
    ],
)
def test_stopped_says_what_stopped_it(reason: StopReason, change: dict[str, object], text: str) -> None:
    box = next_box(replace(STOPPED, stop_reason=reason, **change))  # type: ignore[arg-type]  # a table

    assert box.text == text
    assert (box.kind, box.heading) == (BoxKind.STOPPED, "Nothing is planned")
    assert box.actions == (() if reason is StopReason.NO_CONSENT else (Action.START,))


def test_every_way_to_stop_has_a_sentence() -> None:
    for reason in StopReason:
        assert "Priya" in next_box(replace(STOPPED, stop_reason=reason)).text


@pytest.mark.parametrize("stage", [Stage.CLIENT, Stage.CLOSED, Stage.SPAM])
def test_nothing_is_started_for_someone_it_could_never_reach(stage: Stage) -> None:
    stopped = replace(STOPPED, stage=stage, stop_reason=StopReason.STAGE_CHANGED)

    assert next_box(stopped).actions == ()


@pytest.mark.parametrize(
    ("suppressed", "text"),
    [
        (
            SuppressionReason.UNSUBSCRIBED,
            "Maya unsubscribed, so no follow-ups go out. You can still write yourself.",
        ),
        (SuppressionReason.BOUNCED, "The email to Maya bounced, so nothing goes to that address."),
        (
            SuppressionReason.COMPLAINED,
            "Maya reported an email as spam, so nothing goes to that address.",
        ),
        (
            SuppressionReason.ERASED,
            "What you had about Maya was erased, so no follow-ups go out. You can still write yourself.",
        ),
    ],
)
def test_a_suppressed_address_is_told_whatever_is_planned(suppressed: SuppressionReason, text: str) -> None:
    assert next_box(replace(MAYA, suppressed=suppressed)).text == text


def test_no_consent() -> None:
    box = next_box(replace(MAYA, email=None, enrollment=None, follow_ups_wanted=False))

    assert box.text == "No follow-ups: Maya asked for a personal answer only. You can still write yourself."
    assert box.kind is BoxKind.NOTHING


def test_a_personal_answer_only_still_gets_the_acknowledgement() -> None:
    note = NextEmail("I got your note", NOW, at_once=True)

    box = next_box(replace(MAYA, email=note, follow_ups_wanted=False))

    assert box.text.startswith("In a moment Maya gets I got your note")


def test_no_address() -> None:
    assert next_box(replace(MAYA, has_address=False)).text == "No follow-ups: Maya left no email address."


def test_uncertain_asks_the_only_one_who_can_know() -> None:
    box = next_box(replace(MAYA, first_name="Lena", email=replace(STILL_HERE, state=MessageState.UNCERTAIN)))

    assert box.text == (
        "We can’t tell if Lena got Still here, if it’s useful. It isn’t sent again unless you say so."
    )
    assert (box.kind, box.actions) == (BoxKind.UNCERTAIN, (Action.ARRIVED, Action.AGAIN))


def test_account_down() -> None:
    box = next_box(replace(GRACE, account_failing=True))

    assert box.text == (
        "Emails are waiting because the sending account isn’t answering. They go out in order when it is."
    )
    assert box.kind is BoxKind.HELD


def test_an_email_of_next_week_does_not_wait_for_the_account_yet() -> None:
    assert next_box(replace(MAYA, account_failing=True)).kind is BoxKind.PLANNED


def test_everything_held() -> None:
    box = next_box(replace(MAYA, everything_held=True))

    assert box.text == ("You are holding everything. Maya gets Still here, if it’s useful after you resume.")
    assert box.actions == (Action.RESUME_EVERYTHING,)


def test_suspected_spam_waits_for_his_decision() -> None:
    box = next_box(replace(MAYA, email=None, enrollment=None, quarantined=True))

    assert box.text == "Nothing goes to Maya, because this looks like spam. Only you decide if it is."
    assert box.actions == (Action.NOT_SPAM,)


@pytest.mark.parametrize(
    ("closes", "text"),
    [
        ("2026-03-24 14:10", "Nothing is planned. Moves to Closed on March 24, with no email."),
        ("2026-03-13 14:10", "Nothing is planned. Moves to Closed on Friday, with no email."),
        ("2026-03-10 18:00", "Nothing is planned. Moves to Closed today, with no email."),
    ],
)
def test_finished_says_when_silence_closes(closes: str, text: str) -> None:
    assert next_box(replace(GRACE, email=None, closes_at=at(closes))).text == text


@pytest.mark.parametrize(
    ("stage", "text", "actions"),
    [
        (Stage.NEW, "Nothing is planned for Grace.", (Action.START,)),
        (Stage.CONSULT_DONE, "Nothing is planned for Grace.", (Action.START,)),
        (Stage.WAITLISTED, "Nothing is planned. Grace is in Waitlisted.", (Action.START,)),
        (Stage.REFERRED_OUT, "Nothing is planned. Grace is in Referred out.", (Action.START,)),
        (Stage.CLIENT, "Nothing is planned. Grace is a client.", ()),
        (Stage.CLOSED, "Nothing is planned. Grace is in Closed.", ()),
        (Stage.SPAM, "Nothing is planned. Grace is in Spam.", ()),
    ],
)
@pytest.mark.parametrize("enrollment", [None, EnrollmentState.FINISHED])
def test_nothing_planned(
    stage: Stage, text: str, actions: tuple[Action, ...], enrollment: EnrollmentState | None
) -> None:
    box = next_box(replace(GRACE, email=None, stage=stage, enrollment=enrollment))

    assert (box.text, box.actions, box.kind) == (text, actions, BoxKind.NOTHING)


@pytest.mark.parametrize(
    ("due", "until", "text"),
    [
        (
            "2026-03-12 17:48",
            "2026-03-15 17:48",
            (
                "On Thursday at 5:48 pm Maya gets Still here, if it’s useful if you say yes. "
                "You can until Sunday at 5:48 pm."
            ),
        ),
        (
            "2026-03-10 09:00",
            "2026-03-13 09:00",
            (
                "Maya gets Still here, if it’s useful once you say yes, within your hours. "
                "It was due today at 9:00 am; you can until Friday at 9:00 am."
            ),
        ),
    ],
)
def test_an_email_that_waits_for_a_yes(due: str, until: str, text: str) -> None:
    state = MessageState.AWAITING_APPROVAL
    email = replace(STILL_HERE, due_at=at(due), expires_at=at(until), state=state)

    box = next_box(replace(MAYA, email=email))

    assert box.text == text
    assert (box.kind, box.heading) == (BoxKind.HELD, "Waits for your yes")
    assert box.actions == (Action.APPROVE, Action.SKIP, Action.PAUSE, Action.EDIT)


def test_an_email_whose_time_for_a_yes_is_over_offers_nothing() -> None:
    over = replace(STILL_HERE, expires_at=NOW, state=MessageState.AWAITING_APPROVAL)

    box = next_box(replace(MAYA, email=over))

    assert box.actions == ()
    assert box.text == (
        "You were asked about Still here, if it’s useful until today at 1:52 pm. It is left out now."
    )


def test_a_yes_is_asked_for_also_while_everything_is_held_but_not_before_a_note_is_read() -> None:
    asked = replace(STILL_HERE, expires_at=at("2026-03-15 17:48"), state=MessageState.AWAITING_APPROVAL)

    assert next_box(replace(MAYA, email=asked, everything_held=True)).heading == "Waits for your yes"
    assert next_box(replace(THEO, email=asked)).actions == (Action.CONTINUE,)
