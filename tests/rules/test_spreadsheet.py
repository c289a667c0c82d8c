"""Lists as spreadsheets write them, and what their columns probably hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.spreadsheet import Holds, NotAList, decode, read, without

NAMES = "Name,Email,Phone\nMaya Okafor,maya@example.org,(213) 555-0148\n"


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        (NAMES, [Holds.NAME, Holds.EMAIL, Holds.PHONE]),
        ("First Name;Surname;E-Mail\nMaya;O;m@example.org", [Holds.FIRST_NAME, Holds.LAST_NAME, Holds.EMAIL]),
        ("full_name\tCell\tNotes\nMaya\t2135550148\tEvenings", [Holds.NAME, Holds.PHONE, Holds.NOTE]),
        ("Maya,m@a.org,2135550148\nNoor,n@a.org,2135550149", [Holds.NOTHING, Holds.EMAIL, Holds.PHONE]),
        ("Email,Email 1\na@example.org,b@example.org", [Holds.EMAIL, Holds.NOTHING]),
        ("Shoe size,Wert\n42,7", [Holds.NOTHING, Holds.NOTHING]),
    ],
)  # fmt: skip
def test_what_a_column_holds_is_guessed_from_its_name_or_its_values(text: str, guess: list[Holds]) -> None:
    assert read(text).guess() == guess


@pytest.mark.parametrize(
    "text",
    [
        'Name;Email;Notes\nO’Neil, Pat;pat@a.org;\nMaya;m@a.org;"likes; mornings, or noon"\n',
        'Name;Email;Notes\n"O’Neil, Pat";pat@a.org;\n"Okafor, Maya";m@a.org;a, b, c, d\n',
        "sep=;\r\nName;Email;Notes\r\nO’Neil, Pat;pat@a.org;\r\nMaya;m@a.org;\r\n",
        "Name\tEmail\tNotes\nO’Neil, Pat\tpat@a.org\tlate; never early\nMaya\tm@a.org\t\n",
        'Name,Email,Notes\r"O’Neil, Pat",pat@a.org,"says ""soon""; or later"\rMaya,m@a.org,\r',
    ],
)
def test_what_stands_between_the_cells_is_known_whatever_stands_in_them(text: str) -> None:
    table = read(text)

    assert table.rows[0] == ["Name", "Email", "Notes"]
    assert table.rows[1][:2] == ["O’Neil, Pat", "pat@a.org"]
    assert len(table.rows) == 3


def test_a_list_without_some_rows_reads_as_before() -> None:
    text = "sep=;\nName;Email\nO’Neil, Pat;pat@a.org\nMaya;m@a.org\n"

    kept = without(text, lambda row: "m@a.org" in row)

    assert read(kept).rows == [["Name", "Email"], ["O’Neil, Pat", "pat@a.org"]]


def test_a_cell_may_hold_commas_and_lines() -> None:
    table = read('Name,Note\n"Okafor, Maya","Evenings\nor Fridays"\n')

    assert table.rows[1] == ["Okafor, Maya", "Evenings\nor Fridays"]


def test_every_row_is_as_wide_as_the_widest_and_empty_ones_are_none() -> None:
    assert read("a,b,c\n1\n,,\n1,2\n").rows == [["a", "b", "c"], ["1", "", ""], ["1", "2", ""]]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Zoë".encode(), "Zoë"),
        (b"\xef\xbb\xbfZo\xc3\xab", "Zoë"),
        ("Zoë".encode("cp1252"), "Zoë"),
        ("Zoë".encode("utf-16"), "Zoë"),
    ],
)
def test_whatever_a_spreadsheet_writes_is_read(raw: bytes, text: str) -> None:
    assert read(decode(raw)).rows == [[text]]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"PK\x03\x04 a workbook", "Save it as CSV"),
        (b"  \n \n", "Choose a file"),
        (b",,\n,,\n", "nobody in it"),
        (b"a\n" * 10_002, "more than 10,000 people"),
        (b"," * 61 + b"x", "more than 60 columns"),
        (b'"' + b"x" * 200_000, "can’t be read as a table"),
    ],
)
def test_what_is_no_list_is_told_with_what_would_be_right(raw: bytes, words: str) -> None:
    with pytest.raises(NotAList, match=words):
        read(decode(raw))


@given(st.binary(max_size=400))
def test_no_file_breaks_the_reading(raw: bytes) -> None:
    try:
        table = read(decode(raw))
    except NotAList:
        return
    assert len(table.guess()) == table.width
