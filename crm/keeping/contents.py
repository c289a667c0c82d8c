"""What lies in a backup: lines of JSON, compressed, in a sealed file.

First the manifest; then for each table a line that names it and lines of rows; last the ends: how many rows
each table had. Whoever has not seen the ends has not read a backup.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO

from crm.keeping.envelope import Sealing, opened
from crm.keeping.keys import Keyring
from crm.keeping.tables import Row, Table
from crm.keeping.troubles import Damaged, OtherSchema

FORMAT = 1
A_LINE = 256 * 1024
"""Letters of rows after which a line ends."""
A_MOUTHFUL = 1024 * 1024
"""Bytes that are unpacked at once: a few bytes may stand for gigabytes."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `settings`: what the operator had set, without secrets.

    `marks`: by what its database knew the keys of the data (crm.key_check); none from before there were any.
    """

    made_at: str
    revision: str
    database: str
    key_check: str
    identity: str = ""
    mark: int = 0
    settings: dict[str, str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True)
class Ends:
    """What stands last. `counters`: the highest number each table has ever given."""

    counts: dict[str, int]
    counters: dict[str, int]


class Packing:
    """Writes the lines of one backup."""

    def __init__(self, file: BinaryIO, keyring: Keyring, manifest: Manifest) -> None:
        self._sealing, self._press = Sealing(file, keyring), zlib.compressobj(level=3)
        self._line({"manifest": asdict(manifest)})

    def table(self, table: Table, rows: Iterator[Row]) -> int:
        """All rows of a table, a few in each line; returns how many."""
        self._line({"table": table.name, "columns": table.columns, "kinds": table.kinds})
        count, letters, some = 0, 0, list[str]()
        for row in rows:
            some.append(json.dumps(row, default=_bytes_as_words, separators=(",", ":")))
            count, letters = count + 1, letters + len(some[-1])
            if letters >= A_LINE:
                self._write(f"[{','.join(some)}]")
                letters, some = 0, []
        self._write(f"[{','.join(some)}]")
        return count

    def finish(self, ends: Ends) -> None:
        self._line({"ends": asdict(ends)})
        self._sealing.write(self._press.flush())
        self._sealing.finish()

    def _line(self, what: dict[str, object]) -> None:
        self._write(json.dumps(what))

    def _write(self, line: str) -> None:
        if pressed := self._press.compress(f"{line}\n".encode("utf-8", "surrogatepass")):
            self._sealing.write(pressed)


class Unpacking:
    """Reads one backup: the manifest at once, then table by table, then the ends."""

    def __init__(self, file: BinaryIO, keyring: Keyring) -> None:
        self._lines = _lines(opened(file, keyring))
        first = self._next()
        manifest = first.get("manifest") if isinstance(first, dict) else None
        if not isinstance(manifest, dict):
            raise Damaged("its first lines can't be read")
        if manifest.get("format") != FORMAT:
            raise OtherSchema("This backup was made by a newer version of the program: install that version.")
        self.manifest = Manifest(**manifest)
        self.ends: Ends | None = None

    def tables(self) -> Iterator[tuple[Table, Iterator[Row]]]:
        """Each table and its rows, which must be read before the next table is asked for."""
        line = self._next()
        while "table" in line:
            named = Table(line["table"], tuple(line["columns"]), tuple(line["kinds"]))
            after: list[Any] = []
            yield named, self._rows(after)
            line = after[0]
        self.ends = Ends(**line["ends"])
        if next(self._lines, None) is not None:
            raise Damaged("there is something after its end")

    def _rows(self, after: list[Any]) -> Iterator[Row]:
        """The rows up to the next line that is none; that one is left in `after`."""
        while isinstance(line := self._next(), list):
            yield from line
        after.append(line)

    def _next(self) -> Any:  # noqa: ANN401 - a line of JSON
        line = next(self._lines, None)
        if line is None:
            raise Damaged("its end is missing")
        return json.loads(line, object_hook=_bytes_again)


def _lines(parts: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in _unpacked(parts):
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        raise Damaged("its end is missing")


def _unpacked(parts: Iterator[bytes]) -> Iterator[bytes]:
    press = zlib.decompressobj()
    for part in parts:
        waiting = part
        while waiting:
            yield press.decompress(waiting, A_MOUTHFUL)
            waiting = press.unconsumed_tail
    yield press.flush()


def _bytes_as_words(value: object) -> dict[str, str]:
    if isinstance(value, bytes | memoryview):
        return {"x": bytes(value).hex()}
    raise TypeError(f"a database has no {type(value).__name__}")


def _bytes_again(found: dict[str, Any]) -> Any:  # noqa: ANN401 - bytes, or the line itself
    return bytes.fromhex(found["x"]) if found.keys() == {"x"} else found
