"""Servers that go back to numbers they gave before; what a mail quotes, and what came along with it"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail_folder", sa.Column("went_back", sa.Integer, nullable=False, server_default="0"))
    op.add_column("incoming", sa.Column("folded", sa.Text, nullable=False, server_default=""))
    op.add_column("incoming", sa.Column("attachments", sa.JSON, nullable=False, server_default="[]"))
    _providers()
    with op.batch_alter_table("mail_folder") as folder:
        folder.alter_column("went_back", server_default=None)
    with op.batch_alter_table("incoming") as incoming:
        incoming.alter_column("folded", server_default=None)
        incoming.alter_column("attachments", server_default=None)


def _providers() -> None:
    op.create_table(
        "mail_provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("token_end", sa.Text(), nullable=False),
        sa.Column("signing_secret", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_called", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_provider")),
        sa.UniqueConstraint("kind", name=op.f("uq_mail_provider_kind")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mail_provider_token_hash")),
    )
    _parcels()


def _parcels() -> None:
    op.create_table(
        "mail_parcel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_parcel")),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["mail_provider.id"],
            name=op.f("fk_mail_parcel_provider_id_mail_provider"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("provider_id", "key", name=op.f("uq_mail_parcel_provider_id_key")),
    )
    op.create_index("ix_mail_parcel_arrived_at", "mail_parcel", ["arrived_at"])
    op.create_index("ix_mail_parcel_nonce", "mail_parcel", ["provider_id", "nonce"])
    for state in ("waiting", "unknown"):
        where = sa.text(f"state = '{state}'")
        op.create_index(
            f"ix_mail_parcel_{state}", "mail_parcel", ["id"], sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
