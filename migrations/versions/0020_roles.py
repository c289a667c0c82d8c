"""Who somebody is in the practice: everybody so far is its owner"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("role", sa.String(40), nullable=False, server_default="owner"))
    with op.batch_alter_table("account") as account:
        account.alter_column("role", server_default=None)


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
