"""Which machines a name stands for, asked of the system, and for no longer than we can wait."""

from __future__ import annotations

import socket
from collections.abc import Callable
from queue import Empty, Queue
from threading import Thread

Lookup = Callable[[str, int, float], list[str]]
"""Name, port and seconds in; the numbers of machines out. Raises OSError."""


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """Raises OSError where there is no such name, TimeoutError where nobody answers in time.

    The system's own resolver knows no time limit, so it is asked beside us, and left alone where it hangs.
    """
    answer: Queue[list[str] | OSError] = Queue()
    Thread(target=_ask, args=(host, port, answer), daemon=True).start()
    try:
        found = answer.get(timeout=max(0.0, seconds))
    except Empty:
        raise TimeoutError(f"no answer for {seconds:g} seconds") from None
    if isinstance(found, OSError):
        raise found
    return found


def _ask(host: str, port: int, answer: Queue[list[str] | OSError]) -> None:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as trouble:
        answer.put(trouble if isinstance(trouble, OSError) else OSError(str(trouble)))
    else:
        answer.put(list(dict.fromkeys(str(row[4][0]) for row in rows)))
