"""Since when everybody who signs in must use a second step"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BEFORE = {"profile", "hours", "account", "sequence", "form"}
practice = sa.table("practice", sa.column("id", sa.Integer), sa.column("first_steps", sa.JSON))


def upgrade() -> None:
    op.add_column("practice", sa.Column("second_step_since", sa.DateTime(timezone=True), nullable=True))
    for practice_id, said in op.get_bind().execute(sa.select(practice.c.id, practice.c.first_steps)).all():
        if set(said) >= BEFORE:  # he has put the list away: a line that is new does not bring it back
            whole = sorted({*said, "second_step"})
            op.execute(sa.update(practice).where(practice.c.id == practice_id).values(first_steps=whole))


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
