"""Reads mails in a process of its own, so that no mail can take more than 5 s of CPU or 300 MB from us.

One child reads many mails; it is started when first asked, again after it died, and anew after a fork, so it
works in Celery's prefork children (which may not use `multiprocessing`) and in threads alike.

`python -m crm.mail.apart` is the child: a length and a mail on stdin, a length and an answer on stdout.
"""

from __future__ import annotations

import os
import resource
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO

from crm.mail.packing import packed, unpacked
from crm.mail.parse import parse
from crm.rules.inbound import InboundMail

CPU_SECONDS = 5
MEMORY = 300 * 1024 * 1024
PATIENCE = 30.0
"""Seconds by the clock; a machine under load gives 5 s of CPU far more slowly."""
OUT_OF_MEMORY = 75
"""The child's exit status when it may have no more; another number would do as well."""
LARGEST = 1_000_000
"""So many bytes of a mail are handed over; the reader itself stops at headers and 512 kB."""

_LENGTH = struct.Struct("!I")


class UnreadableError(Exception):
    """A mail could not be read. Try it once more; then put it aside and go on with the next."""


class TooCostlyError(UnreadableError):
    """It took more time or memory than any mail may; the reader was stopped."""


class ReaderLostError(UnreadableError):
    """The reader could not be started, or ended without an answer."""


class ReaderApart:
    """Reads mails in a child process. Safe to share between threads: one mail at a time."""

    def __init__(self, program: str = "crm.mail.apart") -> None:
        """`program` is the module that runs as the child; tests hand in one that is greedy."""
        self._program = program
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def parse(self, raw: bytes) -> InboundMail:
        """The mail as plain values. Raises UnreadableError, and nothing else, when the reader dies of it."""
        with self._lock:
            child = self._running()
            watch = threading.Timer(PATIENCE, child.kill)
            watch.start()
            try:
                return unpacked(_asked(child, raw[:LARGEST]))
            except (OSError, EOFError) as error:
                raise self._gone(child) from error
            finally:
                watch.cancel()

    def close(self) -> None:
        """Ends the child, if there is one; it would end by itself with us."""
        with self._lock:
            if self._child is not None and self._owner == os.getpid():
                _end(self._child)
            self._child = None

    def _running(self) -> subprocess.Popen[bytes]:
        """Our own child: one from before a fork belongs to the parent and would mix up two mails."""
        child = self._child
        if child is not None and child.poll() is None and self._owner == os.getpid():
            return child
        if child is not None:
            _end(child)
        self._child, self._owner = _started(self._program), os.getpid()
        return self._child

    def _gone(self, child: subprocess.Popen[bytes]) -> UnreadableError:
        status = _end(child)
        self._child = None
        if status == OUT_OF_MEMORY or status < 0:
            return TooCostlyError(f"The reader was stopped (status {status}).")
        return ReaderLostError(f"The reader ended (status {status}).")


def _started(program: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [sys.executable, "-m", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    except OSError as error:
        raise ReaderLostError("The reader could not be started.") from error


def _end(child: subprocess.Popen[bytes]) -> int:
    """Its exit status; negative when a signal ended it."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue
    try:
        return child.wait(timeout=1)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _asked(child: subprocess.Popen[bytes], raw: bytes) -> bytes:
    assert child.stdin is not None  # noqa: S101 - both are pipes
    assert child.stdout is not None  # noqa: S101
    _put(child.stdin, raw)
    return _taken(child.stdout)


def _put(stream: IO[bytes], octets: bytes) -> None:
    stream.write(_LENGTH.pack(len(octets)) + octets)
    stream.flush()


def _taken(stream: IO[bytes]) -> bytes:
    """One answer or mail. Raises EOFError when the other side is gone."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    octets = stream.read(length)
    if len(octets) < length:
        raise EOFError
    return octets


def serve(mails: IO[bytes], answers: IO[bytes], read: Callable[[bytes], InboundMail]) -> int:
    """The child's life: one mail after the other, until nobody asks any more. Returns its exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            raw = _taken(mails)
        except EOFError:
            return 0
        _allow_some_seconds_more()
        try:
            _put(answers, packed(read(raw)))
        except MemoryError:
            return OUT_OF_MEMORY


def _allow_some_seconds_more() -> None:
    """The limit counts from the process's start, so it moves on with every mail."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = int(spent.ru_utime + spent.ru_stime) + 1 + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


if __name__ == "__main__":
    sys.exit(serve(sys.stdin.buffer, sys.stdout.buffer, parse))
