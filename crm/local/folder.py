"""The folder that keeps the practice: private to its user, in use by one program at a time."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path
from typing import Self, TextIO

DATA_KEYS = "data_keys"


class Unusable(Exception):  # noqa: N818 - it names the decision
    """The folder cannot be used; the message names it and the reason."""


class InUse(Exception):  # noqa: N818 - see Unusable
    """Another program runs on this folder. The message names it, and its address as far as it is known."""


class Folder:
    """`with Folder(path) as folder:` it is ours, or Unusable or InUse is raised.

    The lock ends with the process, however that ends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.path / "run.lock").open("a+", encoding="utf-8")
        except OSError as error:
            raise Unusable(f"DATA_DIR is '{self.path}', which cannot be used: {error.strerror}") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InUse(_who(lock)) from None
        self._lock = lock
        self._note(str(os.getpid()))
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.close()

    def note_address(self, address: str) -> None:
        """For the message to whoever starts a second one."""
        self._note(f"{os.getpid()} {address}")

    def secret_key_file(self) -> Path:
        """Made once: another key signs everybody out and makes open forms invalid.

        A new practice gets a key for its data beside it, which can be turned by itself (crm.app finds it).
        """
        path = self.path / "secret_key"
        if not path.exists():
            _make_key(self.path / DATA_KEYS)
            _make_key(path)
        return path

    def _note(self, words: str) -> None:
        self._lock.truncate(0)
        self._lock.write(words)
        self._lock.flush()


def _make_key(path: Path) -> None:
    if path.exists():
        return
    half = path.with_suffix(".new")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    half.write_text(secrets.token_urlsafe(48), encoding="ascii")
    half.replace(path)


def _who(lock: TextIO) -> str:
    with lock:
        lock.seek(0)
        pid, _, address = lock.read().partition(" ")
    where = f" at {address}" if address else ""
    return (
        f"It is running already{where} (process {pid}). Stop that one with Ctrl-C or 'kill {pid}', or "
        "start this one with a folder and a port of its own: DATA_DIR=other PORT=8001 make run."
    )
