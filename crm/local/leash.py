"""Becomes the command it is given, tied to its parent's life: `python leash.py PARENT_PID COMMAND ...`.

Run as a file, with no more than the standard library, so that it costs a few milliseconds and no memory.
Where the system offers no such tie (anything but Linux), the watcher alone ends what outlives the supervisor.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def main(parent: int, command: list[str]) -> None:
    if sys.platform == "linux":
        # SIGTERM and not SIGKILL: Celery and gunicorn then take their own children with them.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before the tie was made
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - the words come from our own supervisor


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
