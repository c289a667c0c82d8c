"""Acting on many people through the pages, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from crm.db import db, transaction
from crm.flows import sweeping
from crm.models import Account, Enrollment
from crm.rules.sending import EnrollmentState
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page, read

LIST = "/people?view=list"


def looks(desk: Desk, act: str, people: list[int], **more: object) -> Page:
    """The page before the act."""
    return read(desk.sends("/people/sweeps/new", act=act, person=people, next=LIST, **more))


def shown(page: Page) -> list[str]:
    """The people of that page, as it hands them on."""
    return [
        each.attributes["value"]
        for each in page.root.find("main input")
        if each.attributes.get("name") == "person"
    ]


def sweeps_them(desk: Desk, act: str, people: list[int], **choices: str | int) -> Page:
    """From the list over the page to the toast."""
    page = looks(desk, act, people)
    return desk.does("/people/sweeps", "", act=act, person=shown(page), next=LIST, **choices)


def told(page: Page) -> str:
    """What stands above the list about the last act."""
    return page.text(".notices .notice").removesuffix("Undo").strip()


def undo_of(page: Page) -> str:
    return page.attribute(".notices form", "action")


def stages(practice: Practice, people: list[int]) -> list[str]:
    with practice.reading():
        return [str(practice.lead(each).stage) for each in people]


def running(practice: Practice, people: list[int]) -> int:
    with practice.reading():
        return sum(practice.lead(each).enrollment is not None for each in people)


def sent_so_far(practice: Practice) -> int:
    return len(practice.outbox.received)


def by_hand(practice: Practice, act: Callable[..., object], lead_id: int, *more: object) -> None:
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        act(practice.lead(lead_id), *more, owner.id, practice.now)


def asks(desk: Desk, act: str, query: str = "") -> str:
    """The address of the page that names them, before anything is done."""
    chosen = {"act": act, "everyone": "1", "query": query, "next": LIST}
    answer = desk.sends("/people/sweeps/new", **chosen)
    assert answer.status_code == 303, answer.status
    return str(answer.location).partition("?")[0]


def begins(desk: Desk, act: str, **choices: str | int) -> str:
    """The same, with the button pressed. A worker has not begun."""
    address = asks(desk, act)
    desk.does(f"{address}/work", "", next=LIST, **choices)
    return address


def works(practice: Practice, batches: int = 99) -> None:
    """What the worker does."""
    with practice.app.app_context():
        for _ in range(batches):
            with transaction():
                if not sweeping.go_on(practice.now):
                    return


def words(page: Page) -> str:
    return page.text("main .lead")


def paused(practice: Practice) -> int:
    with practice.reading():
        found = sa.select(sa.func.count()).where(Enrollment.state == EnrollmentState.PAUSED)
        return db.session.scalar(found) or 0
