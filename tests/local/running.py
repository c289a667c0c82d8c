"""A local run as a test drives it: started as a process, read, filled in, searched for who still lives."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from crm.local.sockets import HOME, Busy, listen
from tests.local.waiting import until

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds a start may take on a machine that does much else
OURS = ("DATA_DIR", "PORT", "DATABASE_URL", "REDIS_URL", "SMTP_HOST", "BASE_URL", "ENVIRONMENT", "SECRET_KEY")


class LocalRun:
    """One supervisor in a folder of its own, with what it said."""

    def __init__(self, folder: Path, *words: str, piped: bool = False, **given: str) -> None:
        self.data, self._log = folder / "data", folder / "log"
        self.port = a_free_port()
        self.browser = build_opener(ProxyHandler({}), HTTPCookieProcessor())
        own = {"DATA_DIR": str(self.data), "PORT": str(self.port), "FORM_MIN_SECONDS": "0"}
        rest = {name: value for name, value in os.environ.items() if name not in OURS}
        self.env: Mapping[str, str] = rest | own | given
        with self._log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "crm.local", *words],
                cwd=ROOT,
                env=self.env,
                stdout=subprocess.PIPE if piped else out,
                stderr=out,
            )

    def ready(self) -> LocalRun:
        open_or_over = re.compile(r"\| Open http|Stopped\.")
        assert until(lambda: bool(open_or_over.search(self.said())) or self.ended(), PATIENCE), self.said()
        assert "| Open http" in self.said(), self.said()
        return self

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def last_line(self) -> str:
        """Of the supervisor's own."""
        return [line for line in self.said().splitlines() if line.startswith("run ")][-1]

    def ended(self) -> bool:
        return self.process.poll() is not None

    def get(self, path: str) -> tuple[int, str]:
        return self._ask(path, None)

    def fill_in(self, path: str, **words: str) -> tuple[int, str]:
        """Open the page, fill its form and send it, as a browser does: hidden fields, cookies, redirects."""
        _, page = self.get(path)
        hidden = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
        form = {attribute(tag, "name"): attribute(tag, "value") for tag in hidden}
        return self._ask(path, urlencode(form | words).encode())

    def _ask(self, path: str, form: bytes | None) -> tuple[int, str]:
        try:
            with self.browser.open(f"http://{HOME}:{self.port}{path}", form, PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def family(self) -> dict[int, str]:
        """Every process that lives and was told this data folder, with its command: nobody can slip out.

        Redis writes its title over its environment; but the title names its socket, which lies in the folder.
        """
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                told, command = ((place / name).read_bytes() for name in ("environ", "cmdline"))
            except OSError:  # ended while we looked, or is not ours to look at
                continue
            if str(self.data).encode() in told + command:
                found[int(place.name)] = command.replace(b"\0", b" ").decode()
        return found

    def leaders(self, what: str) -> set[int]:
        """The children of the supervisor with this word in their command: one, or none for a moment."""
        named = {pid for pid, command in self.family().items() if what in command}
        return {pid for pid in named if parent_of(pid) == self.process.pid}

    def end(self) -> None:
        """By force, where it is needed."""
        self.process.terminate()
        try:
            self.process.wait(60)
        finally:
            self.process.kill()
            self.process.wait()
            for pid in self.family():
                os.kill(pid, signal.SIGKILL)


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return None


def a_free_port() -> int:
    """Away from where the catchers look first, and seldom the one another test run tries."""
    start = 21_000 + os.getpid() % 9_000
    for port in range(start, start + 1_000):
        try:
            listen(port).close()
        except Busy:
            continue
        return port
    raise AssertionError("no port is free")


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def open_the_practice(run: LocalRun) -> LocalRun:
    """By the link that the last line gives."""
    link = run.last_line().rpartition(" ")[2]
    status, page = run.fill_in(
        urlsplit(link).path,
        name="Connor",
        practice_name="Spring Street Therapy",
        email="connor@example.org",
        zone="America/Los_Angeles",
        password="a password for a test",
    )
    assert status == 200, page
    return run


def send_an_inquiry(run: LocalRun, address: str) -> None:
    status, page = run.fill_in(
        "/consultation", name="Sam", email=address, message="Do you have time for a call?"
    )
    assert status == 200, page


def acknowledged(run: LocalRun, address: str) -> bool:
    return any(
        f"To: {address}".encode() in mail.read_bytes() for mail in (run.data / "mailbox").glob("[0-9]*.eml")
    )
