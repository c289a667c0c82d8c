"""A ZIP that leaves while it is made: one file after another, and never all of it in memory."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from typing_extensions import Buffer


class _Pipe(io.RawIOBase):
    """What zipfile writes to; it takes it for a stream in which nobody can go back."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        self._written += data
        return len(memoryview(data))

    def take(self) -> bytes:
        taken, self._written = bytes(self._written), bytearray()
        return taken


def zipped(files: Iterable[tuple[str, bytes]], now: datetime) -> Iterator[bytes]:
    """These files by their names, in chunks."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in files:
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, held)
            yield pipe.take()
    yield pipe.take()
