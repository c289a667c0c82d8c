"""Reminders: what the owner means to do for someone, and when they are back on Today for it"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = "kind = 'reminder' AND settled_at IS NULL"


def upgrade() -> None:
    with op.batch_alter_table("note") as note:
        note.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        note.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        note.create_check_constraint("a_reminder_is_due", "(kind = 'reminder') = (due_at IS NOT NULL)")
        note.create_index("uq_note_reminder", ["lead_id"], unique=True, **_open())
        note.create_index("ix_note_reminder_due", ["due_at"], **_open())


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")


def _open() -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(OPEN), "postgresql_where": sa.text(OPEN)}
