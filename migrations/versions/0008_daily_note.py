"""A note of each working day to the owner, at a time he sets"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("practice") as practice:
        practice.add_column(sa.Column("daily_note_at", sa.Time(), nullable=True))
        practice.add_column(sa.Column("daily_note_on", sa.Date(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
