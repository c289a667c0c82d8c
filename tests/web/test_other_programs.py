"""Settings, Tell other programs: connected, tested, looked after, paused, taken away and brought back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook

from crm import clock
from crm.db import db
from crm.flows import dispatching
from crm.flows.dispatching import MOST_LISTENERS
from crm.models import Dispatch
from crm.outside.guard import Guard
from crm.outside.telling import Outside
from crm.rules.dispatches import DispatchState, OffReason
from crm.rules.reach import Reach
from crm.web.shell import PROGRAM_OFF
from tests.listeners import EVERYTHING, dispatches, listener, listens, states
from tests.outside.receivers import Receiver, receiver, says
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page, read

AT = "/settings/other-programs"
OUTSIDE = Outside(Guard(Reach(at_home=True)), connect_seconds=0.5, all_seconds=0.8)


@pytest.fixture
def program() -> Iterator[Receiver]:
    with receiver() as opened:
        yield opened


def connects(desk: Desk, url: str, **fields: object) -> Page:
    filled = {"name": "My spreadsheet", "url": url, "tells": EVERYTHING} | fields
    return desk.does(AT, came_from=AT, **filled)


def refused(desk: Desk, address: str = AT, **fields: object) -> Page:
    filled = {"name": "My spreadsheet", "url": "https://127.0.0.1:8443/", "tells": EVERYTHING} | fields
    answer = desk.sends(address, **filled)
    assert answer.status_code == 422
    return read(answer)


@contextmanager
def asks_the_network(practice: Practice, guard: Guard) -> Iterator[None]:
    """By this guard, for as long as the block lasts."""
    usual = practice.app.extensions["guard"]
    practice.app.extensions["guard"] = guard
    try:
        yield
    finally:
        practice.app.extensions["guard"] = usual


def tells(practice: Practice) -> None:
    with practice.app.app_context():
        dispatching.tell_programs(OUTSIDE, clock.now, timedelta(seconds=20), lambda: False)


def fails(practice: Practice, dispatch_id: int) -> None:
    with practice.at_work():
        db.session.get_one(Dispatch, dispatch_id).fail(practice.now)


def test_the_empty_page_says_what_it_is_for(desk: Desk) -> None:
    page = desk.opens(AT)

    assert "No program is told anything yet." in page.all_text
    assert "Zapier, Make, n8n or a server of your own" in page.all_text


def test_a_program_is_connected_and_its_secret_is_shown_once(
    practice: Practice, desk: Desk, program: Receiver
) -> None:
    page = connects(desk, program.url)
    again = desk.opens(f"{AT}/1")

    assert page.toast == "My spreadsheet is told from now on. Send it a test."
    assert page.text("#secret") == listener(practice).secret
    assert page.text("#secret").startswith("whsec_")
    assert again.text("#secret") == ""
    assert (listener(practice).with_contact, listener(practice).with_words) == (False, False)


def test_a_test_is_told_by_the_worker_and_its_page_says_so(
    practice: Practice, desk: Desk, program: Receiver
) -> None:
    connects(desk, program.url)

    waiting = desk.does(f"{AT}/1/tests")
    tells(practice)
    after = desk.opens(f"{AT}/1/told/1")

    assert "It goes in a moment" in waiting.all_text
    assert "It took this today at 1:52 pm." in after.all_text
    assert "It answered 204." in after.all_text
    (heard,) = program.heard
    told = Webhook(listener(practice).secret).verify(heard.body, heard.headers)
    assert told["type"] == "test"
    assert told["data"] == {"note": "A test for My spreadsheet. Nothing happened."}
    assert heard.headers["webhook-id"] in after.all_text


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "Paste the address that your tool shows you. It begins with https://"),
        (
            "hooks.example.org/in",
            "That can’t be read. An address looks like https://hooks.zapier.com/…",
        ),
        ("http://93.184.216.34/in", "It must begin with https://, so that nobody on the way can read along."),
        (
            "https://me:secret@93.184.216.34/",
            "There is a password in that address. Take it out; what is sent is signed.",
        ),
        (
            "https://93.184.216.34:25/",
            "That port belongs to something else. Use the usual one, which needs no number, or 8443.",
        ),
        (
            "https://2130706433/",
            "That number is written in an unusual way. Use a name, if your tool shows one.",
        ),
        ("https://a..b.example/", "That name can’t be read. Copy the address from your tool once more."),
        ("https://hooks.invalid/", "There is no machine of that name. Is it spelled right?"),
        (
            "https://169.254.169.254/latest/meta-data/",
            (
                "That address leads inside, to this machine or the network it stands in. "
                "Only what is on the open internet can be told."
            ),
        ),
    ],
)
def test_an_address_that_cannot_be_is_refused_and_kept_in_the_form(desk: Desk, url: str, told: str) -> None:
    page = refused(desk, url=url)

    assert page.text("#url-error") == told
    assert page.attribute("#url", "value") == url


def test_a_changed_address_is_looked_at_just_as_much(practice: Practice, desk: Desk) -> None:
    listens(practice)

    page = refused(desk, f"{AT}/1", url="https://10.0.0.5/")

    assert page.text("#url-error").startswith("That address leads inside")
    assert listener(practice).url == "https://hooks.example.org/in"


@pytest.mark.parametrize("address", [AT, f"{AT}/1"])
def test_while_a_name_is_looked_up_the_database_is_not_held(
    practice: Practice, desk: Desk, address: str
) -> None:
    listens(practice)
    held: list[bool] = []

    def looks(*_asked: object) -> list[str]:
        held.append(db.session().in_transaction())
        return ["93.184.216.34"]

    with asks_the_network(practice, Guard(Reach(), looks)):
        desk.does(address, name="My spreadsheet", url="https://hooks.example.com/in", tells=EVERYTHING)

    assert held == [False]


def test_at_least_one_thing_is_chosen(desk: Desk) -> None:
    page = refused(desk, tells=[])

    assert "Choose at least one. To tell it nothing for a while, pause it." in page.all_text


def test_there_is_an_end_to_the_number_of_programs(practice: Practice, desk: Desk) -> None:
    for _ in range(MOST_LISTENERS):
        listens(practice)

    assert "There are 20 programs already." in refused(desk).all_text


def test_what_it_hears_and_may_know_can_be_changed(practice: Practice, desk: Desk, program: Receiver) -> None:
    connects(desk, program.url)

    page = desk.does(
        f"{AT}/1", name="My server", url=program.url, tells=["call.booked"], with_contact="y", with_words="y"
    )

    its = listener(practice)
    assert page.toast == "Saved. It holds for what happens from now on."
    assert (its.name, its.tells, its.with_contact, its.with_words) == (
        "My server",
        ["call.booked"],
        True,
        True,
    )


def test_a_pause_can_be_undone(practice: Practice, desk: Desk) -> None:
    listens(practice)

    page = desk.does(f"{AT}/1/pause")
    assert page.toast == "Zapier is paused. What happens meanwhile waits for it."
    assert "Paused" in page.text("#program")
    assert "Send a test" not in page.all_text

    assert (
        desk.does(page.attribute(".toast form", "action")).toast
        == "Zapier is told again. What waited goes now."
    )
    assert listener(practice).is_on


def test_a_paused_program_gets_no_test(practice: Practice, desk: Desk) -> None:
    listens(practice, paused_at=practice.now)

    assert desk.does(f"{AT}/1/tests").toast == "It isn’t told anything at the moment. Turn it on first."
    assert dispatches(practice) == []


def test_who_was_taken_away_can_be_brought_back_with_its_log(practice: Practice, desk: Desk) -> None:
    listens(practice)
    practice.receives_inquiry("Sam Rivers <sam@example.org>")

    page = desk.does(f"{AT}/1/removal")
    practice.receives_inquiry("Ada <ada@example.org>")
    assert page.toast == "Zapier is told nothing any more."
    assert desk.gets(f"{AT}/1").status_code == 404

    back = desk.does(page.attribute(".toast form", "action"))
    assert "Sam Rivers" in back.text("#log")
    assert "Ada" not in back.text("#log")


def test_a_new_secret_stands_beside_the_old_one_for_a_day(practice: Practice, desk: Desk) -> None:
    listens(practice)
    before = listener(practice).secret

    page = desk.does(f"{AT}/1/secret")

    assert page.text("#secret") == listener(practice).secret != before
    assert "Until tomorrow at 1:52 pm the one before it is good, too." in page.all_text


def test_a_secret_is_not_shown_on_the_page_of_another_program(practice: Practice, desk: Desk) -> None:
    listens(practice)
    listens(practice)

    desk.sends(f"{AT}/1/secret")

    assert desk.opens(f"{AT}/2").text("#secret") == ""


def test_how_each_fares_is_told_in_a_sentence(practice: Practice, desk: Desk) -> None:
    now = practice.now
    for known in (
        {},
        {"delivered_at": now},
        {"failing_since": now - timedelta(hours=1)},
        {"paused_at": now},
        {"off_at": now, "off_reason": OffReason.GONE},
        {"off_at": now, "off_reason": OffReason.FAILING},
    ):
        listens(practice, **known)

    assert desk.opens(AT).texts(".card-row") == [
        "Zapier Nothing was told yet. Send it a test. New",
        "Zapier Last told today at 1:52 pm. Works",
        "Zapier It has taken nothing since today at 12:52 pm. It is tried again by itself. Trouble",
        "Zapier What happens meanwhile waits for it, for thirty days. Paused",
        "Zapier It answered that it is gone, so it isn’t told anything. What happens waits. Off",
        "Zapier It took nothing for five days, so it isn’t told anything. What happens waits. Off",
    ]


def test_every_page_says_that_a_program_was_switched_off(practice: Practice, desk: Desk) -> None:
    assert PROGRAM_OFF not in desk.opens("/today").all_text
    listens(practice, off_at=practice.now, off_reason=OffReason.FAILING)

    assert PROGRAM_OFF in desk.opens("/today").all_text
    desk.does(f"{AT}/1/resumption")
    assert PROGRAM_OFF not in desk.opens("/today").all_text


def test_the_log_is_filtered_and_goes_back_page_by_page(practice: Practice, desk: Desk) -> None:
    listens(practice, tells=["inquiry.received"])
    for n in range(23):
        practice.receives_inquiry(f"P{n} <p{n}@example.org>")
    fails(practice, 1)

    newest = desk.opens(f"{AT}/1")
    older = desk.opens(f"{AT}/1?before=4")
    failed = desk.opens(f"{AT}/1?show=failed")

    assert len(newest.texts("#log tbody tr")) == 20
    assert "P22" in newest.texts("#log tbody tr")[0]
    assert [words.split("P")[1][0] for words in older.texts("#log tbody tr")] == ["2", "1", "0"]
    assert len(failed.texts("#log tbody tr")) == 1
    assert len(desk.opens(f"{AT}/1?show=waiting").texts("#log tbody tr")) == 20
    assert desk.opens(f"{AT}/1?show=delivered").text("#log .card") == "Nothing here."
    assert len(desk.opens(f"{AT}/1?show=nonsense&before=x").texts("#log tbody tr")) == 20


def test_one_that_failed_shows_what_was_sent_and_answered_and_is_told_again(
    practice: Practice, desk: Desk, program: Receiver
) -> None:
    listens(practice, program.url, tells=["inquiry.received"])
    program.manner = says("500 Oh no", body=b"<script>alert(1)</script>")
    practice.receives_inquiry("Sam Rivers <sam@example.org>")
    tells(practice)
    fails(practice, 1)
    name = dispatches(practice)[0].message_id

    page = desk.opens(f"{AT}/1/told/1")
    again = desk.does(f"{AT}/1/told/1/replay")
    program.manner = says("200 OK")
    tells(practice)

    assert "It answered 500." in page.all_text
    assert page.text("details pre") == "<script>alert(1)</script>"
    assert json.loads(page.texts("pre.code")[-1])["type"] == "inquiry.received"
    assert again.toast == "It is told again now."
    assert states(practice) == [DispatchState.DELIVERED]
    assert program.ids == [name, name]


def test_all_that_failed_since_is_told_again(practice: Practice, desk: Desk) -> None:
    listens(practice, tells=["inquiry.received"])
    for n in range(3):
        practice.receives_inquiry(f"P{n} <p{n}@example.org>")
        fails(practice, n + 1)
        practice.at(practice.now + timedelta(hours=10))

    page = desk.does(f"{AT}/1/replays", since="24")

    assert page.toast == "Two things are told again now."
    assert states(practice) == [DispatchState.FAILED, DispatchState.WAITING, DispatchState.WAITING]
    assert desk.does(f"{AT}/1/replays", since="1").toast == "Nothing has failed since then."
    assert desk.sends(f"{AT}/1/replays", since="never").status_code == 400


def test_the_log_of_one_is_not_found_under_another(practice: Practice, desk: Desk) -> None:
    listens(practice)
    listens(practice, tells=["call.booked"])
    practice.receives_inquiry("Sam Rivers <sam@example.org>")

    assert desk.gets(f"{AT}/1/told/1").status_code == 200
    assert desk.gets(f"{AT}/2/told/1").status_code == 404
    assert desk.sends(f"{AT}/2/told/1/replay").status_code == 404


def test_whom_nobody_knows_any_more_has_no_name_in_the_log(practice: Practice, desk: Desk) -> None:
    listens(practice)
    practice.receives_inquiry("Sam Rivers <sam@example.org>")
    with practice.at_work() as session:
        session.execute(sa.update(Dispatch).values(lead_id=None))

    assert desk.opens(f"{AT}/1/told/1").heading
    assert "Sam" not in desk.opens(f"{AT}/1").text("#log")


def test_nothing_is_looked_up_for_a_form_that_is_wrong_anyway(desk: Desk) -> None:
    page = refused(desk, name="", url="https://hooks.invalid/")

    assert page.text("#name-error") == "A name to know it by, such as “My spreadsheet”."
    assert page.text("#url-error") == ""
