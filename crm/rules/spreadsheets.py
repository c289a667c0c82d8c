"""A cell of a CSV file that a spreadsheet opens as text and never as a formula (OWASP, CSV injection)."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMULAS = tuple("=+-@\t\r\n＝＋－＠")
"""What begins a formula; some programs take the full-width forms for the same."""


def cell(text: str) -> str:
    """The same words, told to be text where a spreadsheet would calculate, also behind spaces."""
    plain = text.replace("\0", "")
    live = plain.startswith(FORMULAS) or plain.lstrip().startswith(FORMULAS)
    return f"'{plain}" if live else plain


def row(cells: Sequence[str]) -> str:
    """One line of the file, as RFC 4180 has it."""
    line = StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow([cell(each) for each in cells])
    return line.getvalue()
