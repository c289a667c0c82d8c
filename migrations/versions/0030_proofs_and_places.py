"""Which address of a person is proven, from where a call was changed, and places offered to the waitlist"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

PROVEN = """
UPDATE lead SET proven_mailbox = base_mailbox WHERE base_mailbox IS NOT NULL AND (
    id IN (SELECT lead_id FROM incoming WHERE reply_id IS NOT NULL AND found_by IN ('thread', 'address'))
    OR id IN (SELECT lead_id FROM booking WHERE nonce LIKE '%:page:%')
)
"""


IS_ONE = "(kind = 'offer') = (offer_id IS NOT NULL AND offer_note IS NOT NULL)"
OPEN, YES, ASKED = (sa.text(each) for each in ("closed_at IS NULL", "state = 'accepted'", "state = 'open'"))
UNTOLD = sa.text("closed_as = 'lapsed' AND settled_at IS NULL")


def upgrade() -> None:
    _proofs()
    _places()
    _offers()
    with op.batch_alter_table("lead") as lead:
        lead.add_column(sa.Column("put_first_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("offer_id", sa.Integer(), nullable=True))
        message.add_column(sa.Column("offer_note", sa.String(40), nullable=True))
        message.create_foreign_key(op.f("fk_message_offer_id_offer"), "offer", ["offer_id"], ["id"])
        message.create_unique_constraint(op.f("uq_message_offer_id_offer_note"), ["offer_id", "offer_note"])
        message.create_check_constraint(op.f("ck_message_an_offer_is_one"), IS_ONE)


def _places() -> None:
    op.create_table(
        "vacancy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinician_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_as", sa.String(40), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_as IS NULL)", name=op.f("ck_vacancy_closed_says_how")
        ),
        sa.CheckConstraint(
            "settled_at IS NULL OR closed_at IS NOT NULL", name=op.f("ck_vacancy_settled_is_closed")
        ),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["account.id"], name=op.f("fk_vacancy_clinician_id_account")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_vacancy_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy")),
        sa.UniqueConstraint("nonce", name=op.f("uq_vacancy_nonce")),
    )
    op.create_index("ix_vacancy_open", "vacancy", ["ends_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_vacancy_untold", "vacancy", ["id"], sqlite_where=UNTOLD, postgresql_where=UNTOLD)


def _offers() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vacancy_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_offer_open_has_no_end")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_offer_lead_id_lead")),
        sa.ForeignKeyConstraint(["vacancy_id"], ["vacancy.id"], name=op.f("fk_offer_vacancy_id_vacancy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("token", name=op.f("uq_offer_token")),
    )
    op.create_index(op.f("ix_offer_lead_id"), "offer", ["lead_id"])
    op.create_index(op.f("ix_offer_vacancy_id"), "offer", ["vacancy_id"])
    for name, column, where in (
        ("uq_offer_accepted", "vacancy_id", YES),
        ("uq_offer_open", "lead_id", ASKED),
    ):
        op.create_index(name, "offer", [column], unique=True, sqlite_where=where, postgresql_where=where)


def _proofs() -> None:
    with op.batch_alter_table("lead") as lead:
        lead.add_column(sa.Column("proven_mailbox", sa.Text(), nullable=True))
    with op.batch_alter_table("booking") as booking:
        booking.add_column(sa.Column("client_key", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("booking") as booking:
        booking.alter_column("client_key", server_default=None)
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("client_key", sa.Text(), nullable=True))
    told = sa.text("client_key IS NOT NULL")
    op.create_index(
        "ix_message_unproven", "message", ["created_at"], sqlite_where=told, postgresql_where=told
    )
    op.execute(sa.text(PROVEN.replace(":page:", r"\:page\:")))


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
