"""Lists under a name: mine or everyone's, one name each, and a removal that can be taken back."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crm.flows import saved_views
from crm.models import Account, SignIn
from crm.web.access import COOKIE
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page, read

LIST = "/people?view=list"
VIEWS = "/people/views"
WAITING = "stage=new&show=waiting"


@pytest.fixture
def dana(practice: Practice) -> FlaskClient:
    """A colleague's browser."""
    with practice.at_work() as session:
        dana = Account.create("dana@example.com", "Dana", "another long password", practice.now)
        session.flush()
        token = SignIn.start(dana, practice.now)
    browser = practice.app.test_client()
    browser.set_cookie(COOKIE, token)
    return browser


def views(page: Page) -> list[str]:
    """The names above the list."""
    return [link.text for link in page.root.find(".views a") if "small" not in link.classes]


def test_a_view_is_saved_from_the_filters_and_opens_the_same_list(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry("Maya Okafor <maya@example.com>", "Hello.")
    link = desk.opens(f"{LIST}&{WAITING}").attribute(".views a", "href")
    form = desk.opens(link)
    assert form.heading == "Save this view"

    page = desk.does(VIEWS, name="New and waiting", whose="mine", query=form.attribute("#query", "value"))

    assert page.toast == "“New and waiting” stands above the list."
    assert views(page) == ["New and waiting"]
    assert page.texts(".views [aria-current]") == ["New and waiting"]
    again = desk.opens(desk.opens(LIST).attribute(".views a", "href"))
    assert again.texts("td.who a") == ["Maya Okafor"]


def test_everyone_sees_what_is_for_everyone_and_nobody_what_is_mine(desk: Desk, dana: FlaskClient) -> None:
    desk.does(VIEWS, name="Mine", whose="mine", query=WAITING)
    desk.does(VIEWS, name="Ours", whose="everyone", query=WAITING)

    assert views(desk.opens(LIST)) == ["Mine", "Ours"]
    assert views(read(dana.get(LIST))) == ["Ours"]
    assert dana.get(f"{VIEWS}/1").status_code == 404
    assert dana.post(f"{VIEWS}/1/removal").status_code == 404


@pytest.mark.parametrize("whose", ["mine", "everyone"])
def test_one_name_is_one_view_however_it_is_written(desk: Desk, whose: str) -> None:
    desk.does(VIEWS, name="Waiting", whose=whose, query=WAITING)

    page = read(desk.sends(VIEWS, name=" WAITING ", whose=whose, query="stage=closed"))

    assert page.texts(".error") == ["There is a view of that name already."]
    assert page.attribute("#name", "value") == "WAITING"
    assert page.attribute("#query", "value") == "stage=closed"


def test_a_name_that_is_none_is_asked_for_again(desk: Desk) -> None:
    page = read(desk.sends(VIEWS, name="  ", whose="mine", query=WAITING))

    assert page.texts(".error") == ["Give it a name, such as “Waiting since last week”."]


def test_only_filters_are_kept_of_an_address(desk: Desk) -> None:
    page = desk.does(VIEWS, name="Odd", whose="mine", query="stage=new&before=5&evil=<script>&show=x")

    assert page.attribute(".views a", "href") == "/people?view=list&stage=new"


def test_a_view_is_renamed_but_not_to_anothers_name(desk: Desk) -> None:
    desk.does(VIEWS, name="Waiting", whose="mine", query=WAITING)
    desk.does(VIEWS, name="Closed", whose="mine", query="stage=closed")

    refused = read(desk.sends(f"{VIEWS}/2/name", name="waiting"))
    page = desk.does(f"{VIEWS}/2/name", name="Long closed")

    assert refused.texts(".error") == ["There is a view of that name already."]
    assert page.toast == "It is called “Long closed” now."
    assert views(page) == ["Long closed", "Waiting"]


def test_a_view_taken_away_comes_back_with_undo(desk: Desk) -> None:
    desk.does(VIEWS, name="Waiting", whose="mine", query=WAITING)

    gone = desk.does(f"{VIEWS}/1/removal")
    assert views(gone) == []
    back = desk.does(gone.undo)

    assert back.toast == "“Waiting” is back."
    assert views(back) == ["Waiting"]


def test_a_name_given_away_meanwhile_keeps_the_old_view_away(desk: Desk) -> None:
    desk.does(VIEWS, name="Waiting", whose="mine", query=WAITING)
    undo = desk.does(f"{VIEWS}/1/removal").undo
    desk.does(VIEWS, name="Waiting", whose="mine", query="stage=closed")

    page = desk.does(undo)

    assert page.toast == "Another view has that name by now, so this one stays away."
    assert page.attribute(".views a", "href") == "/people?view=list&stage=closed"


def test_there_are_never_more_views_than_anybody_can_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_views, "MOST", 1)
    desk.does(VIEWS, name="Waiting", whose="mine", query=WAITING)

    page = read(desk.sends(VIEWS, name="Closed", whose="mine", query="stage=closed"))

    assert page.texts(".error") == ["There are 40 views. Take one away first."]
