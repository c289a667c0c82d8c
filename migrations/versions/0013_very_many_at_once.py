"""Acts on very many people, which a worker carries out"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

AT_WORK = "state IN ('doing', 'undoing')"
COUNTS = ("chosen", "gone_through", "reached", "done", "stopped")


def upgrade() -> None:
    with op.batch_alter_table("sweep") as sweep:
        sweep.add_column(sa.Column("state", sa.String(length=40), nullable=False, server_default="done"))
        sweep.add_column(sa.Column("act", sa.Text(), nullable=False, server_default=""))
        sweep.add_column(sa.Column("what", sa.Text(), nullable=False, server_default=""))
        sweep.add_column(sa.Column("deed", sa.JSON(), nullable=False, server_default="{}"))
        for name in COUNTS:
            sweep.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        sweep.add_column(sa.Column("paced_at", sa.DateTime(timezone=True), nullable=True))
    at_work = sa.text(AT_WORK)
    op.create_index(
        "ix_sweep_at_work", "sweep", ["id"], sqlite_where=at_work, postgresql_where=at_work
    )
    op.create_table(
        "sweep_person",
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("undo_id", sa.Integer(), nullable=True),
        _to("sweep_id", "sweep", "CASCADE"),
        _to("lead_id", "lead", "CASCADE"),
        _to("undo_id", "undo", "SET NULL"),
        sa.PrimaryKeyConstraint("sweep_id", "lead_id", name=op.f("pk_sweep_person")),
    )
    op.create_index(op.f("ix_sweep_person_lead_id"), "sweep_person", ["lead_id"])
    op.create_index(op.f("ix_sweep_person_undo_id"), "sweep_person", ["undo_id"])


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")


def _to(column: str, other: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_sweep_person_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
