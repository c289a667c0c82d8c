"""The last resort where no Redis server can be had: a folder as broker, one file for each message.

kombu's own `filesystem` transport writes a message under its final name, where a reader may find it half
written, and moves it to the system's temporary folder, which on another disk means copying: under load 153 of
3,000 messages broke. Here a message appears and is claimed by one rename each.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from queue import Empty
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from kombu.transport import filesystem, virtual


class Channel(filesystem.Channel):
    """Names begin with a clock all processes share: sorted, first come is first served."""

    # Two classes of kombu's that this one overrides name their arguments differently.
    def _put(self, queue: str, payload: object, **_: object) -> None:  # type: ignore[override,unused-ignore]
        folder = Path(self.data_folder_out)
        half = folder / f".{uuid4()}"
        half.write_text(json.dumps(payload), encoding="utf-8")
        half.rename(folder / f"{time.monotonic_ns():020}-{uuid4()}.{queue}.msg")

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
        paths = Path(self.data_folder_in).iterdir()
        return sorted(path for path in paths if path.name.partition(".")[2] == f"{queue}.msg")


class Transport(filesystem.Transport):
    Channel = Channel
    # Each class keeps its own: messages delivered and not yet acknowledged.
    global_state = virtual.BrokerState()  # type: ignore[no-untyped-call,unused-ignore]


def options(redis_url: str) -> dict[str, str]:
    """The transport's options for `filesystem:///a/folder`; the folder is made when it is missing."""
    folder = Path(unquote(urlsplit(redis_url).path))
    folder.mkdir(parents=True, exist_ok=True)
    return {name: str(folder) for name in ("data_folder_in", "data_folder_out", "control_folder")}
