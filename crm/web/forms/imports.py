"""A list of people: the file, and what each of its columns holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import BooleanField, FileField, Form, SelectField, TextAreaField

from crm.models import ImportRow
from crm.rules.addresses import contact_key, unfinished
from crm.rules.intake import FIELD_LIMIT, MESSAGE_LIMIT, NAME_LIMIT, clean, clean_line
from crm.rules.spreadsheet import Holds
from crm.rules.stages import SCREEN_WORDS, Stage
from crm.web.forms.checks import e164, takes_mail, zone_of
from crm.web.forms.picks import picks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crm.rules.spreadsheet import Table

HOLDS_WORDS = {
    Holds.NOTHING: "leave it out",
    Holds.NAME: "Name",
    Holds.FIRST_NAME: "First name",
    Holds.LAST_NAME: "Last name",
    Holds.EMAIL: "Email",
    Holds.PHONE: "Phone",
    Holds.FOUND_US: "Found you through",
    Holds.LOOKING_FOR: "Looking for",
    Holds.NOTE: "A note",
}
STAGES = [stage for stage in Stage if stage not in (Stage.SPAM, Stage.CLOSED, Stage.CONSULT_BOOKED)]
NO_WAY_TO_REACH = "neither an email address nor a phone number"


class FileForm(Form):
    """A CSV file, or the rows themselves."""

    file = FileField("A CSV file")
    rows = TextAreaField("Or paste the rows")


class ColumnsForm(Form):
    """Where these people stand, and whether the first row names the columns. Columns come beside it."""

    stage = SelectField("They are", choices=picks({each: SCREEN_WORDS[each] for each in STAGES}))
    has_headings = BooleanField("The first row names the columns")


def columns_in(form: Mapping[str, str], width: int) -> list[Holds]:
    """What the owner says of each column."""
    asked = (form.get(f"column-{number}", "") for number in range(width))
    return [Holds(each) if each in set(Holds) else Holds.NOTHING for each in asked]


def objection(columns: Sequence[Holds]) -> str:
    """Why these columns make no list of people; empty when they do."""
    if not {Holds.EMAIL, Holds.PHONE} & set(columns):
        return "Say which column holds the email address, or the phone number: one of them is needed."
    twice = next(
        (each for each in Holds if each and columns.count(each) > 1 and each is not Holds.NOTE), None
    )
    return f"Two columns can’t both hold “{HOLDS_WORDS[twice]}”." if twice else ""


def rows_of(table: Table, columns: Sequence[Holds], *, headings: bool) -> Iterator[ImportRow]:
    """Every row, cleaned: as it will be kept, or with what is wrong with it."""
    for number, row in enumerate(table.rows[headings:], 1 + headings):
        yield _row(number, _cells(row, columns))


def _cells(row: Sequence[str], columns: Sequence[Holds]) -> dict[Holds, str]:
    cells: dict[Holds, str] = {}
    for holds, cell in zip(columns, row, strict=False):
        if holds and cell.strip():
            cells[holds] = f"{cells[holds]}\n{cell}" if holds in cells else cell
    return cells


def _row(number: int, cells: Mapping[Holds, str]) -> ImportRow:
    email, phone = cells.get(Holds.EMAIL, "").strip(), cells.get(Holds.PHONE, "").strip()
    dial, wrong = e164(phone) if phone else None, _wrong(email)
    usable_email = "" if wrong else email
    row = ImportRow(number=number, name=_name(cells), email=usable_email, phone=dial or "")
    row.found_us = clean_line(cells.get(Holds.FOUND_US, ""), FIELD_LIMIT)
    row.looking_for = clean_line(cells.get(Holds.LOOKING_FOR, ""), FIELD_LIMIT)
    row.note = clean(cells.get(Holds.NOTE, ""), MESSAGE_LIMIT)
    row.zone_name = (zone_of(dial) or "") if dial else ""
    row.contact_key = contact_key(usable_email, dial)
    row.problem = "" if row.contact_key else _why_not(email, phone)
    return row


def _name(cells: Mapping[Holds, str]) -> str:
    parts = (cells.get(holds, "") for holds in (Holds.NAME, Holds.FIRST_NAME, Holds.LAST_NAME))
    return clean_line(" ".join(part.strip() for part in parts if part.strip()), NAME_LIMIT)


def _wrong(email: str) -> bool:
    return not email or bool(unfinished(email)) or not takes_mail(email)


def _why_not(email: str, phone: str) -> str:
    given = [clean_line(each, 80) for each in (email, phone) if each]
    return " and ".join(f"“{each}” can’t be reached" for each in given) or NO_WAY_TO_REACH
