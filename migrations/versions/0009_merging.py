"""Two records of one person: keys to find them by, merges that can be taken apart, pairs that are not the same"""

import sqlalchemy as sa
from alembic import op

from crm.rules.likeness import mailbox_key, name_key, phone_key

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEYS = ("mailbox_key", "phone_key", "name_key")
CHUNK = 1_000


def upgrade() -> None:
    # AUTOINCREMENT, so that SQLite never gives the number of a merged record to somebody else.
    never_twice = {"sqlite_autoincrement": True}
    with op.batch_alter_table("lead", recreate="auto", table_kwargs=never_twice) as lead:
        for key in KEYS:
            lead.add_column(sa.Column(key, sa.Text(), nullable=True))
        if op.get_bind().dialect.name == "sqlite":  # adding alone would not build the table anew
            lead.alter_column("contact_key", existing_type=sa.Text(), nullable=False)
    _fill_keys()
    for key in KEYS:
        op.create_index(op.f(f"ix_lead_{key}"), "lead", [key])
    _make_merge()
    _make_alias()
    _make_distinction()
    with op.batch_alter_table("suppression") as suppression:
        suppression.add_column(sa.Column("merge_id", sa.Integer(), nullable=True))
        suppression.create_foreign_key(
            op.f("fk_suppression_merge_id_merge"), "merge", ["merge_id"], ["id"], ondelete="SET NULL"
        )


def _fill_keys() -> None:
    """Whoever is there is looked up by the same keys as whoever comes."""
    columns = ("name", "email", "phone", *KEYS)
    lead = sa.table("lead", sa.column("id", sa.Integer), *(sa.column(name, sa.Text) for name in columns))
    connection, last = op.get_bind(), 0
    keys = {name: sa.bindparam(f"new_{name}") for name in KEYS}
    fill = sa.update(lead).where(lead.c.id == sa.bindparam("this")).values(keys)
    known = sa.select(lead.c.id, lead.c.name, lead.c.email, lead.c.phone).order_by(lead.c.id).limit(CHUNK)
    while people := connection.execute(known.where(lead.c.id > last)).all():
        connection.execute(fill, [_keys_of(person) for person in people])
        last = people[-1].id


def _keys_of(person: sa.Row) -> dict[str, object]:
    return {
        "this": person.id,
        "new_mailbox_key": mailbox_key(person.email),
        "new_phone_key": phone_key(person.phone),
        "new_name_key": name_key(person.name),
    }


def _make_merge() -> None:
    op.create_table(
        "merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("other_name", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_merge_lead_id_lead"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_merge_account_id_account"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_index(op.f("ix_merge_lead_id"), "merge", ["lead_id"])


def _make_alias() -> None:
    op.create_table(
        "alias",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("contact_key", sa.Text(), nullable=False),
        sa.Column("unsubscribe_token", sa.Text(), nullable=False),
        sa.Column("page_token", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_alias_lead_id_lead"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merge.id"], name=op.f("fk_alias_merge_id_merge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_alias_{name}"))
            for name in ("merge_id", "contact_key", "unsubscribe_token", "page_token")
        ),
    )
    op.create_index(op.f("ix_alias_lead_id"), "alias", ["lead_id"])


def _make_distinction() -> None:
    op.create_table(
        "distinction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("lead_id < other_id", name=op.f("ck_distinction_lower_first")),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.id"], name=op.f("fk_distinction_lead_id_lead"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["lead.id"], name=op.f("fk_distinction_other_id_lead"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_distinction_account_id_account"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distinction")),
        sa.UniqueConstraint("lead_id", "other_id", name=op.f("uq_distinction_lead_id_other_id")),
    )
    op.create_index(op.f("ix_distinction_other_id"), "distinction", ["other_id"])


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")
