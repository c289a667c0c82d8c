"""Who came through a Spanish form is told everything in Spanish: pages, letters, days and times."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from crm.rules.intake import FormShown, Submission
from crm.rules.sheets import FormLanguage
from tests.flows.test_call_notes import HOUR, calls_off, moves
from tests.practice import Practice
from tests.rules.test_page_words import ENGLISH_WORDS
from tests.web.reading import read
from tests.web.test_times import THURSDAY, chooses, takes_calls

ANA, PHONE = "ana@example.org", "+13105550100"
NAMES = re.compile(r"Connor|Spring Street[\w ]*|Los Angeles|CA|Schedule a call")


@pytest.fixture
def ana(practice: Practice) -> int:
    """She wrote through a form in Spanish."""
    shown = FormShown(version_id=1, language=FormLanguage.SPANISH)
    return practice.submits(Submission("Ana Ruiz", ANA, PHONE, "¿Podemos hablar?", nonce="n", form=shown))


@pytest.fixture
def link(practice: Practice, ana: int) -> str:
    with practice.reading():
        return f"/call/{practice.lead(ana).page_token}"


def english_on(page: str) -> list[str]:
    """The English words a person sees or hears on a page, but for names."""
    html = read_text(page)
    return ENGLISH_WORDS.findall(NAMES.sub(" ", html))


def read_text(page: str) -> str:
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    heard = re.findall(r'(?:aria-label|title|placeholder|data-busy|data-whole)="([^"]*)"', bare)
    return " ".join((re.sub(r"<[^>]*>", " ", bare), *heard))


def books(practice: Practice, ana: int, link: str, visitor: FlaskClient) -> str:
    """The address of her call."""
    answer = chooses(visitor, link.removeprefix("/call/"))
    assert answer.status_code == 303
    return str(answer.location)


def test_the_language_of_the_newest_form_is_theirs(practice: Practice, ana: int) -> None:
    with practice.reading():
        assert practice.lead(ana).language is FormLanguage.SPANISH

    practice.submits(Submission("Ana Ruiz", ANA, message="Again", nonce="m", form=FormShown(version_id=1)))

    with practice.reading():
        assert practice.lead(ana).language is FormLanguage.ENGLISH


@pytest.mark.parametrize(
    "path", ["/times", "/times?zone=Asia/Kolkata", "/wishes", "/thanks", "?say=else", "/details"]
)
def test_her_pages_are_in_spanish(practice: Practice, visitor: FlaskClient, link: str, path: str) -> None:
    takes_calls(practice, by_video=True, in_person=True)

    page = visitor.get(link + path)

    assert page.status_code == 200
    assert '<html lang="es"' in page.text
    assert english_on(page.text) == []


def test_what_stands_under_each_letter_is_in_spanish(practice: Practice, ana: int) -> None:
    """The words between are the owner's own; those she may need most are not."""
    practice.advance(days=9)

    first, second, third = practice.outbox.to(ANA)
    assert "Llame o envíe un mensaje de texto al 988" in first.text
    assert "Recibe este mensaje porque pidió una llamada en springstreet.example." in first.text
    assert "No recibir más estos correos: http" in first.text
    assert "Pidió una llamada en springstreet.example el 10 de marzo. Le escribiré como mucho" in second.text
    assert all('<html lang="es"' in each.html for each in (first, second, third))
    assert not any("Stop these emails" in each.text + each.html for each in (first, second, third))


def test_days_and_times_are_told_as_in_spanish(practice: Practice, visitor: FlaskClient, link: str) -> None:
    takes_calls(practice)

    page = visitor.get(f"{link}/times").text

    assert "jueves 12 de marzo, 9:00 a.m." in page
    assert "hora de Los Ángeles" in page
    assert "Quince minutos con Connor, sin costo." in page


