"""A mail server that delivers nothing: `python -m crm.local.catcher DESCRIPTOR` keeps all in MAILBOX_DIR."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from crm import clock

NEWEST = 1_000


class Mailbox:
    """A folder with one .eml file for each mail, exactly as it came, named so that names sort by arrival."""

    def __init__(self, folder: Path, newest: int = NEWEST) -> None:
        self.folder, self._newest, self._numbers = folder, newest, count()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, raw: bytes) -> Path:
        """Readers see all of it or nothing. Beyond the newest 1,000, the oldest go."""
        name = f"{clock.now():%Y%m%dT%H%M%S.%f}-{next(self._numbers):06}.eml"
        half = self.folder / f".{name}"
        half.write_bytes(raw)
        half.rename(self.folder / name)
        for old in sorted(self.folder.glob("[0-9]*.eml"))[: -self._newest]:
            old.unlink(missing_ok=True)
        return self.folder / name


class Catcher:
    """aiosmtpd calls this by name (its `handler`)."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        try:
            self._mailbox.keep(envelope.original_content or b"")
        except OSError as error:
            return f"452 4.3.1 It could not be kept: {error.strerror}"
        return "250 2.0.0 Kept; read it at /mailbox"


async def catch(listening: socket.socket, mailbox: Mailbox) -> None:
    """Until SIGTERM."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    # A name of its own: aiosmtpd would ask the network for one, and wait for it.
    server = await loop.create_server(
        lambda: SMTP(Catcher(mailbox), hostname="localhost", ident="caught here", enable_SMTPUTF8=True),
        sock=listening,
    )
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(catch(socket.socket(fileno=int(sys.argv[1])), Mailbox(Path(os.environ["MAILBOX_DIR"]))))
