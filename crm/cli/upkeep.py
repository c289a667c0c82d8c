"""The operator's verbs that keep the practice: backup, restore, and a backup before each migration."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm import clock
from crm.cli.alone import first_line
from crm.cli.data_keys import seal_what_stands_open
from crm.db import db, transaction
from crm.flows import vital_signs
from crm.flows.verifying import verify
from crm.keeping import putting_back, shelf, taking
from crm.keeping.contents import Manifest, Unpacking
from crm.keeping.keys import key_check
from crm.keeping.shelf import Why
from crm.keeping.troubles import CannotKeep, CannotUse
from crm.migrating import newest_revision, upgrade
from crm.models import JobRun
from crm.rules.vitality import WHAT_IT_MEANS, WHAT_TO_DO, Part, silences

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from flask import Flask

    from config import Config

OTHER_KEYS = (
    "look  It was made with other keys than those at hand: everybody signs in anew, open forms are to be "
    "loaded again, addresses and tokens of ways in are to be made anew."
)


def add_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """The words each of them takes."""
    keeping = verbs.add_parser("backup", help=first_line(backup))
    keeping.add_argument(
        "--to", type=Path, metavar="FILE", help="else into BACKUP_DIR, under a name with the time"
    )
    putting = verbs.add_parser("restore", help=first_line(restore))
    putting.add_argument("file", type=Path)
    putting.add_argument("--verify", action="store_true", help="read all of it, prove it, and change nothing")
    putting.add_argument(
        "--settings", action="store_true", help="print what the operator had set, as for .env"
    )
    putting.add_argument("--replace", action="store_true", help="also where there are people already")
    looking = verbs.add_parser("doctor", help=first_line(doctor))
    looking.add_argument("--json", action="store_true", help="for machines")
    telling = verbs.add_parser("health", help=first_line(health))
    telling.add_argument(
        "only", nargs="*", type=Part, metavar="PART", help=f"only of these: {', '.join(Part)}"
    )
    for verb in (keeping, putting):
        verb.add_argument("--passphrase-file", type=Path, metavar="FILE", help="instead of SECRET_KEY")


class Refusal(Exception):  # noqa: N818 - it names the decision
    """What was asked for is not done; the message says why."""


def backup(app: Flask, options: Namespace) -> int:
    """Keep everything in one encrypted file, while all else runs."""
    now = clock.now()
    try:
        config = _with_passphrase(app.extensions["config"], options.passphrase_file)
        path = options.to or shelf.place(config.backup_dir, Why.BY_HAND, now)
        size = taking.take(db.engine, config, path.absolute(), now)
    except (CannotKeep, Refusal) as trouble:
        return _refused(trouble)
    with transaction():
        JobRun.note("backup", now)
    print(f"Everything is kept in {path} ({_size(size)}).")
    return 0


def restore(app: Flask, options: Namespace) -> int:
    """Put a backup back, or with --verify prove that it could be; sending starts held."""
    try:
        config = _with_passphrase(app.extensions["config"], options.passphrase_file)
        if options.settings:
            return _tell_settings(options.file, config)
        if options.verify:
            return _prove(options.file, config)
        _put_back(options.file, config, may_replace=options.replace)
        seal_what_stands_open()
    except OSError as trouble:
        return _refused(f"{options.file} can't be read: {trouble.strerror}.")
    except (CannotKeep, CannotUse, Refusal) as trouble:
        return _refused(trouble)
    return 0


def doctor(app: Flask, options: Namespace) -> int:
    """Look at all around the program: a line each, with what to do; exit status 0, 1 (look), 2 (wrong)."""
    from crm.doctor import examined, status_of  # noqa: PLC0415 - a verb loads what it needs

    findings = []
    for finding in examined(app.extensions["config"]):
        findings.append(finding)
        if not options.json:
            print(finding, flush=True)
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings]))
    return status_of(findings)


def health(app: Flask, options: Namespace) -> int:
    """For cron: a line for each part that is silent, and exit status 1; nothing when all is well."""
    config = app.extensions["config"]
    try:
        signs = vital_signs.signs(
            clock.now(), reads_mail=config.imap_host is not None, keeps_backups=config.backup_nightly
        )
    except sa.exc.SQLAlchemyError as trouble:
        said = type(getattr(trouble, "orig", None) or trouble).__name__
        return _refused(f"database: it can't be asked ({said}). To do: run `crm doctor`.", status=1)
    only = set(options.only or Part)
    silent = [each for each in silences(signs) if each.part in only]
    for each in silent:
        since = f"since {each.since:%Y-%m-%d %H:%M} UTC" if each.since else "it was never seen"
        print(f"{each.part}: {WHAT_IT_MEANS[each.part]} ({since}). To do: {WHAT_TO_DO[each.part]}.")
    return 1 if silent else 0


def migrate_safely(config: Config, *, keep_first: bool = True) -> int:
    """To the newest schema; what there is, is kept first. Where it fails, that stays (exit status 1)."""
    with db.engine.connect() as connection:
        was = taking.revision(connection)
    if was == newest_revision():
        return 0
    try:
        kept = _keep_before(config, Why.MIGRATE) if was and keep_first else None
    except CannotKeep as trouble:
        return _refused(f"{trouble} The database is as it was; `migrate --without-backup` does without.")
    try:
        with db.engine.connect() as connection:
            upgrade(connection)
    except Exception as trouble:  # noqa: BLE001 - whatever it raises, the operator is told where he stands
        lies = f" A backup from before lies in {kept}." if kept else ""
        why = str(trouble).splitlines()[0]
        return _refused(
            f"The database could not be brought to the newest schema: {why}\nIt is as it was (schema {was}), "
            f"and nothing is lost.{lies} Start the version you had before, and report these lines.",
            status=1,
        )
    return 0


def _keep_before(config: Config, why: Why) -> Path | None:
    """A backup of what is there, if that is anything. It is said where it lies."""
    if not putting_back.holds_people(db.engine):
        return None
    now = clock.now()
    path = shelf.place(config.backup_dir, why, now)
    size = taking.take(db.engine, config, path, now)
    print(f"What there was is kept in {path} ({_size(size)}).", flush=True)
    shelf.tidy(config.backup_dir, config.backup_daily, config.backup_weekly, now)
    return path


def _put_back(file: Path, config: Config, *, may_replace: bool) -> None:
    with file.open("rb") as opened:
        unpacking = Unpacking(opened, taking.keyring(config))
        putting_back.refuse_if_newer(unpacking)
        putting_back.refuse_other_keys(db.engine, unpacking)
        if putting_back.holds_people(db.engine) and not may_replace:
            raise Refusal(
                "This database holds people, and nothing was changed. To replace them all by those of the "
                "backup, say --replace; what is there now is kept in a backup first."
            )
        _keep_before(config, Why.RESTORE)
        ends = putting_back.put_back(db.engine, unpacking, clock.now())
    _tell(unpacking.manifest, config)
    print(f"Restored: {ends.counts.get('lead', 0):,} people, {sum(ends.counts.values()):,} rows.")
    print("Nothing is sent until the owner has said on the pages that this is the practice to go on with.")


def _prove(file: Path, config: Config) -> int:
    """Put back into a database of its own, and asked what `crm verify` asks. Nothing else is touched."""
    with file.open("rb") as opened, _nowhere(config) as apart:
        unpacking = Unpacking(opened, taking.keyring(config))
        with apart.app_context():
            putting_back.refuse_other_keys(db.engine, unpacking)
            _tell(unpacking.manifest, config)
            ends = putting_back.put_back(db.engine, unpacking, clock.now(), held=False)
            rows, tables = sum(ends.counts.values()), len(ends.counts)
            print(f"ok    Every byte is as it was written; {rows:,} rows in {tables} tables.")
            print(f"ok    {ends.counts.get('lead', 0):,} people; nothing refers to what isn't there.")
            print(f"ok    Schema {unpacking.manifest.revision} becomes {newest_revision()}.")
            return _prove_promises(datetime.fromisoformat(unpacking.manifest.made_at))


def _prove_promises(now: datetime) -> int:
    """As they stood at that moment: what was due then was not late."""
    broken = [finding for finding in verify(now) if not finding.is_sound]
    for finding in broken:
        print(f"WRONG {finding.promise}: {finding.what} {', '.join(map(str, finding.broken[:20]))}")
    if not broken:
        print("ok    The promises of `crm verify` hold in it. It can be restored.")
    return 1 if broken else 0


@contextmanager
def _nowhere(config: Config) -> Iterator[Flask]:
    """A program on an empty database that is gone afterwards; if it is killed, by the next night."""
    from crm.app import create_app  # noqa: PLC0415 - the composition root loads much, and only proving needs it

    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=shelf.PROVING, dir=config.data_dir) as folder:
        app = create_app(replace(config, database_url=f"sqlite:///{folder}/apart.sqlite3"))
        try:
            yield app
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def _tell(manifest: Manifest, config: Config) -> None:
    made_at = manifest.made_at[:16].replace("T", " at ")
    print(f"ok    The key opens it. Made {made_at} UTC from {manifest.database}.")
    print(
        "ok    The keys at hand are those it was made with."
        if manifest.key_check == key_check(config)
        else OTHER_KEYS
    )


def _tell_settings(file: Path, config: Config) -> int:
    """What the operator had set when it was made, as lines for .env."""
    with file.open("rb") as opened:
        for name, value in Unpacking(opened, taking.keyring(config)).manifest.settings.items():
            print(f"{name}={value}")
    return 0


def _with_passphrase(config: Config, file: Path | None) -> Config:
    if file is None:
        return config
    try:
        words = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as trouble:
        raise Refusal(f"{file} can't be read: {trouble}.") from None
    if len(words) < 12:
        raise Refusal(f"The passphrase in {file} has {len(words)} characters; it must have at least 12.")
    return replace(config, backup_passphrase=words)


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.0f} kB"


def _refused(why: object, status: int = 2) -> int:
    print(why, file=sys.stderr)
    return status


VERBS: dict[str, Callable[[Flask, Namespace], int]] = {
    "backup": backup,
    "restore": restore,
    "doctor": doctor,
    "health": health,
}
