"""Words for times and counts in templates: `crm.rules.telling`, bound to now and the practice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g

from crm import clock
from crm.models import Practice
from crm.rules import long_words, stages, telling
from crm.web.spoken import linked

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flask import Flask

    from crm.models import Lead


def register(app: Flask) -> None:
    """`{{ message.due_at | moment }}` and its neighbours."""
    for function in (clock_time, clock_there, day_words, moment, short_when, stamp, ago, stage_words, iso):
        app.template_filter()(function)
    app.template_filter("isolated")(telling.isolated)
    app.template_filter("count_words")(telling.count_words)
    app.template_filter("opening")(telling.opening)
    app.template_filter("folded")(long_words.folded)
    app.template_filter("linked")(linked)


def zone() -> ZoneInfo:
    """The practice's zone, read once for a page however many times stand on it."""
    if "zone" not in g:
        g.zone = Practice.current().zone
    found: ZoneInfo = g.zone
    return found


def clock_time(instant: datetime) -> str:
    """2:10 pm"""
    return telling.clock(instant, zone())


def clock_there(instant: datetime, lead: Lead) -> str:
    """11:30 am for Sam; empty where their clock shows what the practice's does, or is not known."""
    there = Practice.current().window_in(lead.zone_name).zone
    return telling.clock_there(instant, zone(), there, lead.first_name or "them")


def day_words(instant: datetime) -> str:
    """today, tomorrow, Thursday, March 24"""
    return telling.day_words(instant, clock.now(), zone())


def moment(instant: datetime) -> str:
    """Thursday at 5:48 pm"""
    return telling.moment(instant, clock.now(), zone())


def short_when(instant: datetime) -> str:
    """1:17 pm; Mon; Mar 2"""
    return telling.short_when(instant, clock.now(), zone())


def stamp(instant: datetime) -> str:
    """Mon, March 2, 8:14 pm"""
    return telling.stamp(instant, clock.now(), zone())


def ago(instant: datetime) -> str:
    """22 min"""
    return telling.ago(instant, clock.now())


def stage_words(stage: stages.Stage) -> str:
    return stages.SCREEN_WORDS[stage]


def iso(instant: datetime) -> str:
    """For the datetime attribute of <time>."""
    return instant.isoformat(timespec="seconds")
