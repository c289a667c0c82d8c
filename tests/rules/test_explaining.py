"""Why an email went, or did not: a sentence for every plan, look, try and end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from crm.rules.explaining import (
    FirstPlan,
    Look,
    Try,
    cancelled_words,
    failed_words,
    folded,
    look_words,
    plan_words,
    try_words,
    why_then,
)
from crm.rules.explaining_words import (
    REASON_WORDS,
    VERDICT_WORDS,
    WHY_NOT,
    WHY_STOPPED,
    WHY_SUPPRESSED,
    WHY_WITHDRAWN,
)
from crm.rules.sending import (
    Facts,
    MessageKind,
    Reason,
    StopReason,
    SuppressionReason,
    Verdict,
    Withdrawal,
)
from crm.rules.smtp_replies import AttemptOutcome
from crm.rules.telling import Teller
from crm.rules.windows import Planned, Shift, Wait, WaitUnit
from tests.rules.times import LOS_ANGELES, at

AT_NIGHT = Facts(MessageKind.STEP, shift=Shift.NIGHT)
ON_A_HOLIDAY = Facts(MessageKind.STEP, shift=Shift.HOLIDAY)
NOW = at("2026-03-12 13:52")
SAM = Teller("Sam", NOW, LOS_ANGELES)
TUESDAY = at("2026-03-10 08:31")
A_STEP = Facts(MessageKind.STEP)


def look(reason: Reason | None = None, **more: object) -> Look:
    verdict = reason.verdict if reason else Verdict.SEND
    return replace(Look(TUESDAY, verdict, reason, A_STEP, TUESDAY), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_makes_a_sentence(reason: Reason) -> None:
    words = look_words(look(reason, until=NOW), SAM)

    assert words.startswith("It ")
    assert words.endswith(".")
    assert "{" not in words


def test_every_list_of_words_is_whole() -> None:
    assert set(WHY_NOT) == set(REASON_WORDS) == set(Reason)
    assert set(WHY_STOPPED) == set(StopReason)
    assert set(WHY_WITHDRAWN) == set(Withdrawal)
    assert set(WHY_SUPPRESSED) == set(SuppressionReason)
    assert set(VERDICT_WORDS) == set(Verdict)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (look(), "It was let go: nothing stood against it."),
        (
            look(facts=A_STEP._replace(sent_by_hand=True)),
            "It was let go, because you said to send it now.",
        ),
        (
            look(facts=A_STEP._replace(at_once=True)),
            "It was let go right away: it goes at any hour, and nothing stood against it.",
        ),
        (
            look(Reason.OUTSIDE_HOURS, until=at("2026-03-11 08:30"), facts=AT_NIGHT),
            "It waited until yesterday at 8:30 am, because it was outside your hours.",
        ),
        (
            look(Reason.OUTSIDE_HOURS, until=at("2026-03-16 08:30"), facts=ON_A_HOLIDAY),
            "It waits until Monday at 8:30 am, because it was a holiday.",
        ),
        (
            look(Reason.OUTSIDE_HOURS, facts=A_STEP._replace(shift=Shift.AWAY)),
            "It waited, because you were away.",
        ),
        (
            look(Reason.ACCOUNT_LIMIT, until=at("2026-03-12 14:10")),
            "It waits until today at 2:10 pm, because your sending account had sent as many as it may.",
        ),
        (look(Reason.NEEDS_APPROVAL), "It waited for you, because you want to see it before it goes."),
        (look(Reason.TOO_LATE), "It was left out, because it would have come too late."),
        (look(Reason.REPLIED), "It wasn’t sent: Sam had replied."),
        (
            look(Reason.REPLIED, heard_at=at("2026-03-03 12:00")),
            "It wasn’t sent: Sam had replied on March 3.",
        ),
        (
            look(Reason.BOUNCED, facts=A_STEP._replace(suppressed=SuppressionReason.COMPLAINED)),
            "It wasn’t sent: Sam had reported an email as spam.",
        ),
    ],
)  # fmt: skip
def test_a_look_says_what_was_decided_and_why(seen: Look, words: str) -> None:
    assert look_words(seen, SAM) == words


def test_looks_that_found_the_same_are_one_sentence() -> None:
    full = look(Reason.ACCOUNT_LIMIT, until=at("2026-03-10 08:40"))
    again = [
        replace(full, at=TUESDAY + timedelta(minutes=n), last_at=TUESDAY + timedelta(minutes=n))
        for n in range(1, 5)
    ]

    [one] = folded([full, *again])

    assert look_words(one, SAM).endswith("Looked at four more times until 8:35 am.")


def test_looks_counted_when_they_were_written_are_told_alike() -> None:
    counted = look(Reason.ACCOUNT_LIMIT, times=5, last_at=at("2026-03-11 09:10"))

    assert look_words(counted, SAM).endswith("Looked at four more times until Wed, March 11, 9:10 am.")


def test_what_was_tried_between_two_looks_keeps_them_apart() -> None:
    first, second = look(), look(at=NOW, last_at=NOW)
    between = Try(TUESDAY + timedelta(minutes=1), AttemptOutcome.PUT_OFF, "451 later")

    assert folded([first, second], [between]) == [first, second]
    assert len(folded([first, second])) == 1


def test_looks_that_found_another_reason_stay_apart() -> None:
    night = look(Reason.OUTSIDE_HOURS, facts=AT_NIGHT)
    holiday = look(Reason.OUTSIDE_HOURS, facts=ON_A_HOLIDAY)

    assert folded([night, holiday]) == [night, holiday]


@pytest.mark.parametrize(
    ("outcome", "reply", "words"),
    [
        (AttemptOutcome.ACCEPTED, "250 2.0.0 queued", "The mail server accepted it (250 2.0.0 queued)."),
        (
            AttemptOutcome.PUT_OFF,
            "451 4.7.1 later",
            "The mail server didn’t take it, so it is tried again (451 4.7.1 later).",
        ),
        (
            AttemptOutcome.REFUSED,
            "550 5.1.1 unknown",
            "The mail server says that nobody has this address (550 5.1.1 unknown).",
        ),
        (AttemptOutcome.REFUSED, "552 5.2.2 full", "It was refused for good (552 5.2.2 full)."),
        (
            AttemptOutcome.UNCERTAIN,
            "",
            "It was handed over, and then nobody answered: it may have arrived or not.",
        ),
        (
            AttemptOutcome.ABANDONED,
            "the worker stopped",
            "The program stopped before it handed anything over, so it is tried again (the worker stopped).",
        ),
    ],
)
def test_a_try_says_what_came_of_it(outcome: AttemptOutcome, reply: str, words: str) -> None:
    assert try_words(Try(NOW, outcome, reply)) == words


@pytest.mark.parametrize("reason", [*StopReason, *Withdrawal, *Reason])
def test_whatever_took_it_off_the_schedule_has_its_words(reason: str) -> None:
    words = cancelled_words(reason, SAM)

    assert words.startswith("It wasn’t sent")
    assert words.endswith(".")
    assert "{" not in words


def test_a_stop_and_the_owners_own_hand_read_differently() -> None:
    assert (
        cancelled_words(StopReason.BOOKED, SAM)
        == "It wasn’t sent. Follow-ups stopped, because a call is agreed."
    )
    assert cancelled_words(Withdrawal.SKIPPED, SAM) == "It wasn’t sent, because you left it out."


def test_a_failure_without_a_try_is_its_text_or_the_end_of_the_patience() -> None:
    assert failed_words("the text can’t be sent: no blank {nickname}").startswith("It couldn’t be sent")
    assert (
        failed_words("451 later") == "It was given up, because the mail server had put it off for too long."
    )


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (FirstPlan(MessageKind.REPLY, NOW), "You wrote it."),
        (FirstPlan(MessageKind.NOTICE, NOW), "It was written to tell you."),
        (FirstPlan(MessageKind.TEST, NOW), "You asked for it, to see how it reads."),
        (FirstPlan(MessageKind.STEP, NOW, NOW, at_once=True), "It was to go right away."),
        (FirstPlan(MessageKind.STEP, NOW, NOW), "It was planned for today at 1:52 pm."),
        (FirstPlan(MessageKind.STEP, NOW), "It was planned for today at 1:52 pm."),
        (
            FirstPlan(MessageKind.STEP, at("2026-03-09 08:30"), at("2026-03-07 20:00"), Shift.DAY_OFF),
            "It was due Saturday, which is outside your hours, so it was planned for Monday at 8:30 am.",
        ),
        (
            FirstPlan(
                MessageKind.STEP, at("2026-03-09 08:30"), at("2026-03-07 20:00"), Shift.AWAY, moved=True
            ),
            "It was due Saturday, when you are away.",
        ),
        (
            FirstPlan(MessageKind.STEP, at("2026-03-12 09:00"), at("2026-03-10 09:00")),
            "It was planned for Tuesday at 9:00 am, and later for today at 9:00 am.",
        ),
        (
            FirstPlan(MessageKind.STEP, at("2026-03-12 09:00"), at("2026-03-10 09:00"), moved=True),
            "It was planned for Tuesday at 9:00 am.",
        ),
    ],
)
def test_the_plan_says_when_it_was_due_and_when_it_was_to_go(plan: FirstPlan, words: str) -> None:
    assert plan_words(plan, SAM) == words


@pytest.mark.parametrize(
    ("wait", "planned", "is_first", "words"),
    [
        (Wait(3), Planned(NOW, NOW), True, "It goes three days after the follow-ups began."),
        (
            Wait(1, WaitUnit.BUSINESS_DAYS),
            Planned(NOW, NOW),
            False,
            "It goes one business day after the email before it.",
        ),
        (Wait(0), Planned(NOW, NOW), False, "It goes right after the email before it."),
        (
            Wait(5, WaitUnit.HOURS),
            Planned(at("2026-03-16 08:30"), at("2026-03-14 20:00"), Shift.DAY_OFF),
            False,
            (
                "It goes five hours after the email before it. "
                "That is Saturday, which is outside your hours, so it waits for the next opening."
            ),
        ),
        (
            Wait(3),
            Planned(at("2026-03-13 09:00"), at("2026-03-11 09:00")),
            False,
            (
                "It goes three days after the email before it. "
                "That was yesterday at 9:00 am, and since then it had to wait."
            ),
        ),
    ],
)
def test_an_email_to_come_says_why_then(wait: Wait, planned: Planned, is_first: bool, words: str) -> None:  # noqa: FBT001 - a case of the table
    assert why_then(wait, planned, SAM, is_first=is_first) == words
