"""Places to listen. The supervisor opens them and hands them down: a child that is started again keeps its
place, callers wait meanwhile instead of being refused, and nobody can take the port in between.
"""

from __future__ import annotations

import errno
import socket

HOME = "127.0.0.1"
# From 32768 on, systems hand ports out to outgoing connections: one of those could hold ours for a while.
FIRST_FREE, LAST_FREE = 20025, 32767


class Busy(Exception):  # noqa: N818 - it names the decision
    """Another program has the port; the message says so and names the way out."""


def listen(port: int) -> socket.socket:
    """Raises Busy, also when this user may not use the port."""
    try:
        return _listening(port)
    except PermissionError:
        raise Busy(
            f"Port {port} is kept for the system. Start with a larger one: PORT=8000 make run."
        ) from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        words = f"Port {port} is taken by another program. Start with PORT={_free_near(port)} make run."
        raise Busy(words) from None


def listen_anywhere() -> socket.socket:
    """On the first free port below those that systems hand out by themselves."""
    return _first_free(FIRST_FREE)


def port_of(listening: socket.socket) -> int:
    port: int = listening.getsockname()[1]
    return port


def _free_near(port: int) -> int:
    with _first_free(port + 1 if port < LAST_FREE else 8001) as found:
        return port_of(found)


def _first_free(port: int) -> socket.socket:
    for candidate in range(port, LAST_FREE + 1):
        try:
            return _listening(candidate)
        except OSError:
            continue
    raise Busy(f"No port between {port} and {LAST_FREE} is free.")


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOME, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening
