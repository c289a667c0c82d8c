"""A list of people out of a spreadsheet: its rows, and what each column probably holds."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

ROWS_AT_MOST = 10_000
COLUMNS_AT_MOST = 60
SAMPLES = 3
"""Values of a column that are shown, so that the owner sees what is in it."""
SNIFFED = 16_000
"""Characters that decide what stands between the cells."""
MARKS = ",;\t|"
SAYS_SO = re.compile(r"sep=(?P<mark>[,;\t|])\r?\n", re.IGNORECASE)
FALLBACKS = ("utf-8-sig", "cp1252")
EXCEL = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class NotAList(Exception):  # noqa: N818 - a fact about a file, in a sentence for the owner
    """What is wrong with the file, and what would be right."""


class Holds(StrEnum):
    """What stands in a column."""

    NOTHING = ""
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    PHONE = "phone"
    FOUND_US = "found_us"
    LOOKING_FOR = "looking_for"
    NOTE = "note"


HEADINGS = {
    Holds.NAME: ("name", "full name", "client name", "contact", "client"),
    Holds.FIRST_NAME: ("first name", "first", "given name", "firstname", "forename"),
    Holds.LAST_NAME: ("last name", "last", "surname", "family name", "lastname"),
    Holds.EMAIL: ("email", "e-mail", "email address", "e-mail address", "mail", "email 1", "primary email"),
    Holds.PHONE: (
        "phone",
        "phone number",
        "mobile",
        "cell",
        "telephone",
        "tel",
        "mobile phone",
        "cell phone",
    ),
    Holds.FOUND_US: ("source", "found us", "referral source", "how did you hear", "referred by", "referral"),
    Holds.LOOKING_FOR: ("looking for", "service", "interested in", "reason"),
    Holds.NOTE: ("note", "notes", "comment", "comments", "message", "description"),
}


@dataclass(frozen=True)
class Table:
    """The rows of a file, all of one width."""

    rows: list[list[str]]

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    def has_headings(self) -> bool:
        """Whether the first row names the columns: no address and no long number stands in it."""
        return not any("@" in cell or sum(map(str.isdigit, cell)) > 6 for cell in self.rows[0])

    def samples(self, column: int, *, headings: bool) -> list[str]:
        """The first values of a column."""
        cells = (row[column].strip() for row in self.rows[headings:])
        return [cell for cell in cells if cell][:SAMPLES]

    def guess(self) -> list[Holds]:
        """What each column holds, by its heading or else by its values. Nothing is guessed twice."""
        headings, taken = self.has_headings(), set[Holds]()
        found = []
        for column in range(self.width):
            what = _by_heading(self.rows[0][column]) if headings else Holds.NOTHING
            what = what or _by_values(self.samples(column, headings=headings))
            found.append(Holds.NOTHING if what in taken else what)
            taken.add(what)
        return found


def decode(raw: bytes) -> str:
    """The text of a file as spreadsheets write it. Raises NotAList."""
    if raw.startswith((EXCEL, OLD_EXCEL)):
        raise NotAList("That is a spreadsheet’s own file. Save it as CSV there, and choose that one.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    for encoding in FALLBACKS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def read(text: str) -> Table:
    """The table in a text, empty rows left out. Raises NotAList."""
    text = text.replace("\x00", "").lstrip("\ufeff")
    if not text.strip():
        raise NotAList("Choose a file, or paste some rows.")
    try:
        rows = [row for row in _rows(text) if any(map(str.strip, row))]
    except csv.Error:
        raise NotAList("This can’t be read as a table. Save it as CSV, and choose that file.") from None
    if not rows:
        raise NotAList("There is nobody in it. Each row should be one person.")
    if len(rows) > ROWS_AT_MOST + 1:
        raise NotAList(f"That is more than {ROWS_AT_MOST:,} people. Bring them in as several files.")
    width = max(map(len, rows))
    if width > COLUMNS_AT_MOST:
        raise NotAList(f"That has more than {COLUMNS_AT_MOST} columns. Keep those with names and addresses.")
    return Table([row + [""] * (width - len(row)) for row in rows])


def without(text: str, goes: Callable[[str], bool]) -> str:
    """The same table without the rows of which that is true; each is asked of with its cells in one line."""
    kept = io.StringIO()
    csv.writer(kept).writerows(row for row in _rows(text) if not goes(" ".join(row)))
    return kept.getvalue()


def _rows(text: str) -> Iterator[list[str]]:
    """The cells, whatever stands between them. Excel may say so itself in a first line. Raises csv.Error."""
    if said := SAYS_SO.match(text):
        return _parted(text[said.end() :], said["mark"])
    return _parted(text, max(MARKS, key=lambda mark: _fits(text[:SNIFFED], mark)))


def _parted(text: str, mark: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=None), delimiter=mark)


def _fits(head: str, mark: str) -> tuple[float, int]:
    """How many rows are as wide as the first by this mark, and how wide; nothing where it parts no cells."""
    try:
        widths = [len(row) for row in _parted(head, mark) if row]
    except csv.Error:
        return (0, 0)
    wide = widths[0] if widths else 0
    return (widths.count(wide) / len(widths), wide) if wide > 1 else (0, 0)


def _by_heading(heading: str) -> Holds:
    words = " ".join(heading.replace("_", " ").casefold().split()).rstrip(":?*")
    return next((holds for holds, known in HEADINGS.items() if words in known), Holds.NOTHING)


def _by_values(samples: Sequence[str]) -> Holds:
    if samples and all("@" in each for each in samples):
        return Holds.EMAIL
    if samples and all(7 <= sum(map(str.isdigit, each)) <= 15 and len(each) < 25 for each in samples):
        return Holds.PHONE
    return Holds.NOTHING
