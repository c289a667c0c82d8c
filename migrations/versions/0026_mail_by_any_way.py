"""Servers that go back to numbers they gave before; what a mail quotes, and what came along with it"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail_folder", sa.Column("went_back", sa.Integer, nullable=False, server_default="0"))
    op.add_column("incoming", sa.Column("folded", sa.Text, nullable=False, server_default=""))
    op.add_column("incoming", sa.Column("attachments", sa.JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("mail_folder") as folder:
        folder.alter_column("went_back", server_default=None)
    with op.batch_alter_table("incoming") as incoming:
        incoming.alter_column("folded", server_default=None)
        incoming.alter_column("attachments", server_default=None)


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
