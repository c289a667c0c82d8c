"""A program that takes whatever it is told, and writes down under which name: `python hearing.py PORT FILE`.

For each POST it writes a line into FILE: the second of the monotonic clock and the `webhook-id`.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from time import monotonic
from typing import TextIO

NAME = re.compile(rb"\r\nwebhook-id: *(\S+)", re.IGNORECASE)
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
TAKEN = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class Connection(asyncio.Protocol):
    def __init__(self, book: TextIO) -> None:
        self._book, self._heard = book, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, ended, body = self._heard.partition(b"\r\n\r\n")
        length, name = LENGTH.search(head), NAME.search(head)
        if ended and length and name and len(body) >= int(length[1]):
            self._book.write(f"{monotonic()} {name[1].decode()}\n")
            self._book.flush()
            self._transport.write(TAKEN)
            self._transport.close()


async def serve(port: int, book: TextIO) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(book), "127.0.0.1", port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    with Path(sys.argv[2]).open("a", encoding="ascii") as opened:
        asyncio.run(serve(int(sys.argv[1]), opened))
