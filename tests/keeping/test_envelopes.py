"""The sealed file: what was written comes out, and whatever else was done to it is noticed."""

from __future__ import annotations

import io
import random

import pytest

from crm.keeping.envelope import LENGTH, MAGIC, PART, TAG, Sealing, opened
from crm.keeping.keys import Keyring
from crm.keeping.troubles import CannotUse, Damaged, NotABackup, WrongKey

OURS = Keyring("a-secret-key-that-guards-only-tests-0123456789")
BY_HEART = Keyring(OURS.secret_key, "correct horse battery staple")
SIZES = [0, 1, PART - 1, PART, PART + 1, 3 * PART, 3 * PART + 17]


def sealed(what: bytes, keyring: Keyring = OURS) -> bytes:
    file = io.BytesIO()
    sealing = Sealing(file, keyring)
    for begin in range(0, len(what), 70_000):
        sealing.write(what[begin : begin + 70_000])
    sealing.finish()
    return file.getvalue()


def read(file: bytes, keyring: Keyring = OURS) -> bytes:
    return b"".join(opened(io.BytesIO(file), keyring))


def letters(count: int) -> bytes:
    return random.Random(7).randbytes(count)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_written_comes_out(size: int) -> None:
    assert read(sealed(letters(size))) == letters(size)


@pytest.mark.parametrize("size", SIZES)
def test_no_two_files_are_alike_and_none_shows_what_is_in_it(size: int) -> None:
    first, second = sealed(b"Sam Rivers" * size), sealed(b"Sam Rivers" * size)

    assert first != second
    assert b"Sam Rivers" not in first


def test_a_flipped_bit_is_noticed_wherever_it_is() -> None:
    whole = sealed(letters(PART + 1000))
    places = [*range(len(MAGIC) + 120), *random.Random(3).sample(range(len(whole)), 200), len(whole) - 1]

    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        with pytest.raises(CannotUse):
            read(bytes(damaged))


def boundaries(whole: bytes) -> list[int]:
    """Where each part begins: a file cut there looks whole but for its last part."""
    at = whole.index(b"\n", len(MAGIC)) + 1
    found = []
    while at < len(whole):
        found.append(at)
        at += LENGTH + int.from_bytes(whole[at : at + LENGTH])
    return found


def test_an_end_that_is_missing_is_noticed_also_between_two_parts() -> None:
    whole = sealed(letters(3 * PART + 17))
    cuts = [*boundaries(whole), *random.Random(5).sample(range(len(whole)), 100), len(whole) - 1]

    for cut in cuts:
        with pytest.raises(CannotUse):
            read(whole[:cut])


def test_parts_that_change_places_or_come_from_another_file_are_noticed() -> None:
    whole, other = sealed(letters(3 * PART)), sealed(letters(3 * PART))
    first, second, third = boundaries(whole)
    size = LENGTH + PART + TAG

    swapped = whole[:first] + whole[second:third] + whole[first:second] + whole[third:]
    twice = whole[:second] + whole[first:]
    foreign = whole[:second] + other[boundaries(other)[1] :]

    assert third - second == size
    for file in (swapped, twice, foreign, whole + b"x", whole + whole[third:]):
        with pytest.raises(Damaged):
            read(file)


def test_another_key_opens_nothing_and_is_told_from_damage() -> None:
    with pytest.raises(WrongKey, match="SECRET_KEY of when it was made"):
        read(sealed(b"x"), Keyring("another-key-that-guards-only-tests-0123456789"))


def test_a_passphrase_opens_it_without_the_secret_key() -> None:
    assert read(sealed(b"x", BY_HEART), Keyring("whatever", BY_HEART.passphrase)) == b"x"


@pytest.mark.parametrize("passphrase", [None, "correct horse battery stapler"])
def test_without_the_passphrase_the_secret_key_opens_nothing(passphrase: str | None) -> None:
    with pytest.raises(WrongKey, match="asks for a passphrase"):
        read(sealed(b"x", BY_HEART), Keyring(OURS.secret_key, passphrase))


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"SQLite format 3\0" + bytes(100),
        b"PK\3\4",
        MAGIC,
        MAGIC + b"{}\n",
        MAGIC + b'["key"]\n',
        MAGIC + b'{"key": "secret", "salt": "no", "check": "zz"}\n',
        MAGIC + b"x" * 9000,
    ],
)
def test_a_foreign_file_is_refused(file: bytes) -> None:
    with pytest.raises((NotABackup, Damaged)):
        read(file)
