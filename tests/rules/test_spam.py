"""Spam is known by signs that can be read, never by its subject; and what the rules do is counted."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.body_print import are_alike, body_print
from crm.rules.intake import Limits, Submission, TokenProblem
from crm.rules.proof import BITS, is_proof
from crm.rules.senders import is_a_role, is_thrown_away
from crm.rules.spam import ALWAYS_ENOUGH, ENOUGH, PITCH_WEIGHTS, WORDS, Evidence, Judgement, Sign, judge
from tests.rules.labelled import Share, labelled, suspects

MAYA = Submission(
    name="Maya Okafor",
    email="maya.o@example.com",
    message="I read your piece about not going to therapy and it put words to something.",
    seconds_to_fill=94.0,
)
LIMITS = Limits(min_seconds=2.0)
KEY = b"a key that nobody else has"


def judged(evidence: Evidence | None = None, /, **change: object) -> Judgement:
    note = replace(MAYA, **change)  # type: ignore[arg-type]  # a table of changes has no narrower type
    return judge(note, LIMITS, evidence or Evidence())


def reasons(**change: object) -> list[str]:
    return judged(None, **change).reasons


GENUINE = [
    "I lost a lot of money gambling and my wife doesn’t know. Can we talk?",
    "My debts are over $40,000 and I can’t sleep.",
    "We have sexual problems since the baby. Is this something you work with?",
    "I take Viagra and Xanax and feel ashamed of both.",
    "I work in crypto and burned out. FREE most evenings!!!",
    "Casino shifts, nights only. Could we do mornings?",
    "Is there a discount for students? What does it cost?",
    "I found you at https://springstreet.example/articles/peanuts and it hit home.",
    "My page is https://a.example, my work https://b.example, just so you know who writes.",
    "URGENT please call me, I can’t click through another insurance website.",
    "Necesito ayuda, ¿atiende en español?",
    "ok",
    "",
    "Hi :) my ex posted things about me on www.example.com and I am falling apart",
    "I want to lose weight and gain confidence. I’ve won nothing in life so far.",
    "100% burned out. Act now or never, I told myself.",
    "My mother died in the fall and I have been “managing”.",
    "Я ищу терапевта, который говорит по-русски.",
    "我想预约一次咨询。",
    "Do you take payment plans? I can pay cash, no insurance.",
]


@pytest.mark.parametrize("message", GENUINE)
def test_no_words_make_a_genuine_inquiry_suspect(message: str) -> None:
    assert reasons(message=message) == []


@pytest.mark.parametrize(
    "name",
    [
        "Maya Okafor",
        "M.",
        "Dr. J. R. Smith Jr.",
        "Ana-Lucía O’Hara",
        "李雷",
        "maya.o@example.com",  # typed into the wrong field
        "Sam (they/them)",
        "Mary.Ann",
        "",
    ],
)
def test_people_may_be_called_anything(name: str) -> None:
    assert reasons(name=name) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"honeypot": "https://spam.example"}, "it filled in a field that people can’t see"),
        ({"seconds_to_fill": 0.4}, "it was sent faster than anyone can type"),
        ({"seconds_to_fill": 0.0}, "it was sent faster than anyone can type"),
        ({"seconds_to_fill": -3.0}, "it was sent faster than anyone can type"),
        ({"token_problem": "missing"}, "it didn’t come from your form"),
        ({"token_problem": TokenProblem.FORGED}, "it didn’t come from your form"),
        ({"name": "Claim it http://spam.example"}, "there is a link in the name"),
        ({"name": "www.spam.example"}, "there is a link in the name"),
        ({"name": "You won! best-pills.com"}, "there is a link in the name"),
        ({"name": "Cheap.ru cheap.cn cheap.top"}, "there is a link in the name"),
        ({"name": '<a href="//spam.example">Hi</a>'}, "there is a link in the name"),
        ({"message": "http://a http://b http://c http://d"}, "its message is full of links"),
        ({"message": "hello [url=spam.example]click[/url]"}, "its message holds links as code"),
        ({"message": 'hello <A  HREF="x">click</a>'}, "its message holds links as code"),
    ],
)
def test_a_machine_is_known_by_its_structure(change: dict[str, object], words: str) -> None:
    assert reasons(**change)[0] == words


@pytest.mark.parametrize(
    "change",
    [
        {"honeypot": "   "},
        {"seconds_to_fill": 2.0},
        {"seconds_to_fill": None},  # a form without our clock, such as the plain fallback
        {"token_problem": None},
        {"token_problem": TokenProblem.EXPIRED},  # a tab left open overnight
        {"token_problem": "expired"},
    ],
)
def test_what_a_person_may_well_do_is_no_suspicion(change: dict[str, object]) -> None:
    assert reasons(**change) == []


def test_every_suspicion_is_told() -> None:
    assert len(reasons(name="http://spam.example", honeypot="x", seconds_to_fill=0.1)) == 3


def test_every_sign_has_its_words() -> None:
    assert set(WORDS) == set(Sign)


def test_the_figures_of_our_labelled_texts() -> None:
    """Typed into the form by hand, each alone: the hardest case. Odd lines were tuned on, even ones not."""
    assert suspects("real", "tuned on") == suspects("real", "held out") == Share(0, 62)
    assert suspects("spam", "tuned on") == Share(38, 48)
    assert suspects("spam", "held out") == Share(36, 48)


@pytest.mark.parametrize("note", labelled("real"), ids=lambda note: note.name)
def test_what_people_write_is_far_from_being_suspect(note: Submission) -> None:
    """One more sign, such as a busy network or a browser without scripts, must not tip it."""
    assert judge(note, LIMITS, Evidence()).weight <= 0.8 * ENOUGH


def test_words_alone_are_never_enough() -> None:
    assert max(PITCH_WEIGHTS) < ENOUGH
    assert Sign.PITCH not in ALWAYS_ENOUGH


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(repeated=40),
        Evidence(from_network=40),
        Evidence(token_is_borrowed=True),
    ],
)
def test_no_coincidence_is_enough_by_itself(evidence: Evidence) -> None:
    """A waiting room, a text that a directory offers, a form sent from a shared computer."""
    assert not judged(evidence).is_suspect


@pytest.mark.parametrize(
    "change",
    [
        {"proof": False},
        {"email": "maya@yopmail.com"},
        {"email": "info@okafor-family.com"},
        {"email": "maya@okafor.xyz"},
        {"message": "This is me: https://maya.xyz"},
    ],
)
def test_no_oddity_of_a_shy_person_is_enough_by_itself(change: dict[str, object]) -> None:
    assert reasons(**change) == []


def test_of_whom_the_owner_said_they_are_no_spam_nothing_counts() -> None:
    known = Evidence(address_is_spam=False)

    assert judged(known, honeypot="x", message="http://a http://b http://c http://d").reasons == []


def test_a_network_he_trusts_is_no_crowd() -> None:
    links = "www.example.com and www.example.org, said the sign"
    crowd = Evidence(from_network=50)

    assert judged(crowd, message=links).is_suspect
    assert not judged(replace(crowd, network_is_spam=False), message=links).is_suspect


@pytest.mark.parametrize("taught", [Evidence(address_is_spam=True), Evidence(network_is_spam=True)])
def test_what_he_called_spam_is_a_suspect(taught: Evidence) -> None:
    assert judged(taught).reasons[0].startswith("you said that")


@pytest.mark.parametrize(
    ("address", "role", "thrown_away"),
    [
        ("Sales@shop.example", True, False),
        ("no-reply+7@shop.example", True, False),
        ("maya@YOPMAIL.com", False, True),
        ("maya@mail.yopmail.com.example", False, False),
        ("salesforce.fan@gmail.com", False, False),
        ("", False, False),
    ],
)
def test_what_an_address_says(address: str, role: bool, thrown_away: bool) -> None:  # noqa: FBT001 - a table
    assert (is_a_role(address), is_thrown_away(address)) == (role, thrown_away)


PITCH = (
    "Hi {name}, I came across your website and noticed that it is not on the first page. Our "
    "team can fix this in {n} "
    "days, see https://{name}.example/offer{n} for what others say about us."
)


def test_nearly_the_same_words_have_prints_that_are_alike() -> None:
    one, other = (body_print(PITCH.format(name=n, n=len(n)), KEY) for n in ("sam", "someone-else"))

    assert are_alike(one, other)
    assert not are_alike(one, body_print(MAYA.message + " Could we talk on Tuesday, please?", KEY))


def test_real_notes_are_not_alike() -> None:
    prints = [body_print(note.message, KEY) for note in labelled("real")]

    assert not any(are_alike(a, b) for n, a in enumerate(prints) for b in prints[:n])


def test_a_short_note_is_like_no_other() -> None:
    assert body_print("Please call me.", KEY) == ""
    assert not are_alike("", "")


def test_a_print_says_nothing_without_its_key() -> None:
    assert not are_alike(body_print(MAYA.message, KEY), body_print(MAYA.message, b"another"))
    assert len(body_print(f"{MAYA.message} " * 100, KEY)) == 72


def test_the_sum_of_a_form_is_for_that_form() -> None:
    proof = next(str(n) for n in range(10**6) if is_proof("this form", str(n)))

    assert not is_proof("another form", proof) or BITS < 8
    for wrong in ("", "-1", "1e3", "٣", "9" * 30, proof + "0"):
        assert not is_proof("this form", wrong) or wrong == proof


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_is_judged_without_a_fuss(message: str, name: str) -> None:
    found = judged(message=message, name=name)

    assert found.is_suspect == bool(found.reasons)
    assert all(finding.words for finding in found.findings)


@pytest.mark.parametrize(
    "pathological",
    [
        "a." * 10_000,
        "www." * 5_000,
        "your " * 4_000,
        "-" * 20_000,
        "a" * 20_000,
        "we " * 6_600,
        "x.x" * 6_600,
    ],
)
def test_no_text_makes_judging_slow(pathological: str) -> None:
    began = time.perf_counter()
    judged(message=pathological)

    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("kind", ["spam", "real"])
def test_what_is_said_in_another_field_of_a_form_weighs_the_same(kind: str) -> None:
    notes = labelled(kind)
    aside = [replace(note, message="", more=(("Comments", note.message),)) for note in notes]

    verdicts = [[judge(each, LIMITS, Evidence()).is_suspect for each in those] for those in (notes, aside)]

    assert verdicts[0] == verdicts[1]


def test_the_pages_that_a_form_names_by_itself_are_no_links_of_theirs() -> None:
    own = tuple(
        (name, f"https://springstreet.example/{name}")
        for name in ("page_url", "Landing page", "referrer", "form url")
    )

    assert reasons(message="Please call me.", more=own) == []
