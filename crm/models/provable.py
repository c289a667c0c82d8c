"""Whether somebody has shown that they read the mail of the address that stands with them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.rules.addresses import base_mailbox
from crm.sealed import Keyed, known_as


class Provable:
    """`proven_mailbox` is the mailbox of which that is known. Another address has to be proven anew.

    They answered one of our emails, followed a link that stands in nothing else, or the practice wrote the
    address down itself. A form proves nothing, and neither does any link it leads to.
    """

    email: Mapped[str | None]
    base_mailbox: Mapped[str | None]
    proven_mailbox: Mapped[str | None] = mapped_column(Keyed())

    @property
    def address_is_proven(self) -> bool:
        if not self.email or not self.proven_mailbox:
            return False
        return known_as(self.proven_mailbox) == known_as(base_mailbox(self.email))

    @classmethod
    def is_proven(cls) -> sa.ColumnElement[bool]:
        """The same, asked of the database."""
        return sa.and_(cls.proven_mailbox.is_not(None), cls.proven_mailbox == cls.base_mailbox)

    def prove_address(self) -> None:
        self.proven_mailbox = base_mailbox(self.email) if self.email else None
