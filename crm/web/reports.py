"""Reports: how it's going, in four findings, and the same as a table to take away."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, Response, render_template, request, url_for

from crm import clock
from crm.db import db
from crm.flows.reporting import report
from crm.models import Lead, Practice
from crm.rules import promises, report_lists, reporting, stages
from crm.rules.findings import PERIOD_WORDS, how_long
from crm.rules.reporting import Period
from crm.rules.spreadsheets import cell
from crm.web import charts
from crm.web.again import freshly_authenticated

if TYPE_CHECKING:
    from datetime import datetime

    from crm.rules.reporting import Passage

bp = Blueprint("reports", __name__)

PERIODS = (("30 days", Period.DAYS_30), ("90 days", Period.DAYS_90), ("This year", Period.YEAR))
COLUMNS = ("Name", "Wrote", "Found you through", "Heard from you", "In time", "Booked a call", "Had the call",
           "Stage")  # fmt: skip


@bp.get("/reports")
def show() -> str:
    period = _period()
    found, practice = report(period, clock.now()), Practice.current()
    return render_template(
        "reports/show.html",
        report=found,
        period=period,
        periods=[(words, _address(each), None) for words, each in PERIODS],
        here=_address(period),
        promise=promises.SCREEN_WORDS[practice.promise],
        piles=charts.piles(found.passages),
        rungs=charts.rung_bars(reporting.rungs(found.passages)),
        sources=charts.source_bars(reporting.sources(found.passages)),
        effects=charts.effect_bars(found.effects),
        how_long=how_long,
    )


@bp.get("/reports/people")
def people() -> str:
    """The list behind a number: its link names which (crm.rules.report_lists)."""
    period = _period()
    found = report(period, clock.now())
    group = report_lists.group(found, request.args)
    known = {each.lead_id: each for each in found.passages}
    return render_template(
        "reports/people.html",
        group=group,
        rows=[(lead, known.get(lead.id)) for lead in _people(group.ids)],
        back=_address(period),
        period_words=PERIOD_WORDS[period],
        a_day=found.a_day,
        how_long=how_long,
        source_words=reporting.SOURCE_WORDS,
    )


@bp.get("/reports.csv")
@freshly_authenticated
def download() -> Response:
    """One line a person; opens in any spreadsheet, and nothing in it is run there."""
    period = _period()
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerows([cell(text) for text in _row(each)] for each in report(period, clock.now()).passages)
    return Response(
        "\ufeff" + table.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=people-{period}.csv"},
    )


def _people(ids: list[int]) -> list[Lead]:
    """In the order of their ids in the list, in one query."""
    leads = {lead.id: lead for lead in db.session.scalars(sa.select(Lead).where(Lead.id.in_(ids)))}
    return [leads[each] for each in ids if each in leads]


def _period() -> Period:
    asked = request.args.get("period", "")
    return Period(asked) if asked in set(Period) else Period.DAYS_90


def _address(period: Period) -> str:
    return url_for("reports.show", period=period)


def _row(each: Passage) -> list[str]:
    source = reporting.SOURCE_WORDS.get(each.source, each.source)
    in_time = "" if each.answered_at is None else "yes" if each.kept else "no"
    had_call = "yes" if each.had_call else "no"
    instants = (_local(each.wrote_at), _local(each.answered_at), _local(each.booked_at))
    wrote, answered, booked = instants
    return [each.name, wrote, source, answered, in_time, booked, had_call, stages.SCREEN_WORDS[each.stage]]


def _local(instant: datetime | None) -> str:
    """2026-03-10 13:52, as the clock on his wall had it."""
    return f"{instant.astimezone(Practice.current().zone):%Y-%m-%d %H:%M}" if instant else ""
