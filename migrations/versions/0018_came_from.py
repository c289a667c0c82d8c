"""Where someone came from: campaign words, the host of the page before, the path of the page with the form"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inquiry", sa.Column("touch", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("inquiry") as inquiry:
        inquiry.alter_column("touch", server_default=None)


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
