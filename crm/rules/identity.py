"""Is this the database that was here before, or a copy of it, or an older state of it? (RELIABILITY R40)"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Likeness(StrEnum):
    """What a database is to what is remembered beside it."""

    NEW = "new"
    ITSELF = "itself"
    COPY = "copy"
    OLDER = "older"


@dataclass(frozen=True)
class Inside:
    """What the database says of itself. `fingerprint`: where it lay when it was last marked."""

    identity: str
    fingerprint: str
    mark: int


@dataclass(frozen=True)
class Beside:
    """What is remembered outside it, in the data folder."""

    identity: str
    mark: int


def likeness(inside: Inside | None, beside: Beside | None, lies_at: str) -> Likeness:
    """What stands at `lies_at` now. Marks only grow, so one that is behind what is remembered was restored.

    Nothing beside it is no alarm while it lies where it lay: another worker's machine has its own folder.
    """
    if inside is None:
        return Likeness.NEW if beside is None else Likeness.OLDER
    if beside is not None and beside.identity != inside.identity:
        return Likeness.COPY
    if beside is not None and beside.mark > inside.mark:
        return Likeness.OLDER
    return Likeness.ITSELF if inside.fingerprint == lies_at else Likeness.COPY
