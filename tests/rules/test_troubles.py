"""Emails that need the owner, in his words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.rules.sending import MessageKind, MessageState
from crm.rules.troubles import Trouble, TroubleFacts, is_dead, tell

ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 3, 10, 20, 52, tzinfo=UTC)
BOUNCED = TroubleFacts(
    MessageKind.STEP, MessageState.FAILED, "Owen", "Owen Fitz", "owen.fitz@gmial.com", "About cost, plainly",
    "550 5.1.2 no such domain", 1, NOW, NOW, follow_ups_ended=True,
)  # fmt: skip
UNCERTAIN = replace(
    BOUNCED, state=MessageState.UNCERTAIN, name="Lena", full_name="Lena Brooks", follow_ups_ended=False
)
DELAYED = replace(
    UNCERTAIN,
    state=MessageState.SCHEDULED,
    name="Tomas",
    full_name="Tomas Vela",
    reply="451 4.7.1 try later",
    attempts=2,
    due_at=NOW + timedelta(minutes=38),
)


def reason(facts: TroubleFacts) -> str:
    return "".join(span.text for span in tell(facts, NOW, ZONE).reason)


def test_a_slip_in_the_address_is_guessed() -> None:
    assert tell(BOUNCED, NOW, ZONE).heading == "Owen Fitz’s email bounced"
    assert reason(BOUNCED) == (
        "There is no “gmial.com”. Did they mean owen.fitz@gmail.com? Owen’s follow-ups stopped."
    )


def test_an_address_that_nobody_has_is_told_without_a_guess() -> None:
    sam = replace(BOUNCED, name="Sam", address="sam@example.org", reply="550 5.1.1 unknown user")

    assert reason(sam) == (
        "The mail server says that nobody has the address sam@example.org. Sam’s follow-ups stopped."
    )


def test_an_uncertain_email_is_not_sent_again_by_itself() -> None:
    earlier = replace(UNCERTAIN, at=NOW - timedelta(hours=4, minutes=40))

    assert tell(earlier, NOW, ZONE).heading == "We can’t tell if Lena Brooks got “About cost, plainly”"
    assert reason(earlier).startswith("The connection dropped at 9:12 am, just after we handed it over.")


def test_a_delayed_email_says_when_it_is_tried_again() -> None:
    assert tell(DELAYED, NOW, ZONE).heading == "Your mail server turned away an email to Tomas Vela"
    assert reason(DELAYED).startswith("It said “try later”. We tried twice and try again at 2:30 pm.")


def test_a_server_that_is_silent_said_nothing() -> None:
    silent = replace(DELAYED, reply="timed out", attempts=1)

    assert reason(silent) == "It didn’t answer. We tried once and try again at 2:30 pm. Nothing to do yet."


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        ("550 5.7.1 blocked by policy", Trouble.REFUSED),
        ("552 5.2.2 mailbox full", Trouble.REFUSED),
        ("550-5.1.1 nobody here", Trouble.BOUNCED),
        ("the text can’t be sent: Body: a blank is missing", Trouble.UNSENDABLE),
    ],
)
def test_refusals_are_told_apart(reply: str, trouble: Trouble) -> None:
    assert replace(BOUNCED, reply=reply).trouble is trouble


def test_a_code_in_the_middle_of_the_words_means_nothing() -> None:
    assert not is_dead("550 blocked, see 5.1.1")


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("facts", [BOUNCED, UNCERTAIN, DELAYED, replace(BOUNCED, reply="554 no")])
def test_every_trouble_of_every_kind_has_words(facts: TroubleFacts, kind: MessageKind) -> None:
    told = tell(replace(facts, kind=kind), NOW, ZONE)

    assert told.heading
    assert told.reason
