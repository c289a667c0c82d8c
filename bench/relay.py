"""A mail server of our own that takes every mail, as slowly as it is told: `python relay.py PORT FILE MS`.

For each mail it writes a line into FILE: the second of the monotonic clock, which all processes share, and
the recipient. It does what the measurements need, and understands only clients that speak as ours do.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from time import monotonic
from typing import TextIO

ANSWERS = {
    b"EHLO": b"250-relay\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
FINE = b"250 2.0.0 fine\r\n"
END_OF_TEXT = b"\r\n.\r\n"


class Connection(asyncio.Protocol):
    def __init__(self, book: TextIO, seconds: float) -> None:
        self._book, self._seconds = book, seconds
        self._unread = b""
        self._in_text = False
        self._recipient = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 relay\r\n")

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (end := END_OF_TEXT if self._in_text else b"\r\n") in self._unread:
            said, _, self._unread = self._unread.partition(end)
            if self._in_text:
                self._in_text = False
                asyncio.get_running_loop().call_later(self._seconds, self._take)
            else:
                self._answer(said)

    def _answer(self, command: bytes) -> None:
        verb = command[:4].upper()
        if verb == b"RCPT":
            self._recipient = command.partition(b"<")[2].partition(b">")[0].decode("ascii")
        self._in_text = verb == b"DATA"
        self._transport.write(ANSWERS.get(verb, FINE))
        if verb == b"QUIT":
            self._transport.close()

    def _take(self) -> None:
        self._book.write(f"{monotonic()} {self._recipient}\n")
        self._book.flush()
        self._transport.write(FINE)


async def serve(port: int, book: TextIO, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(book, seconds), "127.0.0.1", port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    with Path(sys.argv[2]).open("a", encoding="ascii") as opened:
        asyncio.run(serve(int(sys.argv[1]), opened, int(sys.argv[3]) / 1000))
