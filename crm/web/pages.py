"""Long lists by pages: the address holds the last line's keys, so that nothing slips between two pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import request


@dataclass(frozen=True)
class Before:
    """Where the last page ended, newest first."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.timestamp():.6f}-{self.id}"

    @classmethod
    def read(cls, words: str) -> Before | None:
        """From the address; what makes no sense begins with the newest."""
        stamp, _, row_id = words.partition("-")
        try:
            return cls(datetime.fromtimestamp(float(stamp), UTC), int(row_id))
        except (ValueError, OverflowError, OSError):
            return None

    def so_on(
        self, at: sa.SQLColumnExpression[Any], row_id: sa.SQLColumnExpression[int]
    ) -> tuple[sa.ColumnElement[bool], ...]:
        """The rows below it. The first condition lets an index begin there."""
        return at <= self.at, sa.or_(at < self.at, row_id < self.id)


def row_number(name: str) -> int | None:
    """The number of a row in the address; None for what no row can have."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number < 2**31 else None
