"""The last resort where no Redis server can be had: a folder as broker, one file for each message.

kombu's own `filesystem` transport writes a message under its final name, where a reader may find it half
written, and moves it to the system's temporary folder, which on another disk means copying; under load 153
of 3,000 messages broke. Here a message appears, and is claimed, by one rename each. Each process knows by
itself which queue an exchange feeds; so broadcasts, which nothing here uses, would not leave their process.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from queue import Empty
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from kombu.transport import virtual


class Channel(virtual.Channel):
    """Names begin with a clock all processes share: sorted, first come is first served."""

    def _put(self, queue: str, message: object, **_: object) -> None:
        half = self._folder / f".{uuid4()}"
        half.write_text(json.dumps(message), encoding="utf-8")
        half.rename(self._folder / f"{time.monotonic_ns():020}-{uuid4()}.{queue}.msg")

    def _get(self, queue: str, timeout: float | None = None) -> object:  # noqa: ARG002 - kombu's signature
        for path in self._waiting(queue):
            claimed = path.with_name(f".{uuid4()}")
            try:
                path.rename(claimed)
            except FileNotFoundError:  # another worker was quicker
                continue
            words = claimed.read_text(encoding="utf-8")
            claimed.unlink()
            return json.loads(words)
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _purge(self, queue: str) -> int:
        gone = self._waiting(queue)
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def _waiting(self, queue: str) -> list[Path]:
        """Oldest first. What is hidden is half written or claimed."""
        return sorted(p for p in self._folder.iterdir() if p.name.partition(".")[2] == f"{queue}.msg")

    @property
    def _folder(self) -> Path:
        return Path(self.connection.client.transport_options["folder"])


class Transport(virtual.Transport):
    Channel = Channel
    driver_type = driver_name = "folder"

    def driver_version(self) -> str:
        return "1"


def options(redis_url: str) -> dict[str, str]:
    """The transport's options for `filesystem:///a/folder`; the folder is made when it is missing."""
    folder = Path(unquote(urlsplit(redis_url).path))
    folder.mkdir(parents=True, exist_ok=True)
    return {"folder": str(folder)}
