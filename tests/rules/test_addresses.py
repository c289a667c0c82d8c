"""Who an address belongs to, and what is said about one that looks unfinished."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.addresses import (
    MADE_UP_ENDINGS,
    PROVIDERS,
    base_mailbox,
    contact_key,
    normalize_email,
    suggest,
    unfinished,
)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("maya.o@example.com", "maya.o@example.com"),
        ("  maya.o@example.com\n", "maya.o@example.com"),
        ("Maya.O@Example.COM", "maya.o@example.com"),
        ("maya+call@example.com", "maya+call@example.com"),  # a tag may be another person's rule
        ("jos\u0065\u0301@example.com", "jos\u00e9@example.com"),
        ("JOSÉ@example.com", "josé@example.com"),
        ("maya@MÜNCHEN.example", "maya@xn--mnchen-3ya.example"),
        ("maya@xn--mnchen-3ya.example", "maya@xn--mnchen-3ya.example"),
        ("maya@mu\u0308nchen.example", "maya@xn--mnchen-3ya.example"),
        ("maya@straße.example", "maya@xn--strae-oqa.example"),  # not strasse.example, which is someone else's
        ("o'hara@example.com", "o'hara@example.com"),
        ('"odd@one"@example.com', '"odd@one"@example.com'),
        ("no address", "no address"),
    ],
)
def test_an_address_is_one_key_however_it_is_typed(typed: str, key: str) -> None:
    assert normalize_email(typed) == key


@given(st.emails() | st.text(max_size=60))
def test_a_key_of_a_key_is_the_key(address: str) -> None:
    assert normalize_email(normalize_email(address)) == normalize_email(address)


@pytest.mark.parametrize(
    ("email", "phone", "key"),
    [
        ("Maya@Example.com", "+12135550148", "mailto:maya@example.com"),
        ("Maya@Example.com", None, "mailto:maya@example.com"),
        (None, "+12135550148", "tel:+12135550148"),
        ("", " +12135550148 ", "tel:+12135550148"),
        ("   ", "+12135550148", "tel:+12135550148"),
        (None, None, None),
        ("", "", None),
        (" ", " ", None),
    ],
)
def test_someone_is_known_by_their_address_else_by_their_phone(
    email: str | None, phone: str | None, key: str | None
) -> None:
    assert contact_key(email, phone) == key


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("maya@example.com", "maya@example.com"),
        ("maya+1@example.com", "maya@example.com"),
        ("maya+1+2@example.com", "maya@example.com"),
        ("m.a.y.a@gmail.com", "maya@gmail.com"),
        ("M.a.y.a+spam@GoogleMail.com", "maya@gmail.com"),
        ("m.a.y.a@example.com", "m.a.y.a@example.com"),  # only Gmail's dots mean nothing
        ("+@example.com", "+@example.com"),
        ("...@gmail.com", "...@gmail.com"),
    ],
)
def test_many_spellings_of_one_mailbox_share_its_limits(address: str, mailbox: str) -> None:
    assert base_mailbox(address) == mailbox


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("owen.fitz@gmial.com", "owen.fitz@gmail.com"),
        ("owen@gmai.com", "owen@gmail.com"),
        ("owen@gmal.com", "owen@gmail.com"),
        ("owen@gmil.com", "owen@gmail.com"),
        ("owen@gamil.com", "owen@gmail.com"),
        ("owen@gnail.com", "owen@gmail.com"),
        ("owen@gmaill.com", "owen@gmail.com"),
        ("owen@ggmail.com", "owen@gmail.com"),
        ("owen@gmail.con", "owen@gmail.com"),
        ("owen@gmail.co", "owen@gmail.com"),
        ("owen@gmail.cm", "owen@gmail.com"),
        ("owen@gmailcom", "owen@gmail.com"),
        ("owen@gmial.con", "owen@gmail.com"),
        ("owen@gmail", "owen@gmail.com"),
        ("Owen@GMIAL.COM", "Owen@gmail.com"),
        ("owen@yaho.com", "owen@yahoo.com"),
        ("owen@yahooo.com", "owen@yahoo.com"),
        ("owen@yhaoo.com", "owen@yahoo.com"),
        ("owen@hotmial.com", "owen@hotmail.com"),
        ("owen@hotmai.com", "owen@hotmail.com"),
        ("owen@homail.com", "owen@hotmail.com"),
        ("owen@outlok.com", "owen@outlook.com"),
        ("owen@outloook.com", "owen@outlook.com"),
        ("owen@icoud.com", "owen@icloud.com"),
        ("owen@iclould.com", "owen@icloud.com"),
        ("owen@comcat.net", "owen@comcast.net"),
        ("owen@example.con", "owen@example.com"),
        ("owen@clinic.ogr", "owen@clinic.org"),
    ],
)
def test_a_slip_of_the_finger_is_guessed(typed: str, meant: str) -> None:
    assert suggest(typed) == meant


@pytest.mark.parametrize(
    "real",
    [
        *(f"owen@{provider}" for provider in PROVIDERS),
        "owen@mail.com",
        "owen@ymail.com",
        "owen@email.com",
        "owen@cloud.com",
        "owen@gmx.com",
        "owen@gmx.net",
        "owen@web.de",
        "owen@yahoo.ca",
        "owen@yahoo.co.uk",
        "owen@hotmail.fr",
        "owen@hotmail.de",
        "owen@outlook.de",
        "owen@live.com",
        "owen@me.com",
        "owen@aol.com",
        "owen@proton.me",
        "owen@hey.com",
        "owen@usc.edu",
        "owen@startup.co",
        "owen@somewhere.cm",
        "owen@family.community",
        "owen@horizon.net",
        "owen@gmail.example.com",
        "",
        "owen",
        "@gmial.com",
    ],
)
def test_a_real_address_is_left_alone(real: str) -> None:
    assert suggest(real) is None


def test_no_ending_that_exists_is_called_made_up() -> None:
    real = {
        "com",
        "net",
        "org",
        "edu",
        "co",
        "cm",
        "om",
        "io",
        "me",
        "us",
        "community",
        "company",
        "computer",
    }

    assert not real & MADE_UP_ENDINGS.keys()
    assert set(MADE_UP_ENDINGS.values()) <= real


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("maya.o@example", "That address looks unfinished. Is something missing after “example”?"),
        ("maya.o@example.", "That address looks unfinished. Is something missing after “example.”?"),
        ("maya.o@example.c", "That address looks unfinished. Is something missing after “example.c”?"),
        ("maya.o@.com", "That address looks unfinished. Is something missing before “.com”?"),
        ("@example.com", "That address looks unfinished. Is something missing before the @?"),
        ("maya.o@", "That address looks unfinished. Is something missing after the @?"),
        ("maya.o", "That address looks unfinished. Is the @ missing?"),
        ("maya.o.example.com", "That address looks unfinished. Is the @ missing?"),
        ("maya@gmail", "That address looks unfinished. Did you mean maya@gmail.com?"),
        ("maya@o@example.com", "There are two @ signs in that address. Which one belongs?"),
        ("maya o@example.com", "There is a space in that address."),
        ("maya@example,com", "There is a comma in that address. Should it be a dot?"),
        ("maya@example..com", "There are two dots in a row in that address."),
        ("owen.fitz@gmial.com", "There is no “gmial.com”. Did you mean gmail.com?"),
        ("owen@GMIAL.com", "There is no “gmial.com”. Did you mean gmail.com?"),
        ("owen@example.con", "There is no “example.con”. Did you mean example.com?"),
    ],
)
def test_the_form_says_what_looks_wrong_and_what_would_be_right(typed: str, sentence: str) -> None:
    assert unfinished(typed) == sentence
    assert unfinished(f"  {typed} ") == sentence


@pytest.mark.parametrize(
    "finished",
    [
        "",
        "  ",
        "maya.o@example.com",
        "maya+call@gmail.com",
        "o'hara@example.co.uk",
        "josé@example.com",
        "maya@münchen.example",
        "m@x.io",
        "maya@sub.domain.example.museum",
    ],
)
def test_an_address_that_looks_right_gets_no_sentence(finished: str) -> None:
    assert unfinished(finished) is None


def test_a_whole_letter_in_the_address_field_is_not_quoted_back() -> None:
    assert len(unfinished("maya@" + "x" * 5000) or "") < 200


@given(st.text(max_size=80))
def test_whatever_is_typed_there_is_a_sentence_or_none(typed: str) -> None:
    sentence = unfinished(typed)

    assert sentence is None or sentence.endswith((".", "?"))
