"""The folder of backups: each whole or not there, private, and not more of them than are wanted."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from crm.rules.rotation import to_keep

STAMP = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"practice-(\d{8}T\d{6}Z)-([a-z]+)\.backup")
HALF, PROVING = ".half", "proving-a-backup-"
LEFT_BEHIND = timedelta(hours=12)
"""Half a file this old belongs to a program that was killed."""
KEPT_BEFORE = 5
"""Of those made before a migration, and of those made before a restore, so many."""


class Why(StrEnum):
    """What a backup was made for; it stands in its name."""

    NIGHTLY = "nightly"
    BY_HAND = "hand"
    MIGRATE = "migrate"
    RESTORE = "restore"


@dataclass(frozen=True)
class Kept:
    """One backup that lies there."""

    path: Path
    made_at: datetime
    why: Why


def place(folder: Path, why: Why, now: datetime) -> Path:
    """Where a new one goes."""
    return folder / f"practice-{now.astimezone(UTC):{STAMP}}-{why}.backup"


def lying_in(folder: Path) -> list[Kept]:
    """Those of ours, oldest first; whatever else lies there is none of our business."""
    found = []
    with suppress(OSError):
        for path in folder.iterdir():
            if (named := NAME.fullmatch(path.name)) and named[2] in set(Why):
                made_at = datetime.strptime(named[1], STAMP).replace(tzinfo=UTC)
                found.append(Kept(path, made_at, Why(named[2])))
    return sorted(found, key=lambda kept: kept.made_at)


def tidy(folder: Path, daily: int, weekly: int, now: datetime) -> list[Path]:
    """Take away what is no longer wanted, and what killed programs left. What was made by hand stays."""
    there = lying_in(folder)
    nightly = [kept.made_at for kept in there if kept.why is Why.NIGHTLY]
    wanted = to_keep(nightly, daily, weekly)
    gone = [kept.path for kept in there if kept.why is Why.NIGHTLY and kept.made_at not in wanted]
    for why in (Why.MIGRATE, Why.RESTORE):
        gone += [kept.path for kept in there if kept.why is why][:-KEPT_BEFORE]
    gone += [path for path in folder.glob(f".*{HALF}") if _is_left(path, now)]
    for path in gone:
        with suppress(OSError):
            path.unlink()
    return gone


def clear_away(data_dir: Path, now: datetime) -> None:
    """Databases in which a backup was being proved when somebody killed the program."""
    for folder in data_dir.glob(f"{PROVING}*"):
        if _is_left(folder, now):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that is there, whole and on the disk, once this ends well; and else is not. Its user's alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.parent / f".{path.name}.{secrets.token_hex(4)}{HALF}"
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        _settle(path.parent)
    except BaseException:
        with suppress(OSError):
            half.unlink()
        raise


def _settle(folder: Path) -> None:
    """The new name too is on the disk."""
    known = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(known)
    finally:
        os.close(known)


def _is_left(path: Path, now: datetime) -> bool:
    with suppress(OSError):
        return now - datetime.fromtimestamp(path.stat().st_mtime, UTC) > LEFT_BEHIND
    return False
