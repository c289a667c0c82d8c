# mypy: disallow-untyped-calls=False
# kombu has types for half of itself.
from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Empty

import pytest
from kombu.connection import Connection
from kombu.simple import SimpleQueue

from worker.broker import settings_for

MESSAGES = 600


@contextmanager
def doorbell(folder: Path) -> Iterator[SimpleQueue]:
    told = settings_for(f"filesystem://{folder}")
    connection = Connection(
        told["broker_url"],
        transport=told["broker_transport"],
        transport_options=told["broker_transport_options"],
    )
    with connection, connection.SimpleQueue("celery") as queue:
        yield queue


def ring(folder: Path, numbers: range) -> None:
    with doorbell(folder) as queue:
        for number in numbers:
            queue.put({"number": number})


def hear(folder: Path, count: int) -> list[int]:
    heard = []
    with doorbell(folder) as queue:
        for _ in range(count):
            message = queue.get(timeout=30)
            message.ack()
            heard.append(message.payload["number"])
    return heard


def test_first_come_is_first_served(tmp_path: Path) -> None:
    ring(tmp_path, range(5))

    assert hear(tmp_path, 5) == [0, 1, 2, 3, 4]


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with doorbell(tmp_path) as queue, pytest.raises(Empty):
        queue.get_nowait()


def test_what_waits_can_be_counted_and_thrown_away(tmp_path: Path) -> None:
    ring(tmp_path, range(3))

    with doorbell(tmp_path) as queue:
        assert queue.qsize() == 3
        assert queue.clear() == 3
        assert queue.qsize() == 0


def test_a_folder_with_a_space_in_its_name_is_made(tmp_path: Path) -> None:
    ring(tmp_path / "my practice", range(1))

    assert hear(tmp_path / "my practice", 1) == [0]


def test_in_a_crowd_each_is_heard_exactly_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as crowd:
        for start in range(3):
            crowd.submit(ring, tmp_path, range(start, MESSAGES, 3)).add_done_callback(
                lambda done: done.result()
            )
        ears = [crowd.submit(hear, tmp_path, MESSAGES // 3) for _ in range(3)]
        heard = [number for ear in ears for number in ear.result()]

    assert sorted(heard) == list(range(MESSAGES))
    assert [path for path in tmp_path.iterdir() if path.suffix == ".msg" or path.name.startswith(".")] == []


def test_any_other_address_is_for_redis() -> None:
    assert settings_for("redis://127.0.0.1:6379/0")["broker_url"] == "redis://127.0.0.1:6379/0"
