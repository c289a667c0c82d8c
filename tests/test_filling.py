"""The practice that is measured: people spread over the years, alike on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa

from bench import years
from crm.db import db
from crm.models import Enrollment, Event, Inquiry, Lead, Message
from tests.practice import Practice

PEOPLE = 2_100


def test_people_came_over_the_years_a_tenth_of_them_each_time(practice: Practice) -> None:
    with practice.app.app_context():
        years.grow(PEOPLE, practice.now)

    with practice.reading():
        people = db.session.execute(sa.select(Lead.created_at, Lead.stage_changed_at, Lead.answered_at)).all()
    ago = Counter((practice.now - each.created_at).days for each in people)
    assert set(ago) == set(years.DAYS_AGO)
    assert max(ago.values()) - min(ago.values()) <= 14
    assert all(each.created_at == each.stage_changed_at == each.answered_at for each in people)


def test_every_row_that_is_filled_in_is_somebodys(practice: Practice) -> None:
    with practice.app.app_context():
        years.grow(PEOPLE, practice.now - timedelta(hours=1))

    with practice.reading():
        lead_ids = sa.select(Lead.id)
        for model, each in ((Inquiry, 1), (Enrollment, 1), (Message, 2), (Event, len(years.STORY))):
            lost = sa.select(sa.func.count(model.id)).where(model.lead_id.not_in(lead_ids))
            assert db.session.scalar(lost) == 0
            assert db.session.scalar(sa.select(sa.func.count(model.id))) == each * PEOPLE
