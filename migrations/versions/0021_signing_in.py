"""Signing in: the second step, passkeys, invitations, forgotten passwords, and how often somebody guessed"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

OPEN = "used_at IS NULL AND withdrawn_at IS NULL"


def upgrade() -> None:
    _account()
    _sign_in()
    _second_step()
    _passkeys()
    _links()
    _guesses()


def _account() -> None:
    with op.batch_alter_table("account") as account:
        account.add_column(_instant("deactivated_at", nullable=True))
        account.add_column(sa.Column("totp_secret", sa.Text(), nullable=True))
        account.add_column(_instant("totp_confirmed_at", nullable=True))
        account.add_column(sa.Column("totp_step", sa.BigInteger(), nullable=True))
        account.add_column(sa.Column("handle", sa.Text(), nullable=True))
        account.create_unique_constraint(op.f("uq_account_handle"), ["handle"])
        account.create_check_constraint(
            op.f("ck_account_what_is_confirmed_is_known"),
            "totp_confirmed_at IS NULL OR totp_secret IS NOT NULL",
        )


def _sign_in() -> None:
    op.add_column("sign_in", _instant("proved_at", nullable=True))
    op.add_column("sign_in", sa.Column("browser", sa.Text(), nullable=True))
    op.execute("UPDATE sign_in SET proved_at = created_at, browser = ''")
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.alter_column("proved_at", nullable=False)
        sign_in.alter_column("browser", nullable=False)
    op.create_table(
        "half_sign_in",
        *_token_of_an_account("half_sign_in"),
        _instant("created_at"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_half_sign_in_token_hash")),
    )
    for column in ("account_id", "created_at"):
        op.create_index(op.f(f"ix_half_sign_in_{column}"), "half_sign_in", [column])


def _second_step() -> None:
    op.create_table(
        "recovery_code",
        *_of_an_account("recovery_code"),
        sa.Column("code_hash", sa.Text(), nullable=False),
        _instant("created_at"),
        _instant("used_at", nullable=True),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"])


def _passkeys() -> None:
    op.create_table(
        "passkey",
        *_of_an_account("passkey"),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _instant("created_at"),
        _instant("used_at", nullable=True),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"])
    op.create_table(
        "challenge",
        *_of_an_account("challenge", nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        _instant("created_at"),
        sa.UniqueConstraint("value", name=op.f("uq_challenge_value")),
    )
    op.create_index(op.f("ix_challenge_created_at"), "challenge", ["created_at"])


def _links() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("email", "name", "token_hash", "nonce")),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        _instant("created_at"),
        _instant("used_at", nullable=True),
        _instant("withdrawn_at", nullable=True),
        _to("invitation", "invited_by_id", "account"),
        _to("invitation", "message_id", "message", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        sa.UniqueConstraint("message_id", name=op.f("uq_invitation_message_id")),
    )
    few = sa.text(OPEN)
    op.create_index(
        "uq_invitation_open", "invitation", ["email"], unique=True, sqlite_where=few, postgresql_where=few
    )
    op.create_table(
        "password_reset",
        *_token_of_an_account("password_reset"),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        _instant("created_at"),
        _instant("used_at", nullable=True),
        _to("password_reset", "message_id", "message", "SET NULL"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_reset_token_hash")),
        sa.UniqueConstraint("message_id", name=op.f("uq_password_reset_message_id")),
    )
    op.create_index(op.f("ix_password_reset_account_id"), "password_reset", ["account_id"])


def _guesses() -> None:
    op.create_table(
        "guess_tally",
        sa.Column("key", sa.Text(), nullable=False),
        _instant("began_at"),
        sa.Column("guesses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_guess_tally")),
    )
    op.create_index(op.f("ix_guess_tally_began_at"), "guess_tally", ["began_at"])
    op.drop_table("failed_sign_in")


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_an_account(table: str, *, nullable: bool = False) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=nullable),
        _to(table, "account_id", "account", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _token_of_an_account(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (*_of_an_account(table), sa.Column("token_hash", sa.Text(), nullable=False))


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
