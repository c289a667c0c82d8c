"""The verbs that bring a database to where the program is, and fill it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from crm import clock
from crm.cli import upkeep
from crm.cli.data_keys import seal_what_stands_open
from crm.db import transaction

if TYPE_CHECKING:
    import argparse

    from flask import Flask


def migrate(app: Flask, options: argparse.Namespace) -> int:
    """Bring the database to the newest schema, after a backup, and make everybody findable who is not yet."""
    keep_first = not getattr(options, "without_backup", False)
    if status := upkeep.migrate_safely(app.extensions["config"], keep_first=keep_first):
        return status
    _make_findable()
    seal_what_stands_open()
    print("The database is up to date.")
    return 0


def reindex(_app: Flask, _options: argparse.Namespace) -> int:
    """Make everybody findable anew, while all else runs; interrupted, it goes on where it was."""
    from crm.flows import indexing  # noqa: PLC0415 - a verb loads what it needs

    with transaction():
        indexing.begin()
    _make_findable()
    print("Everybody can be found.")
    return 0


def _make_findable() -> None:
    from crm.flows import indexing  # noqa: PLC0415 - a verb loads what it needs

    people, is_whole = 0, False
    while not is_whole:
        with transaction():
            step = indexing.go_on(clock.now())
        people, is_whole = people + step.people, step.is_whole
        if step.people:
            print(f"People made findable: {people:,}", flush=True)


def plant(_app: Flask, _options: argparse.Namespace) -> int:
    """Add the texts and sequences we ship, where they are missing."""
    from crm.flows.planting import plant as plant_seeds  # noqa: PLC0415 - a verb loads what it needs

    with transaction():
        plant_seeds(clock.now())
    print("The texts and sequences are there.")
    return 0


def seed_demo(app: Flask, _options: argparse.Namespace) -> int:
    """Fill an empty practice with invented people, a past and a future."""
    from crm.demo import fill  # noqa: PLC0415 - only the demo needs it

    if not app.extensions["config"].is_development:
        print("The demo has a password everybody knows: it is for ENVIRONMENT=development.", file=sys.stderr)
        return 2
    print(fill(clock.now(), app.extensions["links"]))
    return 0
