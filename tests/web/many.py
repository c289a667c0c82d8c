"""Acting on many people through the pages, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

from crm.models import Account
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
