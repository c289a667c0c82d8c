"""Which address of a person is proven, and from where a call was changed"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

PROVEN = """
UPDATE lead SET proven_mailbox = base_mailbox WHERE base_mailbox IS NOT NULL AND (
    id IN (SELECT lead_id FROM incoming WHERE reply_id IS NOT NULL AND found_by IN ('thread', 'address'))
    OR id IN (SELECT lead_id FROM booking WHERE nonce LIKE '%:page:%')
)
"""


def upgrade() -> None:
    with op.batch_alter_table("lead") as lead:
        lead.add_column(sa.Column("proven_mailbox", sa.Text(), nullable=True))
    with op.batch_alter_table("booking") as booking:
        booking.add_column(sa.Column("client_key", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("booking") as booking:
        booking.alter_column("client_key", server_default=None)
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("client_key", sa.Text(), nullable=True))
    told = sa.text("client_key IS NOT NULL")
    op.create_index(
        "ix_message_unproven", "message", ["created_at"], sqlite_where=told, postgresql_where=told
    )
    op.execute(sa.text(PROVEN.replace(":page:", r"\:page\:")))


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
