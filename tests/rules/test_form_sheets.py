"""What a form asks and says: moved, kept and read again, whatever has happened to its record."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm.rules.framing import host_of, origin_of
from crm.rules.sheet_record import kept, sheet_from
from crm.rules.sheet_words import aside, button_words, thanks_words
from crm.rules.sheets import KNOWN, QUESTIONS_AT_MOST, Ask, FormLanguage, Question, Sheet
from crm.rules.windows import SendingWindow
from crm.seeds.forms import CONSULTATION, COUPLES, IN_SPANISH, KINDS, READY

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=10), inside, max_size=4),
    max_leaves=20,
)
WINDOW = SendingWindow(ZoneInfo("America/Los_Angeles"), frozenset(range(5)), time(8, 30), time(18))


def labels(sheet: Sheet) -> list[str]:
    return [each.label for each in sheet.questions]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_sheet_is_the_same_when_it_is_read_again(kind: object) -> None:
    sheet = kind.sheet  # type: ignore[attr-defined]

    assert sheet_from(json.loads(json.dumps(kept(sheet)))) == sheet


@given(JSON)
def test_whatever_a_record_holds_somebody_can_be_reached(record: object) -> None:
    assert sheet_from(record).reaches


@given(JSON, st.sampled_from(sorted(kept(CONSULTATION))))
def test_so_they_can_when_one_part_of_it_was_tampered_with(part: object, name: str) -> None:
    assert sheet_from(kept(CONSULTATION) | {name: part}).reaches


def test_what_makes_no_sense_in_a_record_is_left_out() -> None:
    good = {"key": "q1", "ask": "short", "label": "Good"}
    odd = [
        {"key": "q2", "ask": "", "label": ""},
        {"key": "pronouns", "ask": "pronouns", "label": "A fact of another version"},
        {"key": "token", "ask": "short", "label": "x"},
        {"key": "email", "ask": "phone", "label": "x"},
        {"key": "q1", "ask": "long", "label": "The same name again"},
        {"key": "q3", "ask": "short", "label": ""},
        "words",
    ]

    sheet = sheet_from(kept(CONSULTATION) | {"questions": [good, *odd]})

    assert labels(sheet) == ["Good", "Email"]
    assert sheet.needs(sheet.questions[1])


@pytest.mark.parametrize("ask", ["date", "", None, 7, ["short"], {"a": 1}])
def test_a_question_of_a_kind_that_this_version_does_not_know_is_asked_in_words(ask: object) -> None:
    unknown = {"key": "q1", "ask": ask, "label": "When were you born?", "required": True}
    choices = ["Red", "Blue"]
    ranked = {"key": "q2", "ask": ask, "label": "Put them in order", "choices": choices}

    first, second, *_ = sheet_from(kept(CONSULTATION) | {"questions": [unknown, ranked]}).questions

    assert first == Question("q1", Ask.LONG, "When were you born?")
    assert second == Question("q2", Ask.SEVERAL, "Put them in order", choices=("Red", "Blue"))


@given(JSON, st.sampled_from(["key", "ask", "label", "help", "required", "choices"]))
def test_whatever_stands_in_one_question_the_others_are_asked(part: object, name: str) -> None:
    record = kept(COUPLES)
    assume(name != "key" or part not in ["q2", *KNOWN])
    record["questions"][1] |= {name: part}

    others = [each for each in sheet_from(record).questions if each.key != "q1"]

    assert set(others) >= {each for each in COUPLES.questions if each.key != "q1"}


def test_a_question_goes_up_and_down_and_the_ends_stay_ends() -> None:
    assert labels(CONSULTATION.moved(2, -1))[:3] == ["Your name", "Phone", "Email"]
    assert CONSULTATION.moved(0, -1) == CONSULTATION
    assert CONSULTATION.moved(5, 1) == CONSULTATION
    assert CONSULTATION.moved(0, 1).moved(1, -1) == CONSULTATION


def test_a_new_question_gets_a_name_of_its_own_and_a_fact_is_asked_once() -> None:
    longer = COUPLES.with_question(READY["short"])

    assert longer.questions[-1].key == "q3"
    assert COUPLES.with_question(READY["email"]) == COUPLES


def test_a_new_question_never_gets_the_name_of_one_that_was_taken_out() -> None:
    shorter = COUPLES.without(len(COUPLES.questions) - 1)

    longer = shorter.with_question(READY["short"], {each.key for each in COUPLES.own})

    assert longer.questions[-1].key == "q3"


def test_an_own_question_may_be_asked_again_and_a_fact_or_the_same_words_may_not() -> None:
    sheet = COUPLES.with_question(replace(READY["long"], label="And?")).with_question(READY["reach"])

    addable = {name for name, question in READY.items() if sheet.may_ask(question)}

    assert addable == {"found_us", "whom", "short", "long", "one", "several", "yes_no"}


def test_a_form_grows_to_a_limit() -> None:
    sheet = CONSULTATION
    for _ in range(2 * QUESTIONS_AT_MOST):
        sheet = sheet.with_question(READY["short"])

    assert len(sheet.questions) == QUESTIONS_AT_MOST
    assert len({each.key for each in sheet.questions}) == QUESTIONS_AT_MOST


def test_the_only_way_to_an_answer_is_needed_whatever_the_owner_says() -> None:
    email = CONSULTATION.questions[1]

    assert not CONSULTATION.needs(email)
    assert CONSULTATION.without(2).needs(email)


def test_what_may_stay_empty_says_so_in_the_forms_language() -> None:
    assert [aside(CONSULTATION, each) for each in CONSULTATION.questions] == [
        "",
        "",
        "if you’d rather be called",
        "",
        "optional, a sentence is plenty",
        "optional",
    ]
    phone = next(each for each in IN_SPANISH.questions if each.ask is Ask.PHONE)
    assert aside(IN_SPANISH, phone) == "si prefiere que le llame"


def test_the_button_says_to_whom_it_goes_unless_the_owner_says_otherwise() -> None:
    assert button_words(CONSULTATION, "Connor") == "Send to Connor"
    assert button_words(IN_SPANISH, "Connor") == "Enviar a Connor"
    assert button_words(CONSULTATION, "") == "Send"
    assert button_words(replace(CONSULTATION, button="Off it goes"), "Connor") == "Off it goes"


@pytest.mark.parametrize(
    ("hour", "english", "spanish"),
    [
        (18, "by Wednesday midday", "a más tardar el miércoles al mediodía"),
        (21, "by Wednesday afternoon", "a más tardar el miércoles por la tarde"),
        (25, "by Wednesday evening", "a más tardar el miércoles a última hora de la tarde"),
    ],
)
def test_the_thank_you_names_a_day_and_never_a_clock(hour: int, english: str, spanish: str) -> None:
    by = datetime.fromtimestamp(datetime(2026, 3, 11, tzinfo=UTC).timestamp() + hour * 3600, UTC)
    in_spanish = replace(CONSULTATION, language=FormLanguage.SPANISH, thanks_words="{by when}")

    assert thanks_words(CONSULTATION, by, WINDOW).endswith(f"myself {english}.")
    assert thanks_words(in_spanish, by, WINDOW) == spanish


def test_braces_of_the_owners_are_only_words() -> None:
    odd = replace(CONSULTATION, thanks_words="{0} {by.__class__} %s {{7*7}}")

    assert thanks_words(odd, datetime(2026, 3, 11, 18, tzinfo=UTC), WINDOW) == odd.thanks_words


def test_a_question_with_a_hostile_label_is_kept_as_it_is() -> None:
    label = "<script>alert(1)</script> \u202eשלום 🫶 {{ 7*7 }}"
    sheet = replace(CONSULTATION, questions=(*CONSULTATION.questions, Question("q1", Ask.SHORT, label)))

    assert labels(sheet_from(kept(sheet)))[-1] == label


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("springstreet.example", "https://springstreet.example"),
        (" HTTPS://WWW.SpringStreet.example/contact?a=b#c ", "https://www.springstreet.example"),
        ("http://springstreet.example:8080", "http://springstreet.example:8080"),
        ("https://springstreet.example:443", "https://springstreet.example"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("日本.example", "https://xn--wgv71a.example"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("springstreet.example.", "https://springstreet.example"),
    ],
)
def test_a_site_is_understood_however_it_is_written(typed: str, origin: str) -> None:
    assert origin_of(typed) == origin


@pytest.mark.parametrize(
    "typed",
    ["", "*", "*.springstreet.example", "springstreet", "https://", "javascript:alert(1)", "ftp://a.example",
     "a.example; script-src *", "a.example 'unsafe-inline'", "user@a.example", "https://user:word@a.example",
     "a..example", "-a.example", "a.example:99999", "https://[::1]", "1.2.3", "999.1.1.1",
     "a" * 300 + ".example", "a.example,b.example", "a.example\u202e", "a.example'", "data:text/html,x",
     "//a.example", "a.example:x"],
)  # fmt: skip
def test_what_is_no_site_never_reaches_a_policy(typed: str) -> None:
    assert origin_of(typed) is None


def test_a_site_is_named_without_what_nobody_says() -> None:
    assert host_of("https://www.springstreet.example/contact") == "springstreet.example"
    assert host_of("https://[broken") == ""
