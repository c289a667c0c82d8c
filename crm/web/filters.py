"""Words for times and counts in templates: `crm.rules.telling`, bound to now and the practice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm import clock
from crm.models import Practice
from crm.rules import stages, telling

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask


def register(app: Flask) -> None:
    """`{{ message.due_at | moment }}` and its neighbours."""
    for function in (clock_time, day_words, moment, stamp, ago, stage_words, iso):
        app.template_filter()(function)
    app.template_filter("count_words")(telling.count_words)


def clock_time(instant: datetime) -> str:
    """2:10 pm"""
    return telling.clock(instant, Practice.current().zone)


def day_words(instant: datetime) -> str:
    """today, tomorrow, Thursday, March 24"""
    return telling.day_words(instant, clock.now(), Practice.current().zone)


def moment(instant: datetime) -> str:
    """Thursday at 5:48 pm"""
    return telling.moment(instant, clock.now(), Practice.current().zone)


def stamp(instant: datetime) -> str:
    """Mon, March 2, 8:14 pm"""
    return telling.stamp(instant, clock.now(), Practice.current().zone)


def ago(instant: datetime) -> str:
    """22 min"""
    return telling.ago(instant, clock.now())


def stage_words(stage: stages.Stage) -> str:
    return stages.SCREEN_WORDS[stage]


def iso(instant: datetime) -> str:
    """For the datetime attribute of <time>."""
    return instant.isoformat(timespec="seconds")
