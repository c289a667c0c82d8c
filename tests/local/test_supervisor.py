from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from crm.local.children import Child
from crm.local.screen import Screen
from crm.local.supervisor import Failed, Stopped, Supervisor, pause_before
from crm.local.watcher import Watcher, still_there
from tests.local.waiting import until

# Says its process id, then waits until it is ended.
LIVES = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {LIVES}"
WITH_A_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {LIVES!r}]); {LIVES}"


def child(name: str, words: str, *, patience: float = 5.0, hushed: bool = False) -> Child:
    return Child(name, (sys.executable, "-c", words), patience=patience, hushed=hushed)


class Watched(Supervisor):
    """A supervisor whose log can be read."""

    def __init__(self) -> None:
        self.out = io.StringIO()
        super().__init__(dict(os.environ), Screen(self.out, coloured=False))

    def said(self) -> list[str]:
        return self.out.getvalue().splitlines()

    def pids(self, name: str) -> list[int]:
        """Of all who said theirs under this name, oldest first."""
        heads = [line.partition("|") for line in self.said()]
        return [int(words) for head, _, words in heads if head.strip() == name and words.strip().isdigit()]

    def wait_for_pids(self, name: str, count: int) -> list[int]:
        assert self.wait_for(lambda: len(self.pids(name)) >= count, 20)
        return self.pids(name)


@pytest.fixture
def supervisor() -> Iterator[Watched]:
    supervisor = Watched()
    yield supervisor
    supervisor.stop()


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def test_what_children_say_is_passed_on_under_their_names(supervisor: Watched) -> None:
    supervisor.keep(child("web", "import sys; print('hello'); print('trouble', file=sys.stderr)"))

    assert supervisor.wait_for(lambda: "ended with status 0" in supervisor.out.getvalue(), 20)
    assert {"web    | hello", "web    | trouble"} <= set(supervisor.said())


def test_a_killed_child_is_started_again_and_it_is_said(supervisor: Watched) -> None:
    supervisor.keep(child("worker", LIVES))
    [first] = supervisor.wait_for_pids("worker", 1)

    os.kill(first, signal.SIGKILL)

    [_, second] = supervisor.wait_for_pids("worker", 2)
    assert lives(second)
    assert "run    | worker was ended by SIGKILL. It is started again in 0.5 s." in supervisor.said()


def test_what_a_killed_child_had_started_does_not_live_beside_its_successor(supervisor: Watched) -> None:
    supervisor.keep(child("worker", WITH_A_CHILD))
    first, second = supervisor.wait_for_pids("worker", 2)

    os.kill(first, signal.SIGKILL)
    supervisor.wait_for_pids("worker", 4)

    assert until(lambda: not lives(first) and not lives(second))


def test_the_pauses_grow_and_have_an_end() -> None:
    assert [pause_before(n) for n in (1, 2, 3, 4, 7, 8, 1_000)] == [0.5, 1, 2, 4, 30, 30, 30]


def test_a_hushed_child_is_heard_only_when_it_ends_by_itself(supervisor: Watched) -> None:
    supervisor.keep(child("redis", "print('no room'); raise SystemExit(3)", hushed=True))

    assert supervisor.wait_for(lambda: "redis ended with status 3" in supervisor.out.getvalue(), 20)
    assert supervisor.said()[0] == "redis  | no room"


def test_a_step_gives_its_lines(supervisor: Watched) -> None:
    assert supervisor.finish(child("prepare", "print('one'); print('two')")) == ["one\n", "two\n"]
    assert supervisor.said() == []


def test_a_step_that_fails_shows_what_it_said(supervisor: Watched) -> None:
    with pytest.raises(Failed, match="prepare ended with status 4"):
        supervisor.finish(child("prepare", "print('the disk is full'); raise SystemExit(4)"))

    assert supervisor.said() == ["prepare| the disk is full"]


def test_whoever_wants_to_stop_does_not_wait_for_a_step(supervisor: Watched) -> None:
    supervisor.ask_to_stop()

    with pytest.raises(Stopped):
        supervisor.finish(child("prepare", LIVES))


def test_the_last_started_ends_first() -> None:
    supervisor = Watched()
    says_when = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('bye'))); "
    for name in ("redis", "web", "worker"):
        supervisor.keep(child(name, says_when + LIVES))
    for name in ("redis", "web", "worker"):
        supervisor.wait_for_pids(name, 1)

    supervisor.stop()

    byes = [line for line in supervisor.said() if line.endswith("bye")]
    assert byes == ["worker | bye", "web    | bye", "redis  | bye"]


def test_who_does_not_end_when_asked_is_ended() -> None:
    supervisor = Watched()
    supervisor.keep(child("worker", STUBBORN, patience=0.2))
    [pid] = supervisor.wait_for_pids("worker", 1)

    supervisor.stop()

    assert until(lambda: not lives(pid))


def test_a_second_ctrl_c_waits_for_nobody() -> None:
    supervisor = Watched()
    supervisor.keep(child("worker", STUBBORN, patience=600))
    [pid] = supervisor.wait_for_pids("worker", 1)
    supervisor.ask_to_stop()
    supervisor.run()
    again = Timer(1.2, supervisor.ask_to_stop)

    again.start()
    supervisor.stop()

    assert until(lambda: not lives(pid))
    again.join()


def test_the_watcher_keeps_the_groups_that_have_not_ended() -> None:
    assert still_there(["+10\n", "+11\n", "-10\n", "\n", "+12\n", "-99\n"]) == {11, 12}


def test_a_killed_watcher_is_replaced_and_knows_everybody() -> None:
    one, another = (subprocess.Popen([sys.executable, "-c", LIVES], start_new_session=True) for _ in range(2))
    watcher = Watcher()
    watcher.add(one.pid)
    watcher._process.kill()
    watcher._process.wait()

    watcher.add(another.pid)
    watcher.dismiss()

    assert (one.wait(10), another.wait(10)) == (-signal.SIGTERM, -signal.SIGTERM)
