"""9. The page of times: a year of hours, 5,000 calls in it; milliseconds of this process, and statements.

Processor time, because the machine is rarely ours alone; what Postgres spends beside it is not in it.
"""

from __future__ import annotations

import secrets
import statistics
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from time import process_time

import sqlalchemy as sa
from flask import Flask

from bench.beat import sqlite_database
from bench.practices import folder
from bench.telling import ratio, tell
from config import Config
from crm import clock
from crm.app import create_app
from crm.db import db, transaction
from crm.flows.planting import plant
from crm.migrating import upgrade
from crm.models import Account, Booking, BookingState, CallSettings, Lead, Opening
from crm.rules.slots import Hours, Week
from tests.conftest import environment, postgres_database

CALLS, DAYS = 5_000, 365
WARM, LOOKS = 5, 60
AIM_MS, AIM_STATEMENTS = 60, 15
QUARTER = timedelta(minutes=15)


def measure() -> None:
    tell(f"9. The page of times, {DAYS} days of hours ahead, CPU in one process: p50")
    for name, database in (("SQLite", sqlite_database), ("Postgres", postgres_database)):
        with folder() as place, database() as url:
            app = create_app(Config.from_env(environment(url, place)))
            with app.app_context():
                token = _opened()
                few, asked = _took(app, token)
                _fill()
                many, still_asked = _took(app, token)
                db.session.remove()
                db.engine.dispose()
        tell(f"   {name}: {few:.1f} ms without calls, {asked} statements")
        ratio(f"   {name}, ms with {CALLS:,} calls", many, at_most=AIM_MS)
        ratio(f"   {name}, statements with {CALLS:,} calls", still_asked, at_most=min(asked, AIM_STATEMENTS))


def _opened() -> str:
    """A practice that takes calls on working days from nine to five, a year ahead. Somebody's page."""
    with db.engine.connect() as connection:
        upgrade(connection)
        connection.commit()
    db.session.remove()
    now = clock.now()
    with transaction():
        plant(now)
        owner = Account.create("connor@springstreet.example", "Connor", "a long enough password", now)
        db.session.flush()
        hours = Hours(time(9), time(17))
        Opening.put(owner.id, Week.of((weekday, hours) for weekday in range(5)))
        CallSettings.turn_of(owner.id).horizon_days = DAYS
        return Lead.find_or_start("mailto:sam@example.org", "Sam", now).page_token


def _fill() -> None:
    with transaction():
        owner_id = db.session.scalars(sa.select(Account.id)).one()
        lead_id = Lead.find_or_start("mailto:everybody@example.org", "Everybody else", clock.now()).id
        rows = [
            {
                "lead_id": lead_id,
                "clinician_id": owner_id,
                "starts_at": at,
                "created_at": at,
                "state": BookingState.CONFIRMED,
                "uid": secrets.token_hex(8),
                "token": secrets.token_hex(8),
            }
            for at in _spread(clock.now())
        ]
        db.session.execute(sa.insert(Booking), rows)


def _spread(now: datetime) -> Iterator[datetime]:
    """All over the year, fourteen a day, on the quarters of an hour."""
    begins = now.replace(minute=0, second=0, microsecond=0)
    for number in range(CALLS):
        yield begins + timedelta(days=number % DAYS) + (number // DAYS) * 2 * QUARTER


def _took(app: Flask, token: str) -> tuple[float, int]:
    browser, statements = app.test_client(use_cookies=False), list[str]()
    sa.event.listen(db.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    took = [_look(browser.get, f"/call/{token}/times") for _ in range(WARM + LOOKS)]
    return 1000 * statistics.median(took[WARM:]), len(statements) // (WARM + LOOKS)


def _look(get: object, address: str) -> float:
    began = process_time()
    answer = get(address)  # type: ignore[operator]
    assert answer.status_code == 200, answer.status
    return process_time() - began
