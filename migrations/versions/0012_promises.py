"""A warning to the owner before a promise to answer ends"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("practice") as practice:
        wanted = sa.Column("warns_of_promises", sa.Boolean(), nullable=False, server_default=sa.true())
        practice.add_column(wanted)
        practice.add_column(sa.Column("warned_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
