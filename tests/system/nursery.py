"""Workers that start in a moment: a server that has everything imported, and forks one when it is asked.

A worker's start costs a second and a half of a processor, nearly all of it imports, and a storm of thirty
kills on two processors would be mostly that. What is forked here runs Celery's own command from its first
line, with an environment, a log and a process group of its own; only the imports are its parent's.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from pathlib import Path

from crm.local.leash import PR_SET_PDEATHSIG

FORKS = get_context("forkserver")
IMPORTED = (
    *("celery.bin.celery", "celery.apps.worker", "celery.concurrency.thread", "kombu.transport.redis"),
    *("psycopg", "sqlalchemy.dialects.sqlite", "crm.app", "worker.jobs", "worker.tasks", __name__),
)
FORKS.set_forkserver_preload(list(IMPORTED))
ROOT = Path(__file__).parents[2]


class Forked:
    """One such worker, spoken to like a subprocess.Popen."""

    def __init__(self, command: list[str], env: Mapping[str, str], log: Path) -> None:
        self.args = command
        self._process = FORKS.Process(target=live, args=(command, dict(env), log), daemon=True)
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired, as Popen does."""
        self._process.join(timeout)
        if (status := self.poll()) is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return status

    def terminate(self) -> None:
        self._process.terminate()


def live(command: list[str], env: dict[str, str], log: Path) -> None:
    """What the child does with its life: become `celery ...`."""
    os.setsid()
    os.chdir(ROOT)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with log.open("ab") as out:
        os.dup2(out.fileno(), sys.stdout.fileno())
        os.dup2(out.fileno(), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(env)
    sys.argv = command
    from celery.bin.celery import main  # noqa: PLC0415 - it reads the environment

    main()
