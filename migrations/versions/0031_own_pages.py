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
    op.execute(
        "UPDATE lead SET language = 'es' WHERE id IN (SELECT inquiry.lead_id FROM inquiry"
        " JOIN form_version ON form_version.id = inquiry.form_version_id"
        f" WHERE {CAME_IN_SPANISH[op.get_bind().dialect.name]})"
    )
    for column in ("username", "password"):
        op.add_column("own_calendar", sa.Column(column, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
