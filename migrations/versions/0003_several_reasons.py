"""Several reasons may stand against one address: a bounce no longer swallows a wish"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("suppression") as suppression:
        suppression.drop_index("uq_suppression_active")
        suppression.create_index(
            "uq_suppression_active",
            ["address_key", "reason"],
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
