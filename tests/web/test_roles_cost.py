"""What roles cost: an owner's page asks as ever, a clinician's a fixed number more, however many people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from bench import years
from crm.models import Assignment, Lead
from crm.rules.roles import Role
from tests.web.staff import Staff

Count = Callable[[Callable[[], object]], int]
PAGES = ["/today", "/people", "/people?view=list", "/people/2", "/follow-ups", "/people/find?q=rivers"]


@pytest.fixture
def statements(staff: Staff) -> Callable[[FlaskClient, str], list[str]]:
    """What one look asks of the database, by whichever engine, once the browser has been seen this minute."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    def ask(browser: FlaskClient, page: str) -> list[str]:
        browser.get(page)
        seen.clear()
        sa.event.listen(sa.engine.Engine, "before_cursor_execute", note)
        try:
            assert browser.get(page).status_code == 200
        finally:
            sa.event.remove(sa.engine.Engine, "before_cursor_execute", note)
        return [each for each in seen if not each.startswith("BEGIN")]

    return ask


def grow(staff: Staff, more: int) -> None:
    """So many more people, all of them in the clinician's care."""
    with staff.practice.reading():
        years.grow(more, staff.practice.now)
    with staff.practice.at_work() as session:
        everybody = set(session.scalars(sa.select(Lead.id))) - set(
            session.scalars(sa.select(Assignment.lead_id))
        )
        made = {"account_id": staff.ids[Role.CLINICIAN], "assigned_at": staff.practice.now}
        session.execute(sa.insert(Assignment), [{"lead_id": each, **made} for each in everybody])


@pytest.mark.parametrize("page", PAGES)
def test_an_owner_asks_no_more_than_a_coordinator_and_never_whose_somebody_is(
    staff: Staff, statements: Callable[[FlaskClient, str], list[str]], page: str
) -> None:
    grow(staff, 10)

    owner, coordinator = (statements(staff.browser(role), page) for role in (Role.OWNER, Role.COORDINATOR))

    assert len(owner) == len(coordinator)
    assert not any("assignment.account_id = (SELECT" in each or "looks_as" in each for each in owner)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.ASSISTANT])
def test_who_sees_less_asks_at_most_two_more_and_no_more_with_more_people(
    staff: Staff, statements: Callable[[FlaskClient, str], list[str]], role: Role, page: str
) -> None:
    grow(staff, 10)
    few = len(statements(staff.browser(role), page))
    owner = len(statements(staff.browser(Role.OWNER), page))

    grow(staff, 190)

    assert len(statements(staff.browser(role), page)) == few
    assert few <= owner + 2
