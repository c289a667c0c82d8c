"""A hundred thousand people: the list and the board read a few entries of an index, never a whole table"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_lead_stage", table_name="lead")
    _index("ix_lead_stage", "lead", ["stage", "stage_changed_at", "id"], "quarantined_at IS NULL")
    for column in ("quarantined_at", "snoozed_until", "read_first_at"):
        _index(f"ix_lead_{column}", "lead", [column], f"{column} IS NOT NULL")
    op.create_index("ix_lead_list", "lead", ["stage", "id"])
    op.create_index("ix_lead_found_us", "lead", ["found_us", "id"])
    _index("ix_enrollment_paused", "enrollment", ["lead_id"], "state = 'paused'")


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
