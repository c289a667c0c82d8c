"""The sequences' pages: editing a plan with its effect in sight, turning it off, testing it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.practice import OWNER_EMAIL, Practice
from tests.web.desk import Desk
from tests.web.reading import Element, Page

MAYA = "Maya Okafor <maya.o@example.com>"
FIRST, SECOND, THIRD, FOURTH = (
    "I got your note",
    "Still here, if it’s useful",
    "About cost, plainly",
    "The door stays open",
)


def typed(page: Page, **changes: str) -> dict[str, str]:
    """What the form of the page holds, with these fields changed."""
    (form,) = page.root.find("form#plan")
    elsewhere = [each for each in page.root.find("input") if each.attributes.get("form") == "plan"]
    inputs = [each for each in (*form.find("input"), *elsewhere) if is_sent(each)]
    fields = {each.attributes["name"]: each.attributes.get("value", "") for each in inputs}
    for select in form.find("select"):
        chosen = [o for o in select.find("option") if "selected" in o.attributes] or select.find("option")
        fields[select.attributes["name"]] = chosen[0].attributes["value"]
    return fields | {name.replace("__", "-"): value for name, value in changes.items()}


def is_sent(field: Element) -> bool:
    """A checkbox is part of the form only while it is checked."""
    return field.attributes.get("type") != "checkbox" or "checked" in field.attributes


def subjects(page: Page) -> list[str]:
    return page.texts(".step h3")


def changes(desk: Desk, plan_at: str, **fields: str) -> Page:
    """Change something on the page, without saving."""
    page = desk.opens(plan_at)
    answer = desk.sends(f"{plan_at}/draft", **typed(page, **fields))
    assert answer.status_code in (200, 422)
    return Page(answer.text)


def test_the_list_says_what_each_sequence_is(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA)

    page = desk.opens("/follow-ups/sequences")

    assert page.texts("li h2")[:2] == ["New inquiry", "After a conversation"]
    assert page.text("li p") == (
        "Four emails over eighteen days, starting the moment someone writes. One person is in it now."
    )


def test_the_editor_shows_the_line_from_trigger_to_end(desk: Desk, plan_at: str) -> None:
    page = desk.opens(plan_at)

    assert page.heading == "New inquiry"
    assert subjects(page) == [FIRST, SECOND, THIRD, FOURTH]
    assert page.texts(".step-title")[0] == "Someone sends the “Schedule a call” form"
    assert page.attribute("#emails-1-count", "value") == "3"
    assert page.attribute("#quiet_days", "value") == "14"
    assert "they unsubscribe" in page.texts("li.tag")
    assert "Monday to Friday, 8:30 am to 6:00 pm, Los Angeles time." in page.all_text


def test_a_change_says_what_saving_would_do_and_saves_nothing(
    practice: Practice, desk: Desk, plan_at: str
) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    before = practice.open_message(maya).due_at

    page = changes(desk, plan_at, **{"emails-1-count": "6"})

    assert page.text(".notice p") == (
        "You changed the wait before email 2 from 3 days to 6. The one person in it changes: 1 later. "
        "Nobody gets an email twice, and nothing goes as you save."
    )
    assert page.text(".notice li") == (
        f"Maya Okafor: “{SECOND}” Mon, March 16, 1:52 pm, not Fri, March 13, 1:52 pm"
    )
    assert page.attribute(".notice li a", "href") == f"/people/{maya}"
    assert practice.open_message(maya).due_at == before


def test_saving_moves_what_waits(practice: Practice, desk: Desk, plan_at: str) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)

    page = desk.does(plan_at, **typed(desk.opens(plan_at), **{"emails-1-count": "6"}))

    assert page.toast.startswith("Saved. The one person in it changes: 1 later.")
    assert page.attribute("#emails-1-count", "value") == "6"
    practice.advance(days=5)
    assert practice.outbox.subjects_to("maya.o@example.com") == [FIRST]


def test_emails_move_up_and_down_come_out_and_come_in(desk: Desk, plan_at: str) -> None:
    up = changes(desk, plan_at, do="up-4")
    assert subjects(up) == [FIRST, SECOND, FOURTH, THIRD]

    out = changes(desk, plan_at, do="out-2")
    assert subjects(out) == [FIRST, THIRD, FOURTH]

    page = desk.opens(plan_at)
    (option, *_) = page.root.find("#added option")
    added = changes(desk, plan_at, do="add", added=option.attributes["value"])
    assert subjects(added) == [FIRST, SECOND, THIRD, FOURTH, option.text]


def test_the_email_that_goes_at_once_stays_first(desk: Desk, plan_at: str) -> None:
    page = changes(desk, plan_at, do="up-2")

    assert subjects(page) == [FIRST, SECOND, THIRD, FOURTH]
    assert page.buttons(".steps").count("Move up") == 2


def test_an_email_is_previewed_with_a_click(desk: Desk, plan_at: str) -> None:
    page = changes(desk, plan_at, do="show-3")

    assert page.text(".mail-head h2") == THIRD
    assert desk.gets(page.attribute("iframe", "src")).status_code == 200


@pytest.mark.parametrize("count", ["abc", "", "-1", "1000", "1.5"])
def test_a_wait_that_is_no_number_is_said_beside_it_and_stays(desk: Desk, plan_at: str, count: str) -> None:
    answer = desk.sends(plan_at, **typed(desk.opens(plan_at), **{"emails-1-count": count}))

    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.texts(".error") == ["Write a whole number, from 1 to 365."]
    assert page.attribute("#emails-1-count", "value") == count


def test_an_unknown_unit_is_refused(desk: Desk, plan_at: str) -> None:
    fields = typed(desk.opens(plan_at), **{"emails-1-unit": "fortnights"})

    assert desk.sends(plan_at, **fields).status_code == 422


def test_an_empty_sequence_is_refused(desk: Desk, plan_at: str) -> None:
    page = desk.opens(plan_at)
    fields = {name: value for name, value in typed(page).items() if not name.startswith("emails-")}

    answer = desk.sends(plan_at, **fields)

    assert answer.status_code == 422
    assert "A sequence needs at least one email." in answer.text


def test_emails_from_elsewhere_are_not_let_in(desk: Desk, plan_at: str) -> None:
    page = desk.does(plan_at, **typed(desk.opens(plan_at), **{"emails-9-step": "99999", "emails-9-count": "1",
                                                              "emails-9-unit": "days", "emails-9-late": "3",
                                                              "emails-9-late_unit": "days"}))  # fmt: skip

    assert subjects(page) == [FIRST, SECOND, THIRD, FOURTH]


def test_a_sequence_changed_in_another_window_is_not_overwritten(desk: Desk, plan_at: str) -> None:
    old = typed(desk.opens(plan_at), **{"emails-1-count": "9"})
    desk.does(plan_at, **typed(desk.opens(plan_at), **{"emails-2-count": "7"}))

    answer = desk.sends(plan_at, **old)

    page = Page(answer.text)
    assert answer.status_code == 409
    assert page.text(".notice") == "This sequence was changed in another window. Here is how it looks now."
    assert page.attribute("#emails-1-count", "value") == "3"


def test_turning_it_off_asks_what_happens_to_the_people_in_it(
    practice: Practice, desk: Desk, plan_at: str
) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)

    page = desk.does(f"{plan_at}/rest")
    assert page.heading == "Turn off “New inquiry”?"
    assert page.buttons("main") == ["Hold the person", "Let them finish"]

    page = desk.does(f"{plan_at}/rest", people="hold")
    assert (
        page.toast
        == "“New inquiry” is off. Nobody new starts it. One person in it waits; nothing goes to them."
    )

    page = desk.does(page.undo)
    assert page.toast == "“New inquiry” is on. One person carries on."


def test_turning_off_an_empty_one_asks_nothing(desk: Desk, plan_at: str) -> None:
    page = desk.does(f"{plan_at}/rest")

    assert page.toast == "“New inquiry” is off. Nobody new starts it."
    assert page.text(".switch") == "Off"


def test_all_its_emails_can_be_sent_to_whoever_is_signed_in(
    practice: Practice, desk: Desk, plan_at: str
) -> None:
    page = desk.does(f"{plan_at}/test")
    practice.advance(minutes=1)

    assert page.toast == f"Four test emails go to {OWNER_EMAIL} now."
    assert practice.outbox.subjects_to(OWNER_EMAIL) == [f"[Test] {s}" for s in (FIRST, SECOND, THIRD, FOURTH)]


def test_the_editor_costs_the_same_for_three_people_and_for_thirty(
    practice: Practice,
    client: FlaskClient,
    plan_at: str,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    def fill(first: int, last: int) -> None:
        for n in range(first, last):
            practice.receives_inquiry(f"Person {n} <person{n}@example.com>", client_key=f"place {n}")
        practice.advance(minutes=1)
        client.get(plan_at)

    fill(0, 3)
    few = count_queries(lambda: client.get(plan_at))
    fill(3, 30)
    many = count_queries(lambda: client.get(plan_at))

    assert many == few


def test_a_sequence_that_is_not_there_is_a_404(desk: Desk) -> None:
    assert desk.gets("/follow-ups/sequences/99999").status_code == 404


def test_every_email_can_be_made_to_ask_first(practice: Practice, desk: Desk, plan_at: str) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)

    draft = changes(desk, plan_at, asks_first="y")
    saved = desk.does(plan_at, **typed(desk.opens(plan_at), asks_first="y"))

    assert draft.text(".notice p").startswith(
        "You made every email ask first. The one person in it changes: 1 waits for your yes."
    )
    assert "checked" in saved.root.find("#asks_first")[0].attributes
    assert saved.texts(".step .soft").count("Asks you first, as every email here does.") == 3
    assert "The first email never waits: it answers at once." in saved.text("#asks-first-hint")


def test_a_single_email_can_be_made_to_ask_first_and_no_more(desk: Desk, plan_at: str) -> None:
    saved = desk.does(plan_at, **typed(desk.opens(plan_at), **{"emails-2-asks_first": "y"}))
    fields = typed(saved)

    del fields["emails-2-asks_first"]
    again = desk.does(plan_at, **fields)

    assert saved.root.find("#emails-0-asks_first") == []
    assert "checked" in saved.root.find("#emails-2-asks_first")[0].attributes
    assert again.toast.startswith("Saved.")
    assert "checked" not in again.root.find("#emails-2-asks_first")[0].attributes


def test_a_call_can_be_made_not_to_stop_the_emails(practice: Practice, desk: Desk, plan_at: str) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    fields = typed(desk.opens(plan_at), then="call")
    del fields["stops_on_call"]

    draft = Page(desk.sends(f"{plan_at}/draft", **fields).text)
    saved = desk.does(plan_at, **fields)

    assert draft.text(".notice p") == (
        "You let the emails go on after a logged call. Nobody’s emails move. "
        "For everyone in it, a call you log no longer stops them."
    )
    assert draft.text(".ending") == "You called on Thursday 12: this sequence goes on all the same."
    assert "checked" not in saved.root.find("#stops_on_call")[0].attributes
    assert "checked" in saved.root.find("#stops_on_move")[0].attributes


def test_how_late_an_email_may_go_is_set_in_days_or_hours(desk: Desk, plan_at: str) -> None:
    late = {"emails-2-late": "36", "emails-2-late_unit": "hours"}

    page = desk.does(plan_at, **typed(desk.opens(plan_at), **late))

    assert "Left out when more than 36 hours late" in page.texts(".step summary")
    assert page.attribute("#emails-2-late", "value") == "36"


@pytest.mark.parametrize(
    ("late", "unit"), [("0", "days"), ("91", "days"), ("abc", "hours"), ("2161", "hours")]
)
def test_a_patience_that_makes_no_sense_is_said_beside_it(
    desk: Desk, plan_at: str, late: str, unit: str
) -> None:
    fields = typed(desk.opens(plan_at), **{"emails-1-late": late, "emails-1-late_unit": unit})

    answer = desk.sends(plan_at, **fields)

    assert answer.status_code == 422
    assert len(Page(answer.text).texts(".step .error")) == 1


def test_many_changed_people_are_folded_and_cost_no_query_each(
    practice: Practice,
    desk: Desk,
    client: FlaskClient,
    plan_at: str,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    def fill(first: int, last: int) -> None:
        for n in range(first, last):
            practice.receives_inquiry(f"Person {n} <person{n}@example.com>", client_key=f"place {n}")
        practice.advance(minutes=1)

    fill(0, 3)
    fields = typed(desk.opens(plan_at), **{"emails-1-count": "6"})
    few_page = Page(client.post(f"{plan_at}/draft", data=fields).text)
    few = count_queries(lambda: client.post(f"{plan_at}/draft", data=fields))
    fill(3, 20)
    many_page = Page(client.post(f"{plan_at}/draft", data=fields).text)
    many = count_queries(lambda: client.post(f"{plan_at}/draft", data=fields))

    assert many == few
    assert [len(each.find(".notice details li")) for each in (few_page.root, many_page.root)] == [3, 20]
    assert "open" in few_page.root.find(".notice details")[0].attributes
    assert "open" not in many_page.root.find(".notice details")[0].attributes
    assert many_page.text(".notice summary") == "20 later"
