"""Attempts, drafts that wait for a yes, paces and limits, paused domains, and who this database is"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = "state IN ('awaiting_approval', 'scheduled', 'sending', 'uncertain')"
AGAINST = "verdict <> 'send'"
DRAFT = "state = 'awaiting_approval' AND held_at IS NULL"


def upgrade() -> None:
    _make_tables()
    _widen_messages()
    _index_what_workers_read()
    with op.batch_alter_table("step") as step:
        step.add_column(sa.Column("max_late_hours", sa.Integer(), nullable=False, server_default="72"))
        step.add_column(sa.Column("needs_approval", sa.Boolean(), nullable=False, server_default=sa.false()))
        step.create_check_constraint("max_late_positive", "max_late_hours > 0")
    with op.batch_alter_table("sequence") as sequence:
        sequence.add_column(
            sa.Column("needs_approval", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        sequence.add_column(sa.Column("stops_on_call", sa.Boolean(), nullable=False, server_default=sa.true()))
        sequence.add_column(sa.Column("stops_on_move", sa.Boolean(), nullable=False, server_default=sa.true()))
        sequence.create_unique_constraint(op.f("uq_sequence_name"), ["name"])
    with op.batch_alter_table("enrollment") as enrollment:
        enrollment.add_column(
            sa.Column("answers_only", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("lead") as lead:
        lead.add_column(sa.Column("zone_name", sa.Text(), nullable=True))
    _give_the_practice_a_pace()
    _keep_several_absences()
    _count_equal_decisions()
    _drop_defaults()
    _begin_the_versions_of_sequences()


def _make_tables() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("claim_token", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_attempt_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("message_id", "claim_token", name=op.f("uq_attempt_message_id_claim_token")),
    )
    op.create_index(op.f("ix_attempt_ended_at"), "attempt", ["ended_at"])
    op.create_table(
        "domain_pause",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_domain_pause")),
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_instance_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )


def _widen_messages() -> None:
    op.drop_index("uq_message_open", table_name="message")
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True))
        message.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        message.add_column(sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
        message.add_column(sa.Column("claimed_by", sa.Text(), nullable=True))
        message.add_column(sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
        message.drop_constraint("held_is_waiting", type_="check")
        message.create_check_constraint(
            "held_is_waiting", "held_at IS NULL OR state IN ('awaiting_approval', 'scheduled', 'sending')"
        )
        message.create_check_constraint(
            "a_draft_expires", "state <> 'awaiting_approval' OR expires_at IS NOT NULL"
        )
    op.execute("UPDATE message SET planned_at = due_at WHERE kind = 'step'")
    op.create_index(
        "uq_message_open",
        "message",
        ["enrollment_id"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    op.create_index(
        "ix_message_draft",
        "message",
        ["expires_at"],
        sqlite_where=sa.text(DRAFT),
        postgresql_where=sa.text(DRAFT),
    )


def _index_what_workers_read() -> None:
    """With the id, because hundreds are due at one moment; and without the many that were not sent."""
    due, sent = sa.text("state = 'scheduled' AND held_at IS NULL"), sa.text("sent_at IS NOT NULL")
    op.drop_index("ix_message_due", table_name="message")
    op.drop_index("ix_message_sent_at", table_name="message")
    op.create_index(
        "ix_message_due", "message", ["urgency", "due_at", "id"], sqlite_where=due, postgresql_where=due
    )
    op.create_index("ix_message_sent_at", "message", ["sent_at"], sqlite_where=sent, postgresql_where=sent)


def _give_the_practice_a_pace() -> None:
    with op.batch_alter_table("practice") as practice:
        practice.add_column(sa.Column("gap_days", sa.Integer(), nullable=False, server_default="1"))
        practice.add_column(sa.Column("weekly_cap", sa.Integer(), nullable=False, server_default="3"))
        practice.add_column(sa.Column("hourly_limit", sa.Integer(), nullable=True, server_default="100"))
        practice.add_column(sa.Column("daily_limit", sa.Integer(), nullable=True, server_default="450"))
        practice.add_column(sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True))
        practice.add_column(sa.Column("spread_until", sa.DateTime(timezone=True), nullable=True))
        practice.add_column(sa.Column("limit_until", sa.DateTime(timezone=True), nullable=True))
        practice.add_column(sa.Column("account_failures", sa.Integer(), nullable=False, server_default="0"))
        practice.add_column(sa.Column("account_retry_at", sa.DateTime(timezone=True), nullable=True))
        practice.create_check_constraint("a_pace_is_positive", "gap_days >= 1 AND weekly_cap >= 1")
        practice.create_check_constraint("a_limit_is_positive", "hourly_limit > 0 AND daily_limit > 0")


def _count_equal_decisions() -> None:
    with op.batch_alter_table("decision") as decision:
        decision.add_column(sa.Column("last_at", sa.DateTime(timezone=True), nullable=True))
        decision.add_column(sa.Column("times", sa.Integer(), nullable=False, server_default="1"))
    op.execute("UPDATE decision SET last_at = at")
    with op.batch_alter_table("decision") as decision:
        decision.alter_column("last_at", nullable=False)
    op.create_index("ix_decision_at", "decision", ["at", "id"])
    for column in ("verdict", "reason"):
        op.create_index(
            f"ix_decision_{column}",
            "decision",
            [column, "at", "id"],
            sqlite_where=sa.text(AGAINST),
            postgresql_where=sa.text(AGAINST),
        )


def _keep_several_absences() -> None:
    with op.batch_alter_table("practice") as practice:
        practice.add_column(sa.Column("absences", sa.JSON(), nullable=False, server_default="[]"))
    known = sa.table("practice", *(sa.column(n, sa.Date) for n in ("away_from", "away_until")))
    absences = sa.table("practice", sa.column("absences", sa.JSON))
    away = op.get_bind().execute(sa.select(known).where(sa.column("away_until").is_not(None))).first()
    if away and away[0]:
        op.execute(sa.update(absences).values(absences=[[day.isoformat() for day in away]]))
    with op.batch_alter_table("practice") as practice:
        practice.drop_column("away_from")
        practice.drop_column("away_until")


def _drop_defaults() -> None:
    """They filled the rows that were there; from now on the models know them."""
    for table, columns in {
        "step": ("max_late_hours", "needs_approval"),
        "sequence": ("needs_approval", "stops_on_call", "stops_on_move"),
        "enrollment": ("answers_only",),
        "decision": ("times",),
        "practice": ("gap_days", "weekly_cap", "hourly_limit", "daily_limit", "account_failures", "absences"),
    }.items():
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.alter_column(column, server_default=None)


def _begin_the_versions_of_sequences() -> None:
    """Every sequence keeps its plans from now on; how it is at this moment is the first."""
    op.create_table(
        "sequence_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequence_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sequence_id"], ["sequence.id"], name=op.f("fk_sequence_version_sequence_id_sequence")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sequence_version_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequence_version")),
        sa.UniqueConstraint("sequence_id", "number", name=op.f("uq_sequence_version_sequence_id_number")),
    )
    connection = op.get_bind()
    for sequence in connection.execute(sa.text("SELECT id, quiet_days, created_at FROM sequence ORDER BY id")):
        steps = connection.execute(STEPS, {"sequence": sequence.id}).mappings()
        emails = [{**step, "at_once": bool(step["at_once"])} for step in steps]
        connection.execute(
            FIRST_VERSION,
            {
                "sequence": sequence.id,
                "at": sequence.created_at,
                "record": json.dumps({"emails": emails, "quiet_days": sequence.quiet_days}),
            },
        )


STEPS = sa.text("""
    SELECT step.id AS step_id, step.template_id, template_version.subject AS name, step.wait_count,
           step.wait_unit, step.at_once, step.max_late_hours
    FROM step
    JOIN email_template ON email_template.id = step.template_id
    JOIN template_version ON template_version.id = email_template.current_id
    WHERE step.sequence_id = :sequence AND step.removed_at IS NULL
    ORDER BY step.position
""")
FIRST_VERSION = sa.text("""
    INSERT INTO sequence_version (sequence_id, number, created_at, record)
    VALUES (:sequence, 1, :at, :record)
""")


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
