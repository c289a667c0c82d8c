"""Walking the access record from its beginning, and saying where it is not what was written.

What is caught, and by what: a changed line by its own seal; one that was taken out, put in or moved by its
number and by the seal before it; an end that was cut off by the head, and by the mark in the data folder,
which whoever has only the database cannot reach. Reads only.
"""

from __future__ import annotations

import hmac
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm import log
from crm.db import db
from crm.models import Audit, AuditAnchor, AuditHead
from crm.models.audit import KEY
from crm.rules.trail import FIRST, Act, name_of, seal, seal_of_anchor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

logger = log.get(__name__)
CHUNK = 1_000
FILE = "access-record.json"
"""In the data folder: how far the chain had come, and the seal of that line."""


@dataclass(frozen=True)
class Mark:
    """Where the chain ended once."""

    number: int
    hash: str


@dataclass
class Walked:
    """What was looked at. `broken` is the first thing that is not as written, `line` where."""

    first: int = 1
    last: int = 0
    last_hash: str = FIRST
    keys: set[str] = field(default_factory=set)
    beside: Mark | None = None
    line: int | None = None
    broken: str | None = None

    @property
    def count(self) -> int:
        return max(0, self.last - self.first + 1)

    def breaks(self, line: int, why: str) -> Walked:
        self.line, self.broken = line, why
        return self


def verify(folder: Path | None, old_secrets: Sequence[bytes] = ()) -> Walked:
    """The whole chain. `old_secrets`: the keys of earlier SECRET_KEYs, for lines sealed with them."""
    known: Sequence[bytes] = (db.engine.get_execution_options()[KEY], *old_secrets)
    keys, walked = {name_of(key): key for key in known}, Walked(beside=mark_beside(folder))
    if _breaks_at_the_anchor(walked, keys):
        return walked
    for lines in _chunks(walked.last):
        for line in lines:
            if why := _why_broken(line, walked, keys):
                return walked.breaks(min(line.number, walked.last + 1), why)
            walked.last, walked.last_hash = line.number, line.hash
            walked.keys.add(line.key_name)
    return _the_end(walked)


def _breaks_at_the_anchor(walked: Walked, keys: Mapping[str, bytes]) -> bool:
    """Whether the last word about lines put away is not ours. The chain begins behind it."""
    anchor = AuditAnchor.last()
    if anchor is None:
        return False
    walked.first, walked.last, walked.last_hash = anchor.number + 1, anchor.number, anchor.hash
    key = keys.get(anchor.key_name)
    if key is None:
        walked.breaks(anchor.number, f"the anchor was sealed with another key ({anchor.key_name})")
    elif not hmac.compare_digest(seal_of_anchor(key, anchor.number, anchor.hash, anchor.at), anchor.seal):
        walked.breaks(anchor.number, "the anchor isn’t ours: lines before it may have been removed")
    elif not _says_that_it_was_shortened(anchor.number):
        walked.breaks(anchor.number, "no line tells of this anchor")
    return walked.broken is not None


def _says_that_it_was_shortened(number: int) -> bool:
    told = sa.select(Audit.facts).where(Audit.act == Act.SHORTENED, Audit.number > number)
    return any(facts.get("to") == number for facts in db.session.scalars(told))


def _chunks(after: int) -> Iterator[Sequence[sa.Row[*tuple[object, ...]]]]:
    columns = Audit.__table__.c
    while lines := db.session.execute(
        sa.select(*columns).where(columns.number > after).order_by(columns.number).limit(CHUNK)
    ).all():
        yield lines
        after = lines[-1].number


def _why_broken(line: sa.Row[*tuple[object, ...]], walked: Walked, keys: Mapping[str, bytes]) -> str | None:
    if line.number != walked.last + 1:
        missing = line.number - walked.last - 1
        return "this line is missing" if missing == 1 else f"{missing} lines are missing from here"
    if (key := keys.get(line.key_name)) is None:
        return f"sealed with another key ({line.key_name}): give the old one with --old-secret-file"
    try:
        made = seal(key, line.number, Audit(**line._asdict()).deed, line.previous)
    except ValueError:
        return "this line says what none of ours does"
    if not hmac.compare_digest(made, line.hash):
        return "this line was changed, moved or put in"
    if line.previous != walked.last_hash:
        return "this line does not follow the one before"
    return None


def _the_end(walked: Walked) -> Walked:
    """Whether lines were cut off at the end."""
    head = db.session.execute(sa.select(AuditHead.number, AuditHead.hash)).one_or_none()
    if head is None and walked.last:
        return walked.breaks(walked.last, "the head of the record was removed")
    if head is not None and (head.number, head.hash) != (walked.last, walked.last_hash):
        return walked.breaks(walked.last + 1, f"it ends at {walked.last}, its head is at {head.number}")
    beside = walked.beside
    if beside is None or beside.number < walked.first:
        return walked
    if beside.number > walked.last:
        return walked.breaks(
            walked.last + 1, f"it ends at {walked.last}, and the data folder remembers {beside.number}"
        )
    if _hash_of(beside.number) != beside.hash:
        return walked.breaks(beside.number, "this is not the line that the data folder remembers")
    return walked


def _hash_of(number: int) -> str | None:
    return db.session.scalar(sa.select(Audit.hash).where(Audit.number == number))


def mark_beside(folder: Path | None) -> Mark | None:
    """How far the chain had come when the worker looked last."""
    if folder is None:
        return None
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Mark(int(kept["number"]), str(kept["hash"]))
    return None


def remember_beside(folder: Path) -> bool:
    """Write beside the database how far the chain has come. Never back: what is there must still be in it.

    Whether the mark and the chain agree. Where they don't, it stays for `crm audit verify` to tell.
    """
    head = db.session.execute(sa.select(AuditHead.number, AuditHead.hash)).one_or_none()
    beside = mark_beside(folder)
    if head is None or (beside and beside.number == head.number and beside.hash == head.hash):
        return True
    if beside and not _still_holds(beside, head.number):
        logger.error("access_record_broken", code=beside.number)
        return False
    write_beside(folder, Mark(head.number, head.hash))
    return True


def _still_holds(beside: Mark, end: int) -> bool:
    anchor = AuditAnchor.last()
    put_away = anchor is not None and beside.number <= anchor.number
    return beside.number <= end and (put_away or beside.number == 0 or _hash_of(beside.number) == beside.hash)


def write_beside(folder: Path, mark: Mark) -> None:
    """By a rename, so that nobody reads half of it. Where it cannot be written the log says so."""
    half = folder / f".{FILE}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half.write_text(json.dumps({"number": mark.number, "hash": mark.hash}), encoding="utf-8")
        half.replace(folder / FILE)
    except OSError as trouble:
        logger.warning("nothing_remembered_beside", exc_info=trouble)
