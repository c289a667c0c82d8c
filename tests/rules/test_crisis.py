"""Words that suggest danger: biased to false alarms, which are counted here so that nobody forgets them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.crisis import MOST_SHOWN, crisis_words
from crm.rules.crisis_phrases import ANY, pattern, shipped
from tests.rules.labelled import Share, messages, read_first

IN_DANGER = [
    # Said outright
    ("I want to die.", "want to die"),
    ("Honestly I’ve been suicidal since June", "suicidal"),
    ("ive been feeling sucidal", "sucidal"),
    ("thinking about su1cide again", "su1cide"),
    ("I’m going to kill myself tonight", "kill myself"),
    ("I keep thinking about ending my life.", "ending my life"),
    ("kms lol but not really joking", "kms"),
    ("I sometimes want to unalive", "unalive"),
    ("I want to take my own life", "take my own life"),
    ("I have been cutting myself again", "cutting myself"),
    ("self-harm, mostly at night", "self-harm"),
    ("I overdosed in March", "overdosed"),
    # Not wanting to be here
    ("I don't want to be here anymore", "don't want to be here anymore"),
    ("I don’t want to be here any more.", "don’t want to be here any more"),
    ("dont wanna be alive", "dont wanna be alive"),
    ("I DO NOT WANT TO LIVE", "DO NOT WANT TO LIVE"),
    ("I wish I could just fall asleep and not wake up", "not wake up"),
    ("There’s no reason to wake up.", "no reason to wake"),
    ("Most mornings I wish I hadn’t been born", "wish I hadn’t been born"),
    ("I just want to end it", "to end it"),
    ("I could end it all tonight", "end it all"),
    ("I can’t go on like this.", "can’t go on"),
    ("i cant do this anymore", "cant do this anymore"),
    ("I’m so tired of living", "tired of living"),
    ("I want to disappear", "want to disappear"),
    ("I just want it all to stop.", "want it all to stop"),
    ("Sometimes I think about not existing", "think about not existing"),
    ("I won’t be here next month", "won’t be here next"),
    ("If I died tomorrow the bills would be paid", "If I died"),
    ("What’s the point anymore?", "What’s the point"),
    ("I have nothing left to live for", "nothing left"),
    ("It feels hopeless", "hopeless"),
    ("I see no way out", "no way out"),
    ("I’ve given up on everything", "given up on everything"),
    # A burden
    ("They would be better off without me", "better off without me"),
    ("lately I’ve caught myself thinking everyone would be fine without me", "fine without me"),
    ("I’m such a burden to my kids", "such a burden"),
    ("Nobody would even notice if I was gone", "Nobody would even notice"),
    ("I don’t deserve to live", "don’t deserve to live"),
    # Means and farewells
    ("I have been saving up my pills", "saving up my pills"),
    ("I bought a gun last week", "bought a gun"),
    ("I think of driving into a wall on the 110", "driving into a wall"),
    ("I stood on the roof and nearly jumped off", "jumped off"),
    ("I’ve written the goodbye letters", "goodbye letters"),
    ("I know how I would do it", "how I would do it"),
    ("I’m giving away my things", "giving away my"),
    # Not safe
    ("I don’t feel safe with myself", "don’t feel safe"),
    ("I’m scared of what I might do", "scared of what I"),
    ("My husband hits me", "husband hits me"),
    ("I am afraid to go home", "afraid to go home"),
    ("he choked me on Sunday", "he choked me"),
    ("I’m afraid he will kill me", "afraid he will kill me"),
    ("I’m afraid I’ll hurt my baby", "hurt my baby"),
    ("the voices tell me to", "voices tell"),
    ("I want to kill him for what he did", "kill him"),
    # For someone else
    ("My son wants to die", "wants to die"),
    ("My daughter said she’d hurt herself", "hurt herself"),
    # En español
    ("Quiero morirme", "Quiero morirme"),
    ("ya no quiero vivir", "ya no quiero vivir"),
    ("He pensado en quitarme la vida", "quitarme la vida"),
    ("No puedo más", "No puedo más"),
    ("Mis hijos estarían mejor sin mí", "mejor sin mí"),
    ("No le encuentro sentido a la vida", "No le encuentro sentido a la vida"),
    ("Tengo ganas de desaparecer", "ganas de desaparecer"),
    ("A veces pienso en la muerte", "pienso en la muerte"),
    ("soy una carga para todos", "soy una carga"),
    ("quiero dormir y no despertar", "no despertar"),
    ("Me corto cuando nadie ve", "Me corto"),
    ("mi esposo me pega", "me pega"),
    ("No me siento segura en casa", "No me siento segura"),
    ("Estoy pensando en el suicidio", "suicidio"),
]

MISSED = {
    "Please call me as soon as you can, I'm falling apart and can't stop",
    "My sister found me last time and I promised I'd call someone first",
    "My roommate took my belts away",
    "I'm sitting in my car and I can't go inside",
    "I feel like a ghost and it's time to make it official",
    "I just need someone to know, before",
}
"""What these rules do not see: why 988 stands on the form and in every acknowledgement, whatever is found."""

FALSE_ALARMS = {
    "My grandmother passed away and I never said goodbye.",
    "I'm afraid I'll never find the right partner.",
    "I want to feel alive again.",
    "I live by a bridge in Echo Park, and I can come any time.",
    "I want to end it with my girlfriend kindly.",
    "I never felt safe with my last therapist.",
    "I’m a hopeless romantic.",
    "I can’t take it anymore, the commute I mean.",
    "What’s the point of small talk at parties?",
    "We lost my brother to suicide ten years ago.",
    "I saw the 988 number on your page, how thoughtful.",
    "My ex said I was a burden, I disagree.",
}


@pytest.mark.parametrize(("message", "words"), IN_DANGER)
def test_words_of_danger_are_found_exactly_as_they_were_written(message: str, words: str) -> None:
    found = crisis_words(message)

    assert any(words in each or each in words for each in found), found
    assert all(each in message for each in found)


def test_the_price_of_missing_few_is_counted() -> None:
    """Of messages in danger 6 in 174 are missed, of ordinary ones 12 in 159 are read first."""
    in_danger, ordinary = messages("in_danger"), messages("ordinary")

    assert {message for message in in_danger if not crisis_words(message)} == MISSED
    assert {message for message in ordinary if crisis_words(message)} == FALSE_ALARMS
    assert (len(in_danger), len(ordinary)) == (174, 159)


@pytest.mark.parametrize(
    ("kind", "on_top"),
    [
        ("crisis_first", Share(84, 84)),
        ("crisis_second", Share(41, 42)),
        ("crisis_third", Share(26, 30)),
        ("harmless_first", Share(16, 84)),
        ("harmless_second", Share(9, 42)),
        ("harmless_third", Share(1, 30)),
    ],
)
def test_oblique_words_and_harmless_ones_that_sound_alike_are_counted(kind: str, on_top: Share) -> None:
    """Whoever changes a phrase sees here what it does. docs/decisions.md has what unseen texts came to."""
    assert read_first(kind) == on_top


def test_ordinary_turns_of_phrase_wait_their_turn() -> None:
    assert crisis_words("Dying to meet you! My job is killing me, the deadline nearly finished us.") == []


@pytest.mark.parametrize(
    "message",
    [
        "I WANT TO DIE",
        "i   want\n\nto\tdie",
        "I want—to—die",
        "I want to di\u00ade",  # a soft hyphen
        "I w\u200bant to die",  # a zero-width space
        "I wánt to dìe",
        "\uff29 \uff57\uff41\uff4e\uff54 \uff54\uff4f \uff44\uff49\uff45",  # full-width letters
    ],
)
def test_however_it_is_typed_it_is_found_and_quoted_as_typed(message: str) -> None:
    [found] = crisis_words(message)

    assert found in message


@pytest.mark.parametrize("apostrophe", ["'", "’", "‘", "`", "´", ""])
def test_any_apostrophe_will_do(apostrophe: str) -> None:
    assert crisis_words(f"I don{apostrophe}t want to be here anymore")


def test_words_are_told_once_and_in_their_order() -> None:
    text = "I want to die. It is hopeless. I want to die."

    assert crisis_words(text) == ["want to die", "hopeless"]


def test_overlapping_words_are_underlined_once() -> None:
    [found] = crisis_words("I don’t want to live anymore")

    assert found == "don’t want to live anymore"


def test_nothing_is_nothing() -> None:
    assert crisis_words("") == []
    assert crisis_words("   \n") == []


def test_a_page_of_it_names_a_handful() -> None:
    page = " ".join(f"I want to die{'.' * n}" + f" kill myself{'!' * n} hopeless{n}" for n in range(1, 60))

    assert 0 < len(crisis_words(page)) <= MOST_SHOWN


def test_every_phrase_is_written_once_and_begins_with_a_word() -> None:
    texts = [phrase.text for phrase in shipped()]

    assert len(set(texts)) == len(texts)
    assert all(pattern(phrase).first != ANY for phrase in shipped())


@given(st.text(max_size=400))
def test_any_text_is_read_without_a_fuss(text: str) -> None:
    assert all(words and words in text for words in crisis_words(text))


@pytest.mark.parametrize(
    "pathological",
    ["want to " * 2500, "no " * 6600, "' " * 10000, "a" * 20000, "so " * 6600 + "die", "\u0301" * 20000],
)
def test_no_text_makes_it_slow(pathological: str) -> None:
    """Every gap in a phrase is bounded, so the cost grows with the text and no faster."""
    assert len(crisis_words(pathological)) <= MOST_SHOWN
