"""What a file may be called, whatever a stranger named it."""

from __future__ import annotations

import pytest

from crm.rules.file_names import LENGTH, file_name, size_in_words


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Sam\\photo.jpg", "photo.jpg"),
        ("in\u202efdp.exe", "infdp.exe"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie x.txt"),
        ("...", "attachment-3"),
        ("", "attachment-3"),
        ("/", "attachment-3"),
        (".htaccess", "htaccess"),
        ("Résumé für Sam.docx", "Résumé für Sam.docx"),
        ("\x00\x07", "attachment-3"),
    ],
)
def test_a_name_is_a_plain_one(given: str, name: str) -> None:
    assert file_name(given, 3) == name


def test_a_long_name_keeps_its_ending() -> None:
    name = file_name("x" * 500 + ".pdf")

    assert name.endswith("x.pdf")
    assert len(name) <= LENGTH


@pytest.mark.parametrize(("octets", "words"), [(12, "12 bytes"), (34_500, "34 kB"), (2_400_000, "2.4 MB")])
def test_a_size_is_told_roughly(octets: int, words: str) -> None:
    assert size_in_words(octets) == words
