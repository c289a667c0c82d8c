"""The keys themselves: what is sealed opens in its own place only, under any key of the ring."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm.keyring import Keyring, Unreadable, from_text, in_text

FIRST, SECOND, THIRD = ("a first key of many letters", "a second key of many letters", "a third key")
HERE, THERE = b"lead.name", b"lead.email"


def ring(*keys: str) -> Keyring:
    return Keyring(keys, "what is looked up")


def test_what_was_sealed_opens_in_its_place() -> None:
    keys = ring(FIRST)

    assert keys.open(keys.seal("Zoë".encode(), HERE), HERE).decode() == "Zoë"


def test_the_same_words_are_sealed_differently_each_time() -> None:
    keys = ring(FIRST)

    assert len({keys.seal(b"Maya", HERE) for _ in range(100)}) == 100


def test_in_another_place_it_does_not_open() -> None:
    keys = ring(FIRST)

    with pytest.raises(Unreadable):
        keys.open(keys.seal(b"Maya", HERE), THERE)


@pytest.mark.parametrize("at", range(34))
def test_no_byte_of_it_can_be_another(at: int) -> None:
    keys = ring(FIRST)
    sealed = bytearray(keys.seal(b"Sam", HERE))
    sealed[at] ^= 1

    with pytest.raises(Unreadable):
        keys.open(bytes(sealed), HERE)


@pytest.mark.parametrize("length", range(34))
def test_half_of_it_does_not_open(length: int) -> None:
    keys = ring(FIRST)

    with pytest.raises(Unreadable):
        keys.open(keys.seal(b"Sam", HERE)[:length], HERE)


def test_an_earlier_key_still_opens_and_the_first_one_seals() -> None:
    sealed = ring(FIRST).seal(b"Maya", HERE)
    turned = ring(SECOND, FIRST)

    assert turned.open(sealed, HERE) == b"Maya"
    assert in_text(turned.seal(b"Maya", HERE)).startswith(ring(SECOND).current.beginning)
    with pytest.raises(Unreadable):
        ring(SECOND).open(sealed, HERE)


def test_a_text_that_is_no_base64_is_damaged() -> None:
    with pytest.raises(Unreadable):
        from_text("~s1~ä")


def test_the_key_that_was_there_before_others_still_opens() -> None:
    before = Keyring((), "look", last=FIRST)

    assert Keyring((SECOND,), "look", last=FIRST).open(before.seal(b"Maya", HERE), HERE) == b"Maya"


def test_a_hash_is_the_same_under_any_data_key_and_of_a_hash_itself() -> None:
    hashed = ring(FIRST).hashed("sam@example.org")

    assert ring(SECOND, FIRST).hashed("sam@example.org") == hashed
    assert ring(FIRST).hashed(hashed) == hashed
    assert "sam" not in hashed


def test_an_address_has_one_hash_whether_or_not_it_says_that_it_is_one() -> None:
    assert ring(FIRST).hashed("mailto:sam@example.org") == ring(FIRST).hashed("sam@example.org")
    assert ring(FIRST).hashed("tel:+12135550148") != ring(FIRST).hashed("+12135550148")


def test_another_look_up_key_hashes_otherwise() -> None:
    assert Keyring((FIRST,), "one").hashed("sam") != Keyring((FIRST,), "other").hashed("sam")


def test_a_key_that_came_into_the_file_opens_at_once_what_another_process_sealed(tmp_path: Path) -> None:
    file = tmp_path / "data_keys"
    file.write_text(FIRST, encoding="utf-8")
    long_running = Keyring([FIRST], "look", file)
    file.write_text(f"{SECOND}\n{FIRST}\n", encoding="utf-8")
    started_since = Keyring([SECOND, FIRST], "look", file)

    assert long_running.open(started_since.seal(b"Maya", HERE), HERE) == b"Maya"
    assert long_running.current.name == started_since.current.name


def test_a_file_that_is_away_for_a_moment_takes_no_key_away(tmp_path: Path) -> None:
    file = tmp_path / "data_keys"
    file.write_text(FIRST, encoding="utf-8")
    keys = Keyring([FIRST], "look", file)
    sealed = keys.seal(b"Maya", HERE)
    file.write_text("", encoding="utf-8")

    with pytest.raises(Unreadable):
        keys.open(ring(THIRD).seal(b"Sam", HERE), HERE)
    file.unlink()
    with pytest.raises(Unreadable):
        keys.open(ring(THIRD).seal(b"Sam", HERE), HERE)

    assert keys.open(sealed, HERE) == b"Maya"
