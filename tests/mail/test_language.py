from __future__ import annotations

import resource
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.mail.allowed import Refusal, inspect
from crm.mail.language import BrokenText, Problem, check
from crm.mail.letters import Blanks, Crisis, Frame, letter
from crm.mail.pieces import BLANKS
from crm.rules.wording import Wording
from crm.seeds.texts import TEMPLATES
from tests.mail.hostile import BENIGN, HOSTILE

MAYA = Blanks(first_name="Maya", my_name="Connor", booking_link="https://crm.example/call/1")


def saying(body: str) -> Wording:
    return Wording("A subject", "", body)


def sentences(body: str) -> list[str]:
    return [problem.message for problem in check(saying(body))]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: body[:40])
def test_a_hostile_text_is_refused_at_save_and_never_compiled(body: str) -> None:
    assert sentences(body)
    with pytest.raises(BrokenText):
        letter(saying(body))


def test_all_hostile_texts_are_refused_within_a_second_and_200_mb() -> None:
    assert len(HOSTILE) >= 220
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = process_time()

    accepted = [body for body in HOSTILE if not check(saying(body))]

    assert accepted == []
    assert process_time() - began < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


@pytest.mark.parametrize("body", [body for body in HOSTILE if len(body) < 900], ids=lambda body: body[:40])
def test_a_hostile_subject_is_refused_too(body: str) -> None:
    assert [each.where for each in check(Wording(body, "", "Hi"))] or "](" in body or "button" in body


@pytest.mark.parametrize("body", BENIGN)
def test_a_benign_text_is_filled(body: str) -> None:
    assert sentences(body) == []

    filled = letter(saying(body)).fill(MAYA, Frame())

    assert filled.text.strip() == BENIGN[body]


@pytest.mark.parametrize("key", TEMPLATES)
def test_what_we_ship_can_be_saved(key: str) -> None:
    assert check(TEMPLATES[key]) == []


def test_an_unknown_blank_is_named_and_the_nearest_one_offered() -> None:
    assert check(Wording("About {fist name}", "", "Hi {there}, {{ my_nam }}")) == [
        Problem("subject", "There is no blank called {fist name}. Did you mean {first name}?"),
        Problem("body", "There is no blank called {there}."),
    ]
    assert sentences("{{ my_nam }}") == ["There is no blank called {my nam}. Did you mean {my name}?"]


def test_only_the_blanks_that_are_known_here_can_be_used() -> None:
    known = frozenset({"first name"})

    assert check(saying("Hi {first name}"), known) == []
    assert [each.message for each in check(saying("{my name} {{ my_name }}"), known)] == [
        "There is no blank called {my name}."
    ]
    assert check(saying("{button Here}"), known) != []


def test_every_blank_on_the_menu_can_be_inserted() -> None:
    menu = "\n\n".join("{button Tell me}" if name == "button" else f"{{{name}}}" for name in sorted(BLANKS))

    assert sentences(menu) == []


def test_a_button_or_a_link_has_no_place_in_a_subject() -> None:
    for subject in ("{button Here}", "{booking link}"):
        assert check(Wording(subject, "", "Hi"))[0].where == "subject"


def test_problems_are_told_in_the_owners_words() -> None:
    assert sentences("{{ first_name.upper() }}") == [
        "Calling something can’t be used in an email; blanks, and if and else, can."
    ]
    assert sentences("{% for x in first_name %}{% endfor %}") == [
        "A loop can’t be used in an email; blanks, and if and else, can."
    ]
    assert sentences("[x](javascript:1)") == ["A link can’t lead to “javascript:1”."]
    assert sentences("Press {button Here}") == ["The button needs a line of its own."]


def test_a_broken_text_says_all_its_problems() -> None:
    with pytest.raises(BrokenText, match=r"Subject: .*Body: ") as broken:
        letter(Wording("{a}", "", "{b}"))

    assert len(broken.value.problems) == 2


SCRAPS = st.lists(
    st.sampled_from(
        [
            *"{}*_[]()<>`\\\n\ue000\ue001\x00",
            *(
                "{{",
                "}}",
                "{%",
                "%}",
                "{#",
                "#}",
                "**",
                "](",
                "\n\n",
                "- ",
                "1. ",
                "x ",
                "&amp;",
                "https://a.example",
            ),
            *("{first name}", "{{ first_name }}", "{booking link}", "{button Go}", "{{ 7 }}", " config "),
            *("{% if my_name %}", "{% else %}", "{% endif %}"),
        ]
    ),
    max_size=14,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(SCRAPS)
def test_whatever_is_typed_is_refused_or_becomes_a_letter_of_allowed_pieces(body: str) -> None:
    wording = saying(body)
    if check(wording):
        return

    letter.cache_clear()
    made = letter(wording)

    content = made.fill(
        Blanks(first_name="<b>{{ 7 }}"), Frame("why", "where", "https://a.example", Crisis.LAST)
    )
    assert "<b>" not in content.html
    assert not any("\ue000" <= character <= "\uf8ff" for character in content.html + content.text)


@given(st.text(max_size=60))
def test_any_text_at_all_is_checked_without_an_accident(body: str) -> None:
    problems = check(Wording(body, body, body))

    assert all(problem.where in {"subject", "preview", "body"} and problem.message for problem in problems)


@pytest.mark.parametrize("source", ["{{ 1 + 1 }}", "{{ a.b }}", "{{ first_name.b }}", "{% set a = 1 %}"])
def test_the_allow_list_stands_by_itself(source: str) -> None:
    with pytest.raises(Refusal):
        inspect(source, frozenset({"first_name"}))
