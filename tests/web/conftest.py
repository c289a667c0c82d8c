from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.models import Sequence
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.posting import amazon, first, mailgun, postmark, sam, ses  # noqa: F401 - fixtures
from tests.web.program import Program
from tests.web.staff import Staff


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    return Desk(practice, client)


@pytest.fixture
def plan_at(practice: Practice) -> str:
    """Where the owner finds the sequence that answers an inquiry."""
    with practice.reading():
        found = db.session.scalars(sa.select(Sequence.id).where(Sequence.key == "new_inquiry")).one()
    return f"/follow-ups/sequences/{found}"


@pytest.fixture
def program(practice: Practice) -> Program:
    """A program that may hand in inquiries."""
    return Program(practice)


@pytest.fixture
def staff(practice: Practice) -> Staff:
    """An account for each role."""
    return Staff(practice)
