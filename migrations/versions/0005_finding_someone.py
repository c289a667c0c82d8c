"""Finding someone: each person's words as keyed hashes, and how far the index has come"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables alone: `crm migrate` fills them afterwards, because a migration does not know the key."""
    op.create_table(
        "search_entry",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_search_entry_lead_id_lead"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lead_id", "token", name=op.f("pk_search_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_entry_token", "search_entry", ["token", "place", "lead_id"])
    op.create_table(
        "search_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_with", sa.BigInteger(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_search_index_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_index")),
    )


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