def test_her_call_is_shown_moved_and_called_off_in_spanish(
    practice: Practice, visitor: FlaskClient, ana: int, link: str
) -> None:
    takes_calls(practice)
    call = books(practice, ana, link, visitor)

    for page in (call, link, f"{link}/times"):
        shown = visitor.get(page).text
        assert english_on(shown) == []
    assert read(visitor.get(call)).heading == "Hablamos entonces."
    off = visitor.post(f"{call}/cancellation", follow_redirects=True)
    assert read(off).heading == "Esta llamada está cancelada."
    assert english_on(off.text) == []


@pytest.mark.parametrize(
    "typed",
    [
        {"answer": "found"},
        {"answer": "not_now", "again": "2026-06"},
        {"answer": "times", "days": ["Monday"], "times": ["Evenings"], "by": "Video"},
    ],
)
def test_answers_are_thanked_for_in_spanish_and_kept_in_the_owners_language(
    practice: Practice, visitor: FlaskClient, ana: int, link: str, typed: dict[str, str]
) -> None:
    page = visitor.post(link, data=typed).text

    assert '<html lang="es"' in page
    assert english_on(page) == []
    with practice.reading():
        (said,) = [event.reply.text for event in practice.lead(ana).events if event.reply]
    assert said.startswith(
        ("I’ve found", "Not now. Please write again in June.", "I’d like to talk, by video.")
    )


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/details", {}),
        ("/details", {"email": "ana@gmial.com"}),
        ("/details", {"phone": "12"}),
        ("/details", {"name": "x" * 400}),
        ("/wishes", {}),
        ("/wishes", {"first": "x" * 300}),
        ("/times", {}),
        ("/times", {"at": THURSDAY, "by": "phone", "number": "12"}),
    ],
)
def test_what_is_refused_is_said_in_spanish(
    practice: Practice, visitor: FlaskClient, link: str, path: str, typed: dict[str, str]
) -> None:
    takes_calls(practice)

    page = visitor.post(link + path, data=typed)

    assert page.status_code == 422
    assert english_on(page.text) == []


def test_stopping_is_in_spanish(practice: Practice, visitor: FlaskClient, ana: int) -> None:
    with practice.reading():
        stop = f"/stop/{practice.lead(ana).unsubscribe_token}"

    pages = [
        visitor.get(stop),
        visitor.post(stop),
        visitor.post(f"{stop}/undo"),
        visitor.post(f"{stop}/erasure"),
    ]
    assert all('<html lang="es"' in page.text for page in pages)

    assert [english_on(page.text) for page in pages] == [[], [], [], []]


def test_the_emails_about_her_call_are_in_spanish_their_calendar_too(
    practice: Practice, visitor: FlaskClient, ana: int, link: str
) -> None:
    takes_calls(practice)
    practice.work()
    practice.outbox.received.clear()
    books(practice, ana, link, visitor)
    practice.work()
    moves(practice, ana, HOUR)
    practice.work()
    calls_off(practice, ana)
    practice.work()

    mails = practice.outbox.to(ANA)
    assert [mail.subject for mail in mails] == [
        "Hablamos: jue 12 de marzo, 9:00 a.m.",
        "Nueva hora: jue 12 de marzo, 10:00 a.m.",
        "Nuestra llamada queda cancelada",
    ]
    assert mails[0].text.startswith("Ana:\r\n")
    assert "Hablamos el jueves 12 de marzo a las 9:00 a.m. (hora del Pacífico)." in mails[0].text
    for mail in mails:
        assert ENGLISH_WORDS.findall(NAMES.sub(" ", re.sub(r"https?://\S+", " ", mail.text))) == []
        assert '<html lang="es"' in mail.html
        part = next(each for each in mail.mail.walk() if each.get_content_type() == "text/calendar")
        (event,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
        said = " ".join(str(event[name]) for name in ("SUMMARY", "DESCRIPTION", "LOCATION"))
        assert ENGLISH_WORDS.findall(NAMES.sub(" ", re.sub(r"https?://\S+", " ", said))) == []
