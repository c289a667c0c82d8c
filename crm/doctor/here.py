"""This machine: versions, room on its disks, and who may read the secrets."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

from config import Config
from crm.doctor.finding import Finding, look, ok, wrong

OLDEST_PYTHON = (3, 11)
MIB = 1024 * 1024
TIGHT, FULL = 1024 * MIB, 200 * MIB


def check(config: Config) -> Iterator[Finding]:
    """All of it."""
    yield _versions()
    yield from _room(config)
    yield from _secrets(config, os.environ)


def _versions() -> Finding:
    words = f"Python {platform.python_version()} on {platform.system()} {platform.release()}"
    if sys.version_info < OLDEST_PYTHON:
        return wrong("versions", words, "install Python 3.11 or newer")
    return ok("versions", words)


def _room(config: Config) -> Iterator[Finding]:
    for about, folder in (("data folder", config.data_dir), ("backup folder", config.backup_dir)):
        there = next((each for each in (folder, *folder.parents) if each.exists()), Path("/"))
        if not os.access(there, os.W_OK):
            yield wrong(about, f"{folder} can't be written", "give it to the user the programs run as")
            continue
        yield _free(about, folder, shutil.disk_usage(there).free)


def _free(about: str, folder: Path, free: int) -> Finding:
    words = f"{folder} has {free // MIB:,} MB of room"
    if free < FULL:
        return wrong(about, words, "make room: below this nothing can be kept any more")
    if free < TIGHT:
        return look(about, words, "make room soon")
    return ok(about, words)


def _secrets(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """The files that hold secrets, as far as we know of them."""
    secrets = [f"{each.name.upper()}_FILE" for each in fields(Config) if each.metadata["secret"]]
    named = [Path(environ[name]) for name in secrets if environ.get(name)]
    kept = [config.data_dir / "secret_key", *(config.backup_dir.glob("*.backup")), *_database_file(config)]
    open_ones = [str(path) for path in [*named, *kept] if _is_open(path)]
    if open_ones:
        yield look(
            "secrets",
            f"others on this machine may read {', '.join(open_ones)}",
            "chmod 600 (or 400) each of them",
        )
    else:
        yield ok("secrets", "only their user may read them")
    in_the_open = [name for name in ("SECRET_KEY", "SMTP_PASSWORD", "IMAP_PASSWORD") if environ.get(name)]
    if in_the_open and not config.is_development:
        names = ", ".join(in_the_open)
        yield look(
            "secrets", f"{names} stand in the environment", "put each into a file, and name it in NAME_FILE"
        )


def _is_open(path: Path) -> bool:
    """Whether others get as far as reading it; the folder round it may keep them out."""
    others_enter = path.is_file() and path.parent.stat().st_mode & 0o011
    return bool(others_enter and path.stat().st_mode & 0o077)


def _database_file(config: Config) -> list[Path]:
    path = config.database_url.removeprefix("sqlite:///")
    return [] if path == config.database_url else [Path(path)]
