from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm.rules.smtp_replies import Judgement, Outcome, Phase, judge, no_answer, retry_at

GO_ON = Judgement(Outcome.GO_ON)
LATER = Judgement(Outcome.TRY_LATER)
ACCOUNT = Judgement(Outcome.TRY_LATER, account_level=True)
REFUSED = Judgement(Outcome.REFUSED)
DEAD = Judgement(Outcome.REFUSED, dead_address=True)
UNSURE = Judgement(Outcome.UNSURE)


@pytest.mark.parametrize(
    ("code", "text", "phase", "judgement"),
    [
        (220, "ready", Phase.CONNECT, GO_ON),
        (421, "4.3.2 too busy", Phase.CONNECT, ACCOUNT),
        (554, "5.3.2 no service", Phase.CONNECT, ACCOUNT),
        (235, "2.7.0 welcome", Phase.LOGIN, GO_ON),
        (535, "5.7.8 wrong", Phase.LOGIN, ACCOUNT),
        (454, "4.7.0 not now", Phase.LOGIN, ACCOUNT),
        (250, "2.1.0 fine", Phase.MAIL, GO_ON),
        (451, "4.7.1 not now", Phase.MAIL, LATER),
        (550, "5.7.1 not from you", Phase.MAIL, REFUSED),
        (550, "5.1.1 our own address", Phase.MAIL, REFUSED),
        (530, "5.7.0 authentication required", Phase.MAIL, ACCOUNT),
        (535, "5.7.8 not you", Phase.RCPT, ACCOUNT),
        (250, "2.1.5 fine", Phase.RCPT, GO_ON),
        (251, "2.1.5 will forward", Phase.RCPT, GO_ON),
        (421, "4.7.0 slow down", Phase.RCPT, LATER),
        (450, "4.2.1 greylisted", Phase.RCPT, LATER),
        (354, "go on", Phase.DATA, GO_ON),
        (250, "what for", Phase.DATA, LATER),
        (451, "4.3.0 not now", Phase.DATA, LATER),
        (554, "5.5.1 no valid recipients", Phase.DATA, REFUSED),
        (250, "2.0.0 queued", Phase.TEXT, GO_ON),
        (451, "4.3.0 not now", Phase.TEXT, LATER),
        (421, "4.3.2 shutting down", Phase.TEXT, LATER),
        (552, "5.3.4 too big", Phase.TEXT, REFUSED),
        (354, "go on", Phase.TEXT, UNSURE),
        (-1, "hello", Phase.TEXT, UNSURE),
        (-1, "hello", Phase.RCPT, LATER),
        (-1, "hello", Phase.CONNECT, ACCOUNT),
        (100, "hm", Phase.MAIL, LATER),
    ],
)
def test_an_answer_decides_what_becomes_of_the_mail(
    code: int, text: str, phase: Phase, judgement: Judgement
) -> None:
    assert judge(code, text, phase) == judgement


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.TEXT])
@pytest.mark.parametrize("code", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4"])
def test_these_codes_say_that_nobody_lives_there(code: str, phase: Phase) -> None:
    assert judge(550, f"{code} no such user", phase) == DEAD


@pytest.mark.parametrize(
    "text",
    [
        "5.2.2 mailbox full",
        "5.2.1 mailbox disabled",
        "5.7.1 blocked by policy, see 5.1.1",
        "5.7.26 unauthenticated mail",
        "5.1.8 bad sender",
        "5.1.11 odd",
        "5.1.100 odd",
        "4.1.1 odd",
        "No such user here",
        "",
    ],
)
def test_a_full_mailbox_or_a_policy_is_no_dead_address(text: str) -> None:
    assert judge(550, text, Phase.RCPT) == REFUSED


def test_only_silence_after_the_text_leaves_us_unsure() -> None:
    assert {phase: no_answer(phase).outcome for phase in Phase} == {
        Phase.CONNECT: Outcome.TRY_LATER,
        Phase.LOGIN: Outcome.TRY_LATER,
        Phase.MAIL: Outcome.TRY_LATER,
        Phase.RCPT: Outcome.TRY_LATER,
        Phase.DATA: Outcome.TRY_LATER,
        Phase.TEXT: Outcome.UNSURE,
    }


NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SCHEDULE = tuple(timedelta(minutes=each) for each in (5, 15, 45, 120, 240))
DAYS = timedelta(days=3)


def tried_again(attempts: int, now: datetime = NOON, jitter: float = 0.0) -> datetime | None:
    return retry_at(attempts, NOON, now, SCHEDULE, DAYS, jitter)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 5), (2, 15), (3, 45), (4, 120), (5, 240), (6, 240), (90, 240)]
)
def test_each_failure_waits_longer_and_then_no_longer(attempts: int, minutes: int) -> None:
    assert tried_again(attempts) == NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(("jitter", "minutes"), [(0.0, 15), (0.5, 16.5), (1.0, 18)])
def test_mails_that_failed_together_come_back_apart(jitter: float, minutes: float) -> None:
    assert tried_again(2, jitter=jitter) == NOON + timedelta(minutes=minutes)


def test_the_last_attempt_falls_on_the_end_of_the_patience() -> None:
    assert tried_again(20, now=NOON + DAYS - timedelta(hours=1)) == NOON + DAYS


def test_after_the_patience_there_is_no_attempt() -> None:
    assert tried_again(20, now=NOON + DAYS) is None


def test_a_mail_is_tried_for_three_whole_days() -> None:
    now, attempts = NOON, 1
    while again := tried_again(attempts, now, jitter=0.7):
        now, attempts = again, attempts + 1

    assert now == NOON + DAYS
    assert attempts < 30
