"""The operator’s verbs as he runs them, in this process: a start takes longer than most of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from crm import cli
from tests.keeping.conftest import Home

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """How a verb ended, and what it wrote to stdout and stderr."""

    status: int
    said: str
    warned: str


def crm(home: Home, *words: object, **more: str) -> Ran:
    """`python -m crm WORDS`, with these variables besides."""
    said, warned = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(warned):
        for name, value in {**home.env(), **more}.items():
            patch.setenv(name, value)
        status = cli.main([str(word) for word in words])
    return Ran(status, said.getvalue(), warned.getvalue())


def command(*words: object) -> list[str]:
    """The same as a program of its own, to be killed."""
    return [sys.executable, "-m", "crm", *map(str, words)]


def begun(home: Home, *words: object, **how: object) -> subprocess.Popen[str]:
    """It runs; nothing of the test run's own settings is its."""
    program: subprocess.Popen[str] = subprocess.Popen(
        command(*words),
        cwd=ROOT,
        env=surroundings(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        **how,  # type: ignore[call-overload]
    )
    return program


def surroundings(home: Home) -> Mapping[str, str]:
    lean = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error"}
    return {
        **lean,
        "PYTHONDONTWRITEBYTECODE": "1",
        **home.env(),
    }  # killed, it would leave half a file of those
