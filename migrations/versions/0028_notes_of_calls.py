"""What a person is told of their call by email: each version of a call once"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

HAS_A_CALL = (
    "(kind = 'call') = (booking_id IS NOT NULL AND call_note IS NOT NULL AND call_sequence IS NOT NULL)"
)


def upgrade() -> None:
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("booking_id", sa.Integer(), nullable=True))
        message.add_column(sa.Column("call_note", sa.String(40), nullable=True))
        message.add_column(sa.Column("call_sequence", sa.Integer(), nullable=True))
        message.create_foreign_key(op.f("fk_message_booking_id_booking"), "booking", ["booking_id"], ["id"])
        message.create_unique_constraint(
            op.f("uq_message_booking_id_call_note_call_sequence"), ["booking_id", "call_note", "call_sequence"]
        )
        message.create_check_constraint(op.f("ck_message_a_note_has_a_call"), HAS_A_CALL)


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
