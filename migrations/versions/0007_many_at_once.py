"""Tags, whose somebody is, acts on many people at once, and lists under a name"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

HERE = "removed_at IS NULL"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _tags()
    _assignments()
    _sweeps()
    _views()


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")


def _tags() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("name_before", sa.Text(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["merged_into_id"], ["tag.id"], name=op.f("fk_tag_merged_into_id_tag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
    )
    _unique("uq_tag_key", "tag", ["key"], HERE)
    op.create_table(
        "lead_tag",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("merged_from_id", sa.Integer(), nullable=True),
        _to("lead_tag", "lead_id", "lead"),
        _to("lead_tag", "tag_id", "tag"),
        sa.ForeignKeyConstraint(["merged_from_id"], ["tag.id"], name=op.f("fk_lead_tag_merged_from_id_tag")),
        sa.PrimaryKeyConstraint("lead_id", "tag_id", name=op.f("pk_lead_tag")),
    )
    op.create_index("ix_lead_tag_people", "lead_tag", ["tag_id", "lead_id"])


def _assignments() -> None:
    op.create_table(
        "assignment",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("assigned_at", INSTANT, nullable=False),
        _to("assignment", "lead_id", "lead"),
        _to("assignment", "account_id", "account"),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_people", "assignment", ["account_id", "lead_id"])


def _sweeps() -> None:
    op.create_table(
        "sweep",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("first_undo_id", sa.Integer(), nullable=True),
        sa.Column("last_undo_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", INSTANT, nullable=True),
        _to("sweep", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep")),
    )
    op.create_index("ix_sweep_account_id", "sweep", ["account_id", "made_at"])


def _views() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        _to("saved_view", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    _unique("uq_saved_view_mine", "saved_view", ["account_id", "key"], f"{HERE} AND NOT shared")
    _unique("uq_saved_view_shared", "saved_view", ["key"], f"{HERE} AND shared")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def _unique(name: str, table: str, columns: list[str], where: str) -> None:
    here = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=here, postgresql_where=here)
