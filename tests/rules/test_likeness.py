"""Who is probably one person, and why: by contact, with the names saying what they say."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.addresses import base_mailbox, is_a_slip
from crm.rules.likeness import (
    Names,
    Sign,
    Traits,
    compare,
    likeness,
    mailbox_key,
    name_key,
    near_keys,
    phone_key,
)

SAM = Traits("Sam Rivers", "sam.rivers@example.org", "+12135550148")


@pytest.mark.parametrize(
    ("other", "signs"),
    [
        (Traits("Sam Rivers", "sam.rivers+call@example.org"), (Sign.SAME_MAILBOX, Sign.SAME_NAME)),
        (Traits("S. Rivers", "sam.rivers+call@example.org"), (Sign.SAME_MAILBOX, Sign.NEAR_NAME)),
        (Traits("", "sam.rivers+call@example.org"), (Sign.SAME_MAILBOX,)),
        (Traits("Anna Lee", "sam.rivers+anna@example.org"), (Sign.SAME_MAILBOX, Sign.OTHER_NAME)),
        (Traits("Samuel Rivers", None, "+12135550148"), (Sign.SAME_PHONE, Sign.NEAR_NAME)),
        (Traits("Rivers, Sam", "x@example.com", "+12135550148"), (Sign.SAME_PHONE, Sign.SAME_NAME)),
        (Traits("Sam", None, "+12135550148"), (Sign.SAME_PHONE,)),
        (Traits("Anna Rivers", None, "+12135550148"), (Sign.SAME_PHONE, Sign.OTHER_NAME)),
        (Traits("Sam Rivers", "sam.rivres@example.org"), (Sign.NEAR_ADDRESS, Sign.SAME_NAME)),
        (Traits("Sam Rivers", "sam.rivers@exmaple.org"), (Sign.NEAR_ADDRESS, Sign.SAME_NAME)),
        (Traits("Sam Rivers", None, "+12135550149"), (Sign.NEAR_PHONE, Sign.SAME_NAME)),
        (
            Traits("Sam Rivers", "sam.rivers+1@example.org", "+12135550148"),
            (Sign.SAME_MAILBOX, Sign.SAME_PHONE, Sign.SAME_NAME),
        ),
        # A name is nothing by itself, and nor is a contact that is only near.
        (Traits("Sam Rivers", "other@example.com", "+13105550101"), ()),
        (Traits("Sam", "sam@example.com"), ()),
        (Traits("Anna Lee", "sam.rivres@example.org"), ()),
        (Traits("Sam", "sam.rivres@example.org"), ()),
        (Traits("Samuel Rivers", None, "+12135550149"), ()),
        (Traits("Sam Rivers"), ()),
    ],
)
def test_what_speaks_for_one_person(other: Traits, signs: tuple[Sign, ...]) -> None:
    assert likeness(SAM, other) == signs
    assert likeness(other, SAM) == signs


def test_dots_in_a_gmail_address_make_no_other_mailbox() -> None:
    one, other = Traits("Ada", "ada.stone@gmail.com"), Traits("Ada Stone", "adastone@googlemail.com")

    assert likeness(one, other) == (Sign.SAME_MAILBOX,)


def test_the_usual_slip_in_a_domain_needs_no_surname() -> None:
    assert likeness(Traits("Ada", "ada@gmial.com"), Traits("Ada", "ada@gmail.com")) == (Sign.NEAR_ADDRESS,)
    assert likeness(Traits("Ada", "ada@gmial.com"), Traits("Ben", "ada@gmail.com")) == ()


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ("Sam Rivers", "sam  RIVERS", Names.SAME),
        ("José Núñez", "Jose Nunez", Names.SAME),
        ("Sam Rivers", "Rivers Sam", Names.SAME),
        ("Sam Rivers", "Sam J. Rivers", Names.NEAR),
        ("Sam Rivers", "S. Rivers", Names.NEAR),
        ("Sam Rivers", "Samuel Rivres", Names.NEAR),
        ("Sam Rivers", "Sam", Names.OPEN),
        ("Sam", "Sam", Names.OPEN),
        ("Sam Rivers", "", Names.OPEN),
        ("Sam", "Anna", Names.OTHER),
        ("Sam Rivers", "Anna Rivers", Names.OTHER),
        ("Ann Lee", "Dan Lee", Names.OTHER),
        ("Al Stone", "Alice Stone", Names.OTHER),
    ],
)
def test_how_names_compare(one: str, other: str, names: Names) -> None:
    assert compare(one, other) is compare(other, one) is names


def test_a_first_name_alone_is_no_key() -> None:
    assert name_key("Sam") is None
    assert name_key("Rivers, Sám") == name_key("sam rivers")


def test_half_a_number_is_no_key() -> None:
    assert phone_key("555-01") is None
    assert phone_key("+1 (213) 555-0148") == phone_key("+12135550148")


NAMES = st.lists(st.sampled_from(["Sam", "Samuel", "S", "Rivers", "Rivres", "Anna", "Lee", "Núñez", "李"]))
LETTERS = st.text(string.ascii_lowercase[:3] + ".+", min_size=1, max_size=5)
MAILS = st.none() | st.builds(
    "{}@{}".format, LETTERS, st.sampled_from(["gmail.com", "gmial.com", "a.org", "b.org"])
)
PHONES = st.none() | st.sampled_from(["+12135550148", "+12135550184", "+13105550100", "12"])
PEOPLE = st.builds(Traits, NAMES.map(" ".join), MAILS, PHONES)


@given(PEOPLE, PEOPLE)
def test_it_is_symmetric_and_every_sign_is_true(one: Traits, other: Traits) -> None:
    signs = likeness(one, other)

    assert signs == likeness(other, one)
    assert all(is_true(sign, one, other) for sign in signs)


@given(PEOPLE, PEOPLE)
def test_whoever_is_alike_is_found_by_one_of_the_keys(one: Traits, other: Traits) -> None:
    if likeness(one, other):
        assert keys(one) & keys(other)


@given(PEOPLE)
def test_everybody_with_a_contact_is_like_themselves(one: Traits) -> None:
    assert bool(likeness(one, one)) == bool(one.email or phone_key(one.phone))


def is_true(sign: Sign, one: Traits, other: Traits) -> bool:
    mails, phones = (one.email or "", other.email or ""), (phone_key(one.phone), phone_key(other.phone))
    match sign:
        case Sign.SAME_MAILBOX:
            return base_mailbox(mails[0]) == base_mailbox(mails[1])
        case Sign.NEAR_ADDRESS:
            near = is_a_slip(base_mailbox(mails[0]), base_mailbox(mails[1]))
            return near or mailbox_key(mails[0]) == mailbox_key(mails[1])
        case Sign.SAME_PHONE:
            return phones[0] == phones[1] is not None
        case Sign.NEAR_PHONE:
            return is_a_slip(phones[0] or "", phones[1] or "") and phones[0] != phones[1]
        case Sign.SAME_NAME:
            return name_key(one.name) == name_key(other.name) is not None
        case Sign.NEAR_NAME | Sign.OTHER_NAME:
            return name_key(one.name) != name_key(other.name) or name_key(one.name) is None


def keys(traits: Traits) -> set[str]:
    equal = (mailbox_key(traits.email), phone_key(traits.phone), name_key(traits.name))
    return {key for key in (*equal, *near_keys(traits.name, traits.email)) if key}
