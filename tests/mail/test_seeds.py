from __future__ import annotations

import pytest

from crm.models.sequence import Trigger
from crm.rules.windows import Wait
from crm.rules.wording import Wording, checks, private_words
from crm.seeds.sequences import SEQUENCES
from crm.seeds.texts import TEMPLATES

NEVER = (
    "just checking in",
    "circling back",
    "following up",
    "follow up",
    "last chance",
    "don’t miss",
    "limited",
    "discount",
    "act now",
    "hurry up",
    "as soon as possible",
    "please note",
    "guarantee",
    "you will feel",
    "session",
    "!",
)
"""Guilt, urgency, promises of an outcome, and the words of salespeople (design/UI.md, 7)."""

every_text = pytest.mark.parametrize("wording", TEMPLATES.values(), ids=TEMPLATES)


@every_text
def test_a_subject_is_short_and_safe_on_a_lock_screen(wording: Wording) -> None:
    assert 0 < len(wording.subject) < 45
    assert private_words(f"{wording.subject} {wording.preview}") == []
    assert "{" not in wording.subject
    capitals = [word for word in wording.subject.split()[1:] if word[0].isupper()]
    assert all(word.startswith("I") for word in capitals)


@every_text
def test_a_text_never_presses(wording: Wording) -> None:
    said = f"{wording.subject} {wording.preview} {wording.body}".lower()

    assert [phrase for phrase in NEVER if phrase in said] == []


@every_text
def test_a_text_is_a_letter(wording: Wording) -> None:
    assert wording.body.startswith("Hi {first name},\n")
    assert wording.body.endswith("\n{my name}\n")
    assert len(wording.body.split()) <= 170
    assert all(check.ok for check in checks(wording, wording.body, "Connor at Spring Street"))
    assert (
        "Choose a time" not in wording.body
    )  # there are no times to choose from on the page behind the button


def test_every_text_is_sent_by_some_sequence() -> None:
    sent = {step.template_key for sequence in SEQUENCES for step in sequence.steps}

    assert sent == TEMPLATES.keys()


def test_every_sequence_begins_with_something_that_happens() -> None:
    assert [Trigger(sequence.trigger) for sequence in SEQUENCES] == [
        Trigger.INQUIRY,
        Trigger.ANSWERED,
        Trigger.NO_SHOW,
        Trigger.REFERRED_OUT,
    ]


def test_a_new_inquiry_is_answered_at_once_and_then_on_days_3_8_and_18() -> None:
    new_inquiry = SEQUENCES[0]

    assert [TEMPLATES[step.template_key].subject for step in new_inquiry.steps] == [
        "I got your note",
        "Still here, if it’s useful",
        "About cost, plainly",
        "The door stays open",
    ]
    assert [step.at_once for step in new_inquiry.steps] == [True, False, False, False]
    assert [step.wait for step in new_inquiry.steps[1:]] == [Wait(3), Wait(5), Wait(10)]
    assert new_inquiry.quiet_days == 14


def test_somewhere_we_say_that_we_may_not_be_the_right_one() -> None:
    said = " ".join(TEMPLATES["still_here"].body.split())

    assert "I may not be the right one. Then I’ll say so, and help you find who is." in said


def test_the_acknowledgement_promises_a_time_and_offers_a_sooner_way() -> None:
    said = " ".join(TEMPLATES["got_your_note"].body.split())

    assert "by **{reply-by time}**" in said
    assert "If you’d rather talk sooner" in said
    assert "less private than a conversation" in said
