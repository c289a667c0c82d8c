"""Encryption at rest: addresses, numbers and names are looked up by keyed hashes; a check of the keys

All in this one transaction, so that nobody is looked for in two ways. The texts are sealed afterwards, a few at a
time, by `crm migrate` (crm/flows/keys.py); until then they are read as they are.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from crm.key_check import marks
from crm.keyring import Keyring
from crm.sealed import KEYRING

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

CHUNK = 1_000
LOOKED_UP = {
    "lead": ("contact_key", "base_mailbox", "mailbox_key", "phone_key", "name_key"),
    "alias": ("contact_key",),
    "suppression": ("address_key",),
    "inquiry": ("content_key",),
    "import_row": ("contact_key",),
    "sender_rule": ("key",),
}


def upgrade() -> None:
    op.create_table(
        "key_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hashed", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("whole_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_key_check_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_check")),
    )
    _keep_what_was_taught()
    keyring: Keyring | None = getattr(op.get_bind().dialect, KEYRING, None)
    for table, columns in LOOKED_UP.items():
        for rows in _rows(table, columns):
            if keyring is None:
                raise RuntimeError("to hash what is looked up takes the practice's key: migrate by `crm migrate`")
            _hash(keyring, table, columns, rows)
    if keyring is not None:
        check = sa.table("key_check", *map(sa.column, ("id", "hashed", "sealed")))
        op.execute(sa.insert(check).values(id=1, **marks(keyring)))


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")


def _keep_what_was_taught() -> None:
    """The owner reads on a page which address it was: of its hash nobody could."""
    op.add_column("sender_rule", sa.Column("said", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE sender_rule SET said = key")
    with op.batch_alter_table("sender_rule") as rule:
        rule.alter_column("said", server_default=None)


def _rows(table: str, columns: tuple[str, ...]) -> Iterator[list[sa.Row[tuple[object, ...]]]]:
    its = _table(table, columns)
    last = 0
    while True:
        some = sa.select(its).where(its.c.id > last).order_by(its.c.id).limit(CHUNK)
        rows = list(op.get_bind().execute(some))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _hash(keyring: Keyring, table: str, columns: tuple[str, ...], rows: list[sa.Row[tuple[object, ...]]]) -> None:
    its = _table(table, columns)
    fill = sa.update(its).where(its.c.id == sa.bindparam("this"))
    fill = fill.values({name: sa.bindparam(f"new_{name}") for name in columns})
    hashed = [
        {"this": row.id}
        | {f"new_{name}": keyring.hashed(plain) if (plain := getattr(row, name)) else plain for name in columns}
        for row in rows
    ]
    op.get_bind().execute(fill, hashed)


def _table(table: str, columns: tuple[str, ...]) -> sa.TableClause:
    return sa.table(table, sa.column("id", sa.Integer), *(sa.column(name, sa.Text) for name in columns))
