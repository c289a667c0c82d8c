"""What can stand in the way of a backup or of putting one back: each with a sentence for the operator."""

from __future__ import annotations

import errno
from pathlib import Path


class CannotKeep(Exception):  # noqa: N818 - it names the decision
    """No backup was made, and no half of one is left. The message says why and what to do."""

    @classmethod
    def at(cls, path: Path, trouble: OSError) -> CannotKeep:
        if trouble.errno in (errno.ENOSPC, errno.EDQUOT):
            return cls(
                f"There is no room left for the backup in {path.parent}. Nothing was kept: make room, or "
                "name another folder in BACKUP_DIR or with --to."
            )
        why = trouble.strerror or type(trouble).__name__
        return cls(f"The backup can't be written into {path.parent}: {why}. Nothing was kept.")


class CannotUse(Exception):  # noqa: N818 - see CannotKeep
    """This file can't be put back here, and nothing was changed. The message says why and what to do."""


class NotABackup(CannotUse):
    """Another kind of file."""

    def __init__(self) -> None:
        super().__init__("This isn't a backup of this program.")


class WrongKey(CannotUse):
    """The file is whole as far as can be seen; the key or passphrase at hand doesn't open it."""

    def __init__(self, *, asks_a_passphrase: bool) -> None:
        needs = (
            "It asks for a passphrase, and this isn't the one: name its file with --passphrase-file or in "
            "BACKUP_PASSPHRASE_FILE."
            if asks_a_passphrase
            else "It opens with the SECRET_KEY of when it was made, and this isn't that one."
        )
        super().__init__(f"The key at hand doesn't open this backup. {needs}")


class OtherDataKeys(CannotUse):
    """The file opens, but what lies in it is sealed or hashed with keys that are not here."""

    def __init__(self, wrong: str) -> None:
        super().__init__(f"This backup can't be put back with the keys at hand; nothing was changed. {wrong}")


class Damaged(CannotUse):
    """Something in the file is not as it was written. `where` says how far it was whole."""

    def __init__(self, where: str) -> None:
        super().__init__(f"This backup is damaged: {where}. Take another one.")


class OtherSchema(CannotUse):
    """It was made by a version of the program that this one can't read."""
