"""The language somebody came in, and calendars that ask for a password"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

CAME_IN_SPANISH = {
    "sqlite": "json_extract(form_version.record, '$.language') = 'es'",
    "postgresql": "form_version.record ->> 'language' = 'es'",
}


def upgrade() -> None:
    op.add_column("lead", sa.Column("language", sa.String(40), nullable=False, server_default="en"))
    last = (
        f"SELECT {CAME_IN_SPANISH[op.get_bind().dialect.name]} FROM inquiry"
        " JOIN form_version ON form_version.id = inquiry.form_version_id"
        " WHERE inquiry.lead_id = lead.id ORDER BY inquiry.id DESC LIMIT 1"
    )
    op.execute(f"UPDATE lead SET language = 'es' WHERE ({last})")
    for column in ("username", "password"):
        op.add_column("own_calendar", sa.Column(column, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
