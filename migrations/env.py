"""Alembic's entry: always over a connection that crm.migrating hands in."""

from alembic import context

import crm.models  # noqa: F401 - maps every model
from crm.db import Base, UtcDateTime, Word


def spell(kind: str, value: object, _context: object) -> str | bool:
    """Migrations name plain SQL types, so that they outlive our own classes."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, Word):
        return "sa.String(length=40)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=spell,
)
with context.begin_transaction():
    context.run_migrations()
