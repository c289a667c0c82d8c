"""Beat rings at its periods, also when the machine's clock is set back a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from celery import Celery
from celery.beat import ScheduleEntry

from worker.steady_beat import SteadyBeat

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
PERIODS = {"drain": timedelta(seconds=2), "heartbeat": timedelta(seconds=30), "close": timedelta(minutes=10)}


class Listening(SteadyBeat):
    """Beat without a broker: it writes down what it rings."""

    rung: list[str]

    def apply_entry(self, entry: ScheduleEntry, producer: object = None) -> None:
        self.rung.append(entry.name)


def beat(folder: Path) -> Listening:
    app = Celery("practice", set_as_current=False)
    app.conf.update(
        timezone="UTC",
        beat_schedule={name: {"task": name, "schedule": every} for name, every in PERIODS.items()},
    )
    Listening.producer = None
    scheduler = Listening(app, schedule_filename=str(folder / "beat"), lazy=True)
    scheduler.rung = []
    scheduler.setup_schedule()
    return scheduler


def let_it_run(scheduler: Listening, traveller: time_machine.Traveller, seconds: int) -> list[str]:
    """What it rings in so many seconds."""
    scheduler.rung = []
    for _ in range(seconds):
        while scheduler.tick() == 0:
            pass
        traveller.shift(1)
    return scheduler.rung


def test_a_clock_set_back_a_day_silences_no_job(tmp_path: Path) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        scheduler = beat(tmp_path)
        let_it_run(scheduler, traveller, 700)
        traveller.shift(timedelta(days=-1))

        rung = let_it_run(scheduler, traveller, 700)

    assert rung.count("drain") > 300
    assert rung.count("heartbeat") > 20
    assert rung.count("close") >= 1


def test_a_beat_that_starts_before_its_last_ring_rings(tmp_path: Path) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        first = beat(tmp_path)
        let_it_run(first, traveller, 60)
        first.close()
        traveller.shift(timedelta(days=-1))

        rung = let_it_run(beat(tmp_path), traveller, 60)

    assert {"drain", "heartbeat"} <= set(rung)
