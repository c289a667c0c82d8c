"""What the front door knows: where a note came from, what it resembles, what was taught; own crisis phrases"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _inquiries()
    with op.batch_alter_table("practice") as practice:
        practice.add_column(sa.Column("asks_proof", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("practice") as practice:
        practice.alter_column("asks_proof", server_default=None)
    _taught()
    _editions()


def _inquiries() -> None:
    columns = {"network_key": sa.Text(), "body_print": sa.Text(), "signs": sa.JSON()}
    with op.batch_alter_table("inquiry") as inquiry:
        for name, kind in columns.items():
            empty = "[]" if name == "signs" else ""
            inquiry.add_column(sa.Column(name, kind, nullable=False, server_default=empty))
    with op.batch_alter_table("inquiry") as inquiry:
        for name in columns:
            inquiry.alter_column(name, server_default=None)
    op.create_index(op.f("ix_inquiry_network_key"), "inquiry", ["network_key"])


def _taught() -> None:
    op.create_table(
        "sender_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trait", sa.String(length=40), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("is_spam", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sender_rule_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_rule")),
        sa.UniqueConstraint("trait", "key", name=op.f("uq_sender_rule_trait_key")),
    )


def _editions() -> None:
    lists = ("english", "spanish", "switched_off")
    op.create_table(
        "crisis_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in lists),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_crisis_edition_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_edition")),
    )


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
