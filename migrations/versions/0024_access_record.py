"""The access record that nobody can change, who is kept or asked to be erased, and how long people are kept"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

REFUSES = "the access record is only ever added to"


def upgrade() -> None:
    _lines()
    _head()
    _anchors()
    _terms()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgres()
    else:
        _guard_sqlite()


def _lines() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("key_name", "previous", "hash")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_previous")),
    )
    for column in ("lead_id", "account_id"):
        op.create_index(f"ix_audit_{column}", "audit", [column, "number"])
    op.create_index("ix_audit_at", "audit", ["at"])


def _head() -> None:
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "number": 0, "hash": ""}])


def _anchors() -> None:
    op.create_table(
        "audit_anchor",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_name", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_anchor")),
    )


def _terms() -> None:
    """Nobody is erased by itself before the owner has chosen for how long people are kept."""
    op.add_column("practice", sa.Column("keeps", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("practice", sa.Column("hides_screen", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("practice") as practice:
        practice.alter_column("keeps", server_default=None)
        practice.alter_column("hides_screen", server_default=None)
    for column in ("kept_at", "erase_at", "erasure_asked_at"):
        op.add_column("lead", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    for column in ("erase_at", "erasure_asked_at"):
        few = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_lead_{column}", "lead", [column], sqlite_where=few, postgresql_where=few)


IS_KEPT = "OLD.number > COALESCE((SELECT MAX(number) FROM audit_anchor), 0)"
MOVE_ON = "UPDATE audit_head SET number = NEW.number, hash = NEW.hash WHERE id = 1 AND number < NEW.number"


def _guard_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSES}'); END"
    for table in ("audit", "audit_anchor"):
        op.execute(f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit WHEN {IS_KEPT} {refuse}")
    op.execute(f"CREATE TRIGGER audit_anchor_is_kept BEFORE DELETE ON audit_anchor {refuse}")
    op.execute(f"CREATE TRIGGER audit_goes_on AFTER INSERT ON audit BEGIN {MOVE_ON}; END")


def _guard_postgres() -> None:
    """On TRUNCATE, too, which fires no trigger for rows."""
    refuse = f"RAISE EXCEPTION '{REFUSES}'"
    _function("audit_refuses", f"{refuse}; RETURN NULL")
    _function("audit_keeps", f"IF {IS_KEPT} THEN {refuse}; END IF; RETURN OLD")
    _function("audit_moves_on", f"{MOVE_ON}; RETURN NULL")
    for table in ("audit", "audit_anchor"):
        _trigger(f"{table}_stays", f"BEFORE UPDATE ON {table} FOR EACH ROW", "audit_refuses")
        _trigger(f"{table}_is_whole", f"BEFORE TRUNCATE ON {table}", "audit_refuses")
    _trigger("audit_is_kept", "BEFORE DELETE ON audit FOR EACH ROW", "audit_keeps")
    _trigger("audit_anchor_is_kept", "BEFORE DELETE ON audit_anchor FOR EACH ROW", "audit_refuses")
    _trigger("audit_goes_on", "AFTER INSERT ON audit FOR EACH ROW", "audit_moves_on")


def _function(name: str, body: str) -> None:
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$")


def _trigger(name: str, when: str, function: str) -> None:
    op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()")


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
