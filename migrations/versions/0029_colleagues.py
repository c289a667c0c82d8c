"""Colleagues to whom people are sent; and the note after a missed call goes in the morning"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TEXTS = ("name", "focus", "payers", "fees", "phone", "email", "site", "notes")
FIRST_NOTE = sa.text(
    "SELECT step.id, step.sequence_id FROM step JOIN sequence ON sequence.id = step.sequence_id"
    " WHERE sequence.key = 'no_show' AND step.wait_count = 1 AND step.wait_unit = 'business_days'"
)


def upgrade() -> None:
    op.create_table(
        "colleague",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("openings_at", "archived_at")),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_colleague_a_colleague_has_a_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_colleague")),
        sa.UniqueConstraint("nonce", name=op.f("uq_colleague_nonce")),
    )
    _notes_go_in_the_morning()


def _notes_go_in_the_morning() -> None:
    """What its page said of it all along. The version of its plan that is newest says it, too."""
    connection = op.get_bind()
    for step_id, sequence_id in connection.execute(FIRST_NOTE).all():
        connection.execute(
            sa.text("UPDATE step SET wait_unit = 'business_mornings' WHERE id = :id"), {"id": step_id}
        )
        _rewrite_newest(connection, sequence_id, step_id)


def _rewrite_newest(connection: sa.Connection, sequence_id: int, step_id: int) -> None:
    newest = sa.text(
        "SELECT id, record FROM sequence_version WHERE sequence_id = :id ORDER BY number DESC LIMIT 1"
    ).columns(id=sa.Integer(), record=sa.JSON())
    row = connection.execute(newest, {"id": sequence_id}).one_or_none()
    if row is None:
        return
    for email in row.record["emails"]:
        if email["step_id"] == step_id:
            email["wait_unit"] = "business_mornings"
    connection.execute(
        sa.text("UPDATE sequence_version SET record = :record WHERE id = :id").bindparams(
            sa.bindparam("record", type_=sa.JSON())
        ),
        {"record": row.record, "id": row.id},
    )


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
