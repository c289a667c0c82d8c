"""What the DNS says of the domain emails come from, and emails that are held, counted quickly"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

HELD = "state = 'scheduled' AND held_at IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "domain_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_domain_check"),
    )
    op.create_index(
        "ix_message_held",
        "message",
        ["held_at"],
        sqlite_where=sa.text(HELD),
        postgresql_where=sa.text(HELD),
    )


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
