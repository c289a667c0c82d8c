"""Who is in the demo: everybody of the past, and those the owner meets today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.demo.lately import on_the_way
from crm.demo.long_ago import settled
from crm.demo.today import waiting

if TYPE_CHECKING:
    from crm.demo.days import Days
    from crm.demo.play import Act


def cast(days: Days) -> list[Act]:
    """The whole script, in no order: each act has its instant."""
    people = (*settled(days), *on_the_way(days), *waiting(days))
    return [act for person in people for act in person.acts]
