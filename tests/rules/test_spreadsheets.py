"""A cell is text in every spreadsheet, whatever somebody wrote into the form."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.spreadsheets import FORMULAS, cell, row


@pytest.mark.parametrize(
    "live", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "  =1"]
)
def test_what_would_be_calculated_is_told_to_be_text(live: str) -> None:
    assert cell(live) == f"'{live}"


@pytest.mark.parametrize("harmless", ["", "Maya", "maya@example.com", "1-2", "Ünal", "مرحبا", "😀"])
def test_anything_else_stays_as_it_is(harmless: str) -> None:
    assert cell(harmless) == harmless


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=5))
def test_a_row_keeps_its_width_and_nothing_in_it_is_live(cells: list[str]) -> None:
    (read,) = csv.reader(StringIO(row(cells), newline=""))

    assert len(read) == len(cells)
    assert not any(each.startswith(FORMULAS) for each in read)
