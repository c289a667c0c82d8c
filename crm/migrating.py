"""Bringing a database to the newest schema, and asking whether the models still match it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as Alembic
from alembic.runtime.migration import MigrationContext

from crm.db import Base

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Run every migration this database has not seen."""
    command.upgrade(_alembic(connection), "head")


def write_revision(connection: Connection, subject: str) -> None:
    """Write a migration from what the models have and this database has not."""
    command.revision(_alembic(connection), subject, autogenerate=True)


def differences(connection: Connection) -> list[object]:
    """What the models and this database disagree about; empty when they match."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def _alembic(connection: Connection) -> Alembic:
    alembic = Alembic()
    alembic.set_main_option("script_location", str(MIGRATIONS))
    alembic.attributes["connection"] = connection
    return alembic
