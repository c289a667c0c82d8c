"""What the editor says beside a text, before it is saved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crm.rules.wording import Check, Wording, checks, private_words

LETTER = Wording(
    "Still here, if it’s useful",
    "A free fifteen-minute call, whenever you’re ready.",
    "Hi {first name},\n\nNo need to explain.\n\n{button Tell me when suits you}\n\nWarmly,\n{my name}",
)
RENDERED = " ".join(["word"] * 112)


def told(wording: Wording, rendered: str = RENDERED, sender: str = "Connor at Spring Street") -> list[Check]:
    return checks(wording, rendered, sender)


def test_a_good_letter_passes_every_check() -> None:
    assert told(LETTER) == [
        Check(ok=True, sentence="112 words, one link, no images, no tracking"),
        Check(ok=True, sentence="Sender, subject and preview say nothing private"),
        Check(ok=True, sentence="The subject fits on a phone"),
    ]


@pytest.mark.parametrize(
    ("body", "links"),
    [
        ("No link at all.", "no links"),
        ("{button Tell me when suits you}", "one link"),
        ("Here: {booking link}", "one link"),
        ("[my page](https://example.com/a)", "one link"),
        ("https://example.com/a", "one link"),
        ("{button Yes} or [my page](https://example.com) or https://example.com/b", "three links"),
    ],
)
def test_links_are_counted_however_they_are_written(body: str, links: str) -> None:
    assert f", {links}," in told(replace(LETTER, body=body))[0].sentence


@pytest.mark.parametrize("body", ["![me](https://example.com/me.png)", 'Hi <img src="x">'])
def test_an_image_is_named(body: str) -> None:
    size = told(replace(LETTER, body=body))[0]

    assert not size.ok
    assert "one image" in size.sentence


def test_a_long_letter_is_named_by_its_count() -> None:
    size = told(LETTER, "word " * 251)[0]

    assert not size.ok
    assert size.sentence.startswith("251 words")


def test_one_word_is_one_word() -> None:
    assert told(LETTER, "Hi")[0].sentence.startswith("1 word,")


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("About your therapy", ["therapy"]),
        ("From your Therapist", ["Therapist"]),
        ("Counselling and counseling", ["Counselling", "counseling"]),
        ("Our session", ["session"]),
        ("Your appointment on Monday", ["appointment"]),
        ("On anxiety and depression", ["anxiety", "depression"]),
        ("Feeling anxious? Depressed?", ["anxious", "Depressed"]),
        ("Mental health matters", ["Mental health"]),
        ("Psychotherapy", ["Psychotherapy"]),
        ("Panic, trauma, grief", ["Panic", "trauma", "grief"]),
        ("For our clients and patients", ["clients", "patients"]),
        ("I got your note", []),
        ("Still here, if it’s useful", []),
        ("About cost, plainly", []),
        ("The door stays open", []),
        ("Whenever you’re ready", []),
        ("People I’d trust with this", []),
        ("Talking today at 11:15", []),
        ("Impatient? Obsessions with trains", []),
    ],
)
def test_private_words_are_found_and_others_left_alone(subject: str, words: list[str]) -> None:
    assert private_words(subject) == words


@pytest.mark.parametrize(
    ("change", "sender", "sentence"),
    [
        (
            {"subject": "Your therapy"},
            "Connor",
            "Shows on a lock screen: the subject says “therapy”",
        ),
        (
            {"preview": "About our session"},
            "Connor",
            "Shows on a lock screen: the preview line says “session”",
        ),
        ({}, "Spring Street Therapy", "Shows on a lock screen: the sender says “Therapy”"),
        (
            {"subject": "Therapy, grief"},
            "The clinic",
            "Shows on a lock screen: the sender says “clinic” and the subject says “Therapy” and “grief”",
        ),
    ],
)
def test_what_a_lock_screen_would_tell_is_named(change: dict[str, str], sender: str, sentence: str) -> None:
    assert told(replace(LETTER, **change), sender=sender)[1] == Check(ok=False, sentence=sentence)


@pytest.mark.parametrize(
    ("subject", "ok"),
    [("a" * 44, True), ("a" * 45, False), ("a" * 200, False), ("", False), ("   ", False)],
)
def test_a_subject_fits_on_a_phone(subject: str, *, ok: bool) -> None:
    assert told(replace(LETTER, subject=subject))[2].ok is ok
