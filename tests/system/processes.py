"""Programs as an operator starts them, each in a group of its own, all ended afterwards."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from crm.local.children import LEASH
from tests.conftest import need
from tests.system.nursery import Forked

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
WORKER = "celery --app=worker.celery_app:celery worker --without-gossip --without-mingle --pool=threads"
BEAT = "celery --app=worker.celery_app:celery beat --pidfile="


class Process(Protocol):
    """What subprocess.Popen offers, as far as it is used here. `wait` raises subprocess.TimeoutExpired."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...


class Program:
    """One running command. Tied to the life of the tests: it ends when they are killed, too."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process, self._log = process, log

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def worker_name(self) -> str:
        """What this process calls itself in the book (flows/delivery)."""
        return f"{socket.gethostname()}/{self._process.pid}"

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def is_running(self) -> bool:
        return self._process.poll() is None

    def result(self, seconds: float = 60) -> int:
        """Its exit status, once it has ended by itself."""
        return self._process.wait(seconds)

    def signal(self, number: signal.Signals) -> None:
        """To it and its children. One that was forked this very moment has no group of its own yet."""
        pid = self._process.pid
        tell = os.killpg if os.getpgid(pid) == pid else os.kill
        tell(pid, number)

    def limit_files(self, most: int) -> None:
        """No file of its may grow beyond so many bytes from now on, as on a disk that is full."""
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    def kill(self) -> None:
        """As `kill -9` does, its children too."""
        with suppress(ProcessLookupError):
            self.signal(signal.SIGKILL)
        self._process.wait(20)

    def ask_to_stop(self) -> None:
        self._process.terminate()

    def stop(self, patience: float = 30) -> int:
        """As `docker stop` does: SIGTERM, and SIGKILL for what does not hear. The exit status."""
        self.ask_to_stop()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        self.kill()
        return self._process.wait(0)


class Programs:
    """Those of one test, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._all: list[Program] = []

    def start(self, name: str, command: list[str], env: Mapping[str, str]) -> Program:
        """What it says goes to NAME.log in the folder."""
        log = self.folder / f"{name}.log"
        return self._keep(Program(_started(command, env, log), log))

    def fork(self, name: str, command: list[str], env: Mapping[str, str]) -> Program:
        """The same for a command of Celery's, without the second and a half its imports take."""
        log = self.folder / f"{name}.log"
        return self._keep(Program(Forked(command, _surrounded(env, log), log), log))

    def logs(self) -> str:
        """The ends of all logs, for the message of a failed test."""
        return "\n".join(
            f"== {log.name}\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}"
            for log in sorted(self.folder.glob("*.log"))
        )

    def end(self) -> None:
        for program in reversed(self._all):
            program.kill()

    def _keep(self, program: Program) -> Program:
        self._all.append(program)
        return program


def _started(command: list[str], env: Mapping[str, str], log: Path) -> Process:
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), *command],
            cwd=ROOT,
            env=_surrounded(env, log),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def _surrounded(env: Mapping[str, str], log: Path) -> dict[str, str]:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(log.parent), "LANG": "C.UTF-8", **env}


@contextmanager
def programs(folder: Path) -> Iterator[Programs]:
    mine = Programs(folder)
    try:
        yield mine
    finally:
        mine.end()


def redis_command(port: int, folder: Path) -> list[str]:
    """A Redis of the test's own, which forgets everything when it ends."""
    need("redis-server", there=shutil.which("redis-server") is not None)
    folder.mkdir(exist_ok=True)
    settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    return ["redis-server", "--port", str(port), *settings]
