"""What a new practice has done of its first steps; whoever has had an inquiry is past them"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ALL = '["account", "form", "hours", "profile", "sequence"]'


def upgrade() -> None:
    with op.batch_alter_table("practice") as practice:
        practice.add_column(sa.Column("first_steps", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("practice") as practice:
        practice.alter_column("first_steps", server_default=None)
    op.execute(f"UPDATE practice SET first_steps = '{ALL}' WHERE EXISTS (SELECT 1 FROM inquiry)")


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
