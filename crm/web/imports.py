"""Bringing in a list of people: the file, its columns, what would happen, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import importing
from crm.models import ImportRow, ImportState, PeopleImport
from crm.rules.intake import clean_line
from crm.rules.spreadsheet import NotAList, decode, read
from crm.rules.stages import Stage
from crm.rules.telling import people
from crm.web.access import account
from crm.web.forms.imports import HOLDS_WORDS, ColumnsForm, FileForm, columns_in, objection, rows_of
from crm.web.respond import done, get_or_404

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from crm.rules.spreadsheet import Holds

bp = Blueprint("imports", __name__, url_prefix="/people/imports")

LARGEST = 4_000_000
"""Bytes of a list: ten thousand people with a note each."""
SHOWN = 8
"""Rows of each kind that are shown before anything is added."""
PASTED = "The rows you pasted"


@bp.url_value_preprocessor
def _take_large_files(_endpoint: str | None, _values: object) -> None:
    """Before anything reads the form: a list is larger than what strangers may send."""
    request.max_content_length = request.max_form_memory_size = LARGEST


@bp.get("")
def index() -> str:
    """The way in, and the lists of before."""
    return _index(FileForm())


@bp.post("")
def create() -> Response | tuple[str, int]:
    """Keep the file. Nobody is added yet."""
    form = FileForm(request.form)
    file = request.files.get("file")
    raw = file.read() if file else b""
    try:
        text = decode(raw) if raw else form.rows.data or ""
        table = read(text)
    except NotAList as problem:
        form.file.errors = [str(problem)]
        return _index(form), 422
    with transaction() as session:
        brought = PeopleImport(account_id=account().id, made_at=clock.now(), text=text)
        brought.name = clean_line(file.filename or "", 120) if file and raw else PASTED
        brought.columns, brought.has_headings = list(table.guess()), table.has_headings()
        session.add(brought)
        session.flush()
        to = url_for(".show", import_id=brought.id)
    return redirect(to, 303)


@bp.get("/<int:import_id>")
def show(import_id: int) -> str:
    """Its columns, what adding would do, how far it is, or what it did."""
    brought = get_or_404(PeopleImport, import_id)
    if brought.state is ImportState.READ or request.args.get("columns"):
        return _columns(brought, [_holds(each) for each in brought.columns])
    return _page(brought)


@bp.post("/<int:import_id>/columns")
def update_columns(import_id: int) -> Response | tuple[str, int]:
    """Read every row by what the owner says of the columns: the dry run."""
    brought = get_or_404(PeopleImport, import_id)
    table, form = read(brought.text), ColumnsForm(request.form)
    columns = columns_in(request.form, table.width)
    problem = objection(columns) if form.validate() else "Choose where these people stand."
    if problem:
        return _columns(brought, columns, problem), 422
    with transaction():
        brought = _untouched(import_id, ImportState.READ, ImportState.READY)
        brought.columns, brought.has_headings = list(columns), form.has_headings.data
        brought.stage = Stage(form.stage.data)
        rows = list(rows_of(table, columns, headings=brought.has_headings))
        for row in rows:
            row.import_id = brought.id
        importing.keep_rows(brought, rows)
    return redirect(url_for(".show", import_id=import_id), 303)


@bp.post("/<int:import_id>/addition")
def create_addition(import_id: int) -> Response:
    """Have a worker add them. Twice is once."""
    with transaction():
        _untouched(import_id, ImportState.READY).begin(ImportState.ADDING)
    return redirect(url_for(".show", import_id=import_id), 303)


@bp.post("/<int:import_id>/removal")
def create_removal(import_id: int) -> Response:
    """Have a worker take out again those whom nobody has touched since."""
    with transaction():
        _untouched(import_id, ImportState.DONE).begin(ImportState.REMOVING)
    return redirect(url_for(".show", import_id=import_id), 303)


@bp.post("/<int:import_id>/oblivion")
def create_oblivion(import_id: int) -> Response:
    """Forget a file of which nobody was added, or nobody is left."""
    with transaction() as session:
        brought = _untouched(import_id, ImportState.READ, ImportState.READY, ImportState.REMOVED)
        session.execute(sa.delete(ImportRow).where(ImportRow.import_id == brought.id))
        session.delete(brought)
    return done("The list is gone.", to=url_for(".index"))


def _untouched(import_id: int, *states: ImportState) -> PeopleImport:
    """Locked; 409 where it is further already than the page that asks."""
    brought: PeopleImport = get_or_404(PeopleImport, import_id, lock=True)
    return brought if brought.state in states else abort(409, "This list is further already.")


def _index(form: FileForm) -> str:
    lists = db.session.scalars(PeopleImport.lately()).all()
    return render_template("people/imports/index.html", form=form, lists=lists)


def _columns(brought: PeopleImport, columns: list[Holds], problem: str = "") -> str:
    table, form = read(brought.text), ColumnsForm(request.form or None, obj=brought)
    return render_template(
        "people/imports/columns.html",
        brought=brought,
        form=form,
        problem=problem,
        choices=list(HOLDS_WORDS.items()),
        columns=[
            (
                number,
                table.rows[0][number] if brought.has_headings else f"Column {number + 1}",
                table.samples(number, headings=brought.has_headings),
                columns[number] if number < len(columns) else "",
            )
            for number in range(table.width)
        ],
    )


def _page(brought: PeopleImport) -> str:
    is_ready = brought.state is ImportState.READY
    mine = sa.select(ImportRow).where(ImportRow.import_id == brought.id).order_by(ImportRow.number)
    return render_template(
        "people/imports/show.html",
        brought=brought,
        tally=importing.foretell(brought) if is_ready else importing.tally(brought),
        rows=db.session.scalars(mine.where(~ImportRow.has_problem()).limit(SHOWN)).all(),
        unusable=db.session.scalars(mine.where(ImportRow.has_problem()).limit(SHOWN)).all(),
        people=people,
        states=ImportState,
    )


def _holds(word: str) -> Holds:
    return columns_in({"column-0": word}, 1)[0]
