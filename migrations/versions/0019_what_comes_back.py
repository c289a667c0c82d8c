"""What comes back: the mailbox, how far its folders are read, every mail once, and the token in Reply-To"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FOR_THE_TRAY = "settled_at IS NULL AND for_tray"
NOT_UNDERSTOOD = "kind IS NULL AND quarantined_at IS NULL"


def upgrade() -> None:
    _accounts()
    _folders()
    _mails()
    _bytes()
    for table in ("lead", "alias"):
        op.add_column(table, sa.Column("reply_token", sa.Text(), nullable=True))
        _give_tokens(table)
        op.create_index(f"uq_{table}_reply_token", table, ["reply_token"], unique=True)


def _accounts() -> None:
    op.create_table(
        "mail_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_let_in", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(failing_since IS NULL) = (failure IS NULL)", name=op.f("ck_mail_account_a_failure_has_words")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_account")),
        sa.UniqueConstraint("account", name=op.f("uq_mail_account_account")),
    )


def _folders() -> None:
    op.create_table(
        "mail_folder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("resync_until", sa.BigInteger(), nullable=True),
        sa.Column("stuck_at", sa.BigInteger(), nullable=True),
        sa.Column("stuck_times", sa.Integer(), nullable=False),
        _to("mail_folder", "account_id", "mail_account", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_folder")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_mail_folder_account_id_name")),
    )


def _mails() -> None:
    op.create_table(
        "incoming",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("folder_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("is_cut", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("quarantined_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("message_id", "in_reply_to")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("sender", "subject", "said")),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("returns_on", sa.Date(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("found_by", sa.String(length=40), nullable=True),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("answers_id", sa.Integer(), nullable=True),
        sa.Column("reply_id", sa.Integer(), nullable=True),
        sa.Column("for_tray", sa.Boolean(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind IS NULL) = (handled_at IS NULL)", name=op.f("ck_incoming_what_is_handled_is_known")
        ),
        sa.CheckConstraint("(lead_id IS NULL) = (found_by IS NULL)", name=op.f("ck_incoming_whose_says_how")),
        _to("incoming", "account_id", "mail_account", "CASCADE"),
        _to("incoming", "folder_id", "mail_folder", "CASCADE"),
        _to("incoming", "lead_id", "lead"),
        _to("incoming", "answers_id", "message"),
        _to("incoming", "reply_id", "reply"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming")),
        sa.UniqueConstraint("folder_id", "uid_validity", "uid", name=op.f("uq_incoming_folder_id_uid_validity_uid")),
        sa.UniqueConstraint("account_id", "fingerprint", name=op.f("uq_incoming_account_id_fingerprint")),
        sa.UniqueConstraint("reply_id", name=op.f("uq_incoming_reply_id")),
    )
    for column in ("message_id", "in_reply_to", "lead_id", "answers_id"):
        op.create_index(op.f(f"ix_incoming_{column}"), "incoming", [column])
    for name, which in (("tray", FOR_THE_TRAY), ("not_understood", NOT_UNDERSTOOD)):
        few = sa.text(which)
        op.create_index(f"ix_incoming_{name}", "incoming", ["id"], sqlite_where=few, postgresql_where=few)


def _bytes() -> None:
    op.create_table(
        "raw_mail",
        sa.Column("incoming_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        _to("raw_mail", "incoming_id", "incoming", "CASCADE"),
        sa.PrimaryKeyConstraint("incoming_id", name=op.f("pk_raw_mail")),
    )
    op.create_index(op.f("ix_raw_mail_kept_at"), "raw_mail", ["kept_at"])


def _give_tokens(table: str) -> None:
    """Made here, because neither database has random words that are good enough for it."""
    connection = op.get_bind()
    people = sa.table(table, sa.column("id", sa.Integer), sa.column("reply_token", sa.Text))
    ids = connection.execute(sa.select(people.c.id)).scalars().all()
    rows = [{"this": each, "token": secrets.token_hex(10)} for each in ids]
    if rows:
        one = sa.update(people).where(people.c.id == sa.bindparam("this"))
        connection.execute(one.values(reply_token=sa.bindparam("token")), rows)


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
