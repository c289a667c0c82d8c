"""The demo is told from the moment it is made: on a Saturday night and over a holiday it must hold too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from crm.db import db, transaction
from crm.demo import IN_USE, fill
from crm.links import Links
from crm.models import Account, Booking, Message, attention
from tests.practice import TUESDAY

LINKS = Links("http://localhost")
HOLIDAY_NIGHT = datetime(2026, 7, 4, 10, 10, tzinfo=UTC)
MONDAY_AT_OPENING = datetime(2026, 11, 30, 16, 31, tzinfo=UTC)
THURSDAY_EVENING = datetime(2027, 1, 8, 1, 55, tzinfo=UTC)


@pytest.mark.parametrize("now", [HOLIDAY_NIGHT, MONDAY_AT_OPENING, THURSDAY_EVENING])
def test_the_demo_has_a_past_and_a_future_whenever_it_is_made(app: Flask, now: datetime) -> None:
    with time_machine.travel(now, tick=False), app.app_context():
        told = fill(now, LINKS)

        assert "Sign in as" in told
        assert len(db.session.scalars(attention.on_today(now)).all()) == 5
        assert len(db.session.scalars(Message.problems()).all()) == 2
        assert len(db.session.scalars(Message.delayed()).all()) == 1
        assert len(db.session.scalars(Booking.coming(now)).all()) == 3
        assert len(db.session.scalars(Message.going_out(now + timedelta(days=7))).all()) >= 5
        assert db.session.scalars(Message.due(now)).all() == []


def test_somebody_elses_practice_is_left_alone(app: Flask) -> None:
    with app.app_context():
        with transaction():
            Account.create("june@elsewhere.example", "June", "a long enough password", TUESDAY)

        assert fill(TUESDAY, LINKS) == IN_USE
