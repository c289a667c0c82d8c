"""A process of its own that knocks at a door: requests ready as bytes, over plain sockets that stay open.

It reads one JSON object: `port`, `clients`, `requests` (base64), and `apart`, the seconds between two knocks,
0 where each client knocks again as soon as it has its answer. It prints one: `knocks`, each a list of place,
status, milliseconds; `seconds` in all; `cpu` of this process. Who knocks at a pace is counted from the moment
at which it was to knock, so that a door that keeps people waiting can't hide it.
"""

from __future__ import annotations

import base64
import json
import re
import socket
import sys
from collections.abc import Callable, Iterator
from itertools import count
from threading import Event, Thread
from time import perf_counter, process_time

HOME = "127.0.0.1"
PATIENCE = 30
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
NOTHING_CAME = 0
"""The status of a knock that had no answer."""
NEVER = Event()


class Client:
    """One connection, opened anew where the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._line: socket.socket | None = None

    def knock(self, request: bytes) -> int:
        """The status of the answer. A line that was closed while nobody spoke is opened once more."""
        for _ in range(2):
            try:
                self._line = self._line or self._open()
                self._line.sendall(request)
                return self._answer(self._line)
            except (ConnectionError, TimeoutError):
                self.close()
        return NOTHING_CAME

    def close(self) -> None:
        if self._line:
            self._line.close()
        self._line = None

    def _open(self) -> socket.socket:
        line = socket.create_connection((HOME, self._port), timeout=PATIENCE)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def _answer(self, line: socket.socket) -> int:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (more := line.recv(65536)):
                raise ConnectionError
            head += more
        head, _, body = head.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        missing = int(length[1]) - len(body) if length else 0
        while missing > 0:
            missing -= len(line.recv(missing)) or missing
        if b"connection: close" in head.lower():
            self.close()
        return int(head.split(b" ", 2)[1])


def main() -> None:
    asked = json.load(sys.stdin)
    requests = [base64.b64decode(each) for each in asked["requests"]]
    turns, began = count(), perf_counter()
    knocks: list[tuple[int, int, float]] = []

    def wait(place: int) -> float:
        return wait_till(began + place * asked["apart"]) if asked["apart"] else perf_counter()

    clients = [
        Thread(target=stand, args=(asked["port"], requests, turns, wait, knocks))
        for _ in range(asked["clients"])
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    seconds = perf_counter() - began
    json.dump({"knocks": sorted(knocks), "seconds": seconds, "cpu": process_time()}, sys.stdout)


def stand(
    port: int,
    requests: list[bytes],
    turns: Iterator[int],
    wait: Callable[[int], float],
    knocks: list[tuple[int, int, float]],
) -> None:
    """One client: takes the next request that nobody has taken, until there is none."""
    client = Client(port)
    while (place := next(turns)) < len(requests):
        since = wait(place)
        status = client.knock(requests[place])
        knocks.append((place, status, 1000 * (perf_counter() - since)))
    client.close()


def wait_till(moment: float) -> float:
    if (left := moment - perf_counter()) > 0:
        NEVER.wait(left)
    return moment


if __name__ == "__main__":
    main()
