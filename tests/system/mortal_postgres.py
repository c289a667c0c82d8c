"""A PostgreSQL server of the test's own, to be killed in the middle of everything."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.conftest import need
from tests.local.waiting import until
from tests.system.house import HOME, free_port
from tests.system.processes import Program, Programs

PATIENCE = 60
USER = "postgres"
ALWAYS_THERE = "postgres"
"""The database that initdb makes."""


class MortalPostgres:
    """What was committed survives its every death. `folder` is the server's alone."""

    def __init__(self, running: Programs, folder: Path) -> None:
        self._running, self._folder, self._port = running, folder, free_port()
        made = ("initdb", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--no-sync", "-D")
        subprocess.run([*_as_its_user(*made), str(folder / "data")], check=True, capture_output=True)
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@{HOME}:{self._port}/{ALWAYS_THERE}"

    def kill(self) -> None:
        """As `kill -9` does: it has no time for anything."""
        self._server.kill()

    def stop_at_once(self) -> None:
        """What its manual calls an immediate shutdown: no checkpoint, so that it recovers at its start."""
        self._server.signal(signal.SIGQUIT)
        self._server.result()

    def start(self) -> None:
        """It refuses to while anything of its earlier life lasts."""
        assert until(self._starts, PATIENCE), self._server.said()

    def _starts(self) -> bool:
        self._server = self._start()
        return until(lambda: self._answers() or not self._server.is_running(), PATIENCE) and self._answers()

    def _start(self) -> Program:
        # Only a power cut would need fsync: what dies here is the program, and the system keeps its pages.
        settings = ("fsync=off", f"unix_socket_directories={self._folder}", f"listen_addresses={HOME}")
        words = [word for setting in settings for word in ("-c", setting)]
        data = ("-D", str(self._folder / "data"), "-p", str(self._port))
        return self._running.start("postgres", _as_its_user("postgres", *data, *words), {})

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


def _as_its_user(program: str, *words: str) -> list[str]:
    """The server refuses to be root. Who becomes somebody else is tied to our life once more."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    need("PostgreSQL's own programs", there=bool(found))
    command = [str(found[-1]), *words]
    if os.getuid() != 0:
        return command
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--pdeathsig=QUIT", *command]


@contextmanager
def mortal_postgres(running: Programs) -> Iterator[MortalPostgres]:
    """Its folder stands where its user may go, which pytest's own folders are not."""
    folder = Path(tempfile.mkdtemp(prefix="crm-postgres-"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, USER, USER)
        server = MortalPostgres(running, folder)
        yield server
        server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
