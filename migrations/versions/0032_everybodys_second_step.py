"""Since when everybody must use a second step; how people found the practice is sealed, and found by its hash

The words themselves are sealed afterwards, a few at a time, by `crm migrate` (crm/flows/keys.py).
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from crm.keyring import Keyring
from crm.sealed import KEYRING

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

CHUNK = 1_000
BEFORE = {"profile", "hours", "account", "sequence", "form"}
practice = sa.table("practice", sa.column("id", sa.Integer), sa.column("first_steps", sa.JSON))
lead = sa.table("lead", sa.column("id", sa.Integer), *map(sa.column, ("found_us", "found_us_key")))


def upgrade() -> None:
    op.add_column("practice", sa.Column("second_step_since", sa.DateTime(timezone=True), nullable=True))
    _leave_the_list_away()
    op.drop_index("ix_lead_found_us", "lead")
    op.add_column("lead", sa.Column("found_us_key", sa.Text(), nullable=False, server_default=""))
    _hash_how_they_came()
    op.create_index("ix_lead_found_us_key", "lead", ["found_us_key", "id"])


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup you made before the update")


def _leave_the_list_away() -> None:
    """He has put the first steps away: a line that is new does not bring them back."""
    for practice_id, said in op.get_bind().execute(sa.select(practice.c.id, practice.c.first_steps)).all():
        if set(said) >= BEFORE:
            whole = sorted({*said, "second_step"})
            op.execute(sa.update(practice).where(practice.c.id == practice_id).values(first_steps=whole))


def _hash_how_they_came() -> None:
    keyring: Keyring | None = getattr(op.get_bind().dialect, KEYRING, None)
    fill = sa.update(lead).where(lead.c.id == sa.bindparam("this")).values(found_us_key=sa.bindparam("key"))
    for rows in _who_said_so():
        if keyring is None:
            raise RuntimeError("to hash what is looked up takes the practice's key: migrate by `crm migrate`")
        op.get_bind().execute(fill, [{"this": row.id, "key": keyring.hashed(row.found_us)} for row in rows])


def _who_said_so() -> Iterator[list[sa.Row[tuple[object, ...]]]]:
    last = 0
    while True:
        some = sa.select(lead.c.id, lead.c.found_us).where(lead.c.id > last, lead.c.found_us != "")
        rows = list(op.get_bind().execute(some.order_by(lead.c.id).limit(CHUNK)))
        if not rows:
            return
        yield rows
        last = rows[-1].id
