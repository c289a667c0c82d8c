from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog

from crm import log

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capture: Capture) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capture.readouterr().out.splitlines()]


def test_a_line_says_what_happened_by_ids(capsys: Capture) -> None:
    log.configure(as_json=True)

    log.get("crm.flows.delivery").info("message_sent", message_id=7, attempts=1, state="sent")

    [line] = lines(capsys)
    assert line.pop("timestamp").endswith("+00:00")
    assert line == {
        "event": "message_sent",
        "level": "info",
        "logger": "crm.flows.delivery",
        "message_id": 7,
        "attempts": 1,
        "state": "sent",
    }


@pytest.mark.parametrize(
    "key", ["name", "email", "to", "body", "subject", "address", "token", "phone", "url"]
)
def test_a_key_that_is_not_on_the_list_is_dropped_by_name(key: str, capsys: Capture) -> None:
    log.configure(as_json=True)

    log.get("crm").info("inquiry_captured", inquiry_id=3, **{key: "Sam"})

    [line] = lines(capsys)
    assert key not in line
    assert "Sam" not in json.dumps(line)
    assert line["withheld"] == [key]
    assert line["inquiry_id"] == 3


@pytest.mark.parametrize(
    "value",
    [
        "sam@example.org",
        "I cannot sleep",
        "/unsubscribe/tW9zdC1zZWNyZXQ",
        "x" * 81,
        "two\nlines",
        {"name": "Sam"},
        b"bytes",
        "https://crm.example.org/book/tW9zdC1zZWNyZXQ",
        "postgresql://crm:hunter2@db/crm",
    ],
)
def test_a_value_that_could_be_more_than_a_word_is_withheld(value: object, capsys: Capture) -> None:
    log.configure(as_json=True)

    log.get("crm").info("message_held", reason=value)

    assert lines(capsys)[0]["reason"] == log.WITHHELD


def test_instants_and_lists_of_ids_are_told(capsys: Capture) -> None:
    log.configure(as_json=True)

    log.get("crm").info("lease_renewed", message_ids=[1, 2], lease_until_at=datetime(2026, 3, 8, tzinfo=UTC))

    [line] = lines(capsys)
    assert line["message_ids"] == [1, 2]
    assert line["lease_until_at"] == "2026-03-08T00:00:00+00:00"


def test_an_event_with_a_value_formatted_into_it_is_withheld(capsys: Capture) -> None:
    log.configure(as_json=True)

    log.get("crm").info(f"sent to {'sam'}")

    assert lines(capsys)[0]["event"] == log.WITHHELD


def fail() -> None:
    try:
        dict[str, str]()["sam@example.org"]
    except KeyError as cause:
        raise RuntimeError("I cannot sleep") from cause


@pytest.mark.parametrize("logger", [log.get("crm"), logging.getLogger("celery.pool")], ids=["ours", "theirs"])
def test_an_exception_is_told_without_its_message(logger: logging.Logger, capsys: Capture) -> None:
    log.configure(as_json=True)

    try:
        fail()
    except RuntimeError:
        logger.exception("drain_failed")

    [line] = lines(capsys)
    assert line["error"] == ["RuntimeError", "KeyError"]
    assert [place.split(":")[0::2] for place in line["where"]] == [
        ["test_log.py", "test_an_exception_is_told_without_its_message"],
        ["test_log.py", "fail"],
    ]
    assert "sleep" not in json.dumps(line)
    assert "sam" not in json.dumps(line)


def test_another_librarys_line_keeps_its_words_and_loses_what_people_wrote(capsys: Capture) -> None:
    log.configure(as_json=True)
    celery, gunicorn = logging.getLogger("celery.worker"), logging.getLogger("gunicorn.error")

    celery.error(
        "Task %(name)s raised: %(exc)s", {"name": "worker.tasks.drain", "exc": "ValueError('Sam R')"}
    )
    celery.info("Connected to %s", "redis://:**@127.0.0.1:6379/0")
    gunicorn.error("Error handling request %s", "/stop/tW9zdC1zZWNyZXQ")
    gunicorn.warning("could not write to sam@example.org")
    gunicorn.warning("%d of %d", "many words", 3)

    assert [line["event"] for line in lines(capsys)] == [
        "Task worker.tasks.drain raised: (withheld)",
        "Connected to redis://:**@127.0.0.1:6379/0",
        "Error handling request (withheld)",
        "could not write to (withheld)",
        "%d of %d",
    ]


def test_a_library_with_its_own_handler_speaks_through_ours(capsys: Capture) -> None:
    gunicorn = logging.getLogger("gunicorn.error")
    gunicorn.addHandler(logging.StreamHandler())
    gunicorn.propagate = False

    log.configure(as_json=True)
    gunicorn.info("Booting worker with pid: %s", 4711)

    assert [line["event"] for line in lines(capsys)] == ["Booting worker with pid: 4711"]


def test_the_two_second_tick_is_not_worth_a_line(capsys: Capture) -> None:
    log.configure(as_json=True)

    logging.getLogger("celery.app.trace").info("Task succeeded")
    logging.getLogger("celery.beat").info("Scheduler: Sending due task drain")

    assert lines(capsys) == []


def test_a_level_leaves_out_what_is_below_it(capsys: Capture) -> None:
    log.configure("WARNING", as_json=True)

    log.get("crm").info("message_sent", message_id=1)
    log.get("crm").warning("sending_paused", reason="try_later")

    assert [line["event"] for line in lines(capsys)] == ["sending_paused"]


def test_on_a_terminal_a_line_is_made_for_reading(capsys: Capture) -> None:
    log.configure(as_json=False)

    log.get("crm.flows.capture").info("inquiry_captured", inquiry_id=3, lead_id=2)

    [line] = capsys.readouterr().out.splitlines()
    assert line[8:] == " info    crm.flows.capture  inquiry_captured inquiry_id=3 lead_id=2"
