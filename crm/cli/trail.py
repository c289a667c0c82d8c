"""`crm audit`: list the access record, prove that it is whole, or accept what a restored backup has lost."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm import clock
from crm.db import db, transaction
from crm.rules.trail import Act, Deed, key_from

if TYPE_CHECKING:
    import argparse

    from flask import Flask

    from crm.flows.trail_check import Walked


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("what", nargs="?", choices=("list", "verify", "accept"), default="list")
    verb.add_argument("--person", type=int, help="only of this person, by the number in their page's address")
    verb.add_argument("--account", type=int, help="only by this account")
    verb.add_argument("--last", type=int, default=50, help="so many lines, the newest last (50)")
    verb.add_argument("--json", action="store_true", help="for machines")
    verb.add_argument(
        "--old-secret-file", action="append", default=[], type=Path, help="an earlier SECRET_KEY, in a file"
    )


def audit(app: Flask, options: argparse.Namespace) -> int:
    """List the access record, or prove that it is whole: `audit verify`, exit status 1 where it is not."""
    match options.what:
        case "verify":
            return _verify(app, options)
        case "accept":
            return _accept(app)
        case _:
            return _list(options)


def _verify(app: Flask, options: argparse.Namespace) -> int:
    from crm.flows.trail_check import verify  # noqa: PLC0415 - a verb loads what it needs

    old = [key_from(path.read_text(encoding="utf-8").strip()) for path in options.old_secret_file]
    walked = verify(app.extensions["config"].data_dir, old)
    _tell(json.dumps(_facts(walked)) if options.json else _told(walked))
    return 1 if walked.broken else 0


def _facts(walked: Walked) -> dict[str, object]:
    beside = walked.beside.number if walked.beside else None
    facts: dict[str, object] = {"first": walked.first, "last": walked.last, "beside": beside}
    return facts | {"line": walked.line, "broken": walked.broken}


def _told(walked: Walked) -> str:
    looked = f"{walked.count:,} lines looked at, {walked.first:,} to {walked.last:,}."
    if walked.broken:
        return f"{looked}\nWRONG line {walked.line}: {walked.broken}."
    beside = f"the data folder remembers line {walked.beside.number:,}" if walked.beside else (
        "nothing in the data folder to compare the end with"
    )  # fmt: skip
    sealed = f"each sealed and in its place, under {len(walked.keys)} key(s)"
    return f"{looked}\nok    {sealed}; it ends where its head says; {beside}."


def _accept(app: Flask) -> int:
    """After a restored backup the data folder knows more lines than the database: begin there anew."""
    from crm.flows import trail  # noqa: PLC0415 - a verb loads what it needs
    from crm.flows.trail_check import Mark, mark_beside, write_beside  # noqa: PLC0415 - the same
    from crm.models import AuditHead  # noqa: PLC0415 - the same

    folder: Path = app.extensions["config"].data_dir
    beside = mark_beside(folder)
    with transaction():
        facts = {"beside": beside.number if beside else 0}
        trail.say(Deed(Act.ACCEPTED, clock.now(), facts=facts))
    head = db.session.execute(sa.select(AuditHead.number, AuditHead.hash)).one()
    write_beside(folder, Mark(head.number, head.hash))
    _tell(f"The record goes on from line {head.number}, which says that this was accepted.")
    return 0


def _list(options: argparse.Namespace) -> int:
    from crm.models import Audit  # noqa: PLC0415 - a verb loads what it needs

    wanted = sa.select(Audit).order_by(Audit.number.desc()).limit(options.last)
    if options.person is not None:
        wanted = wanted.where(Audit.lead_id == options.person)
    if options.account is not None:
        wanted = wanted.where(Audit.account_id == options.account)
    for line in reversed(db.session.scalars(wanted).all()):
        _tell(json.dumps(_line(line)) if options.json else _row(line))
    return 0


def _tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def _line(line: object) -> dict[str, object]:
    names = ("number", "account_id", "act", "lead_id", "about", "about_id", "facts", "hash")
    return {"at": line.at.isoformat()} | {name: getattr(line, name) for name in names}  # type: ignore[attr-defined]


def _row(line: object) -> str:
    told = _line(line)
    who = f"account {told['account_id']}" if told["account_id"] else "nobody signed in"
    whom = f"person {told['lead_id']}" if told["lead_id"] else ""
    thing = f"{told['about']} {told['about_id'] or ''}" if told["about"] else ""
    facts = json.dumps(told["facts"], sort_keys=True) if told["facts"] else ""
    return f"{told['number']:>7} {told['at']} {who:<16} {told['act']:<16} {whom:<13} {thing} {facts}".rstrip()
