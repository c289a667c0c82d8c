"""Acting on very many people: a worker does it, a few at a time; it survives a death and is one undo."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import steering, sweeping, triage
from crm.models import Account, Sequence, Sweep, Tag, Trigger, Undo
from crm.rules.sending import MessageState
from crm.rules.stages import Stage
from tests.interruption import interrupted
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.many import LIST, asks, begins, by_hand, looks, paused, sent_so_far, stages, words, works
from tests.web.reading import read

SEVEN = 7


@pytest.fixture(autouse=True)
def many_are_three(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than three are very many, and a worker does two at a time."""
    monkeypatch.setattr("crm.web.sweep_page.MOST", 3)
    monkeypatch.setattr("crm.web.sweep_page.A_PAGE", 4)
    monkeypatch.setattr(sweeping, "A_BATCH", 2)


@pytest.fixture
def seven(practice: Practice) -> list[int]:
    """P1 to P7, who have their first answer and follow-ups to come."""
    people = []
    for number in range(1, SEVEN + 1):
        people.append(practice.receives_inquiry(f"P{number} <p{number}@example.com>", "Hello."))
        practice.advance(minutes=20)  # in an hour one visitor gets five answers at most
    return people


def dies_at_work(practice: Practice) -> None:
    """In the middle of a batch, before it is committed."""
    with practice.at_work():
        sweeping.go_on(practice.now)
        raise KeyboardInterrupt


def test_all_of_them_are_counted_and_the_first_named_before_anything_is_done(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    page = desk.opens(asks(desk, "move"))
    works(practice)

    assert page.heading == "Move seven people"
    assert page.texts(".people-names li") == [f"P{n}" for n in range(SEVEN, 0, -1)]
    assert words(page).startswith("Seven people have follow-ups under way. A move stops them")
    assert stages(practice, seven) == ["new"] * SEVEN


def test_of_more_than_twelve_the_rest_is_counted(practice: Practice, desk: Desk) -> None:
    for number in range(15):
        practice.receives_inquiry(f"P{number} <p{number}@example.com>", "Hello.")

    page = desk.opens(asks(desk, "pause"))

    assert len(page.texts(".people-names li")) == 12
    assert "And three more." in page.all_text


def test_a_worker_does_it_and_the_page_tells_how_far_it_is(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    address = begins(desk, "move", stage="closed", reason="unreachable")

    works(practice, 2)
    half = desk.opens(address)
    listed = desk.opens(LIST).text(".notices .notice")
    works(practice)
    page = desk.opens(address)

    assert words(half) == "Under way: four of seven people are done."
    assert listed == "Under way: four of seven people are done. See how far it is"
    assert words(page) == (
        "Now in Closed, couldn’t be reached: seven people. Follow-ups stopped for seven people."
    )
    assert stages(practice, seven) == ["closed"] * SEVEN


def test_pressed_twice_it_is_done_once(practice: Practice, desk: Desk, seven: list[int]) -> None:
    address = begins(desk, "move", stage="client")
    works(practice)

    desk.does(f"{address}/work", stage="waitlisted")
    works(practice)

    assert stages(practice, seven) == ["client"] * SEVEN


def test_what_was_not_chosen_is_asked_for_again(practice: Practice, desk: Desk, seven: list[int]) -> None:
    address = asks(desk, "tag")

    page = read(desk.sends(f"{address}/work", name=" "))
    gone = read(desk.sends(f"{address}/work", name="evenigns", do="remove"))
    works(practice)

    assert page.texts(".error") == ["Write a tag, such as “evenings only”."]
    assert gone.texts(".error") == ["There is no tag of that name, so nobody has it."]
    assert stages(practice, seven) == ["new"] * SEVEN


def test_a_worker_that_dies_goes_on_where_it_was_and_nobody_is_changed_twice(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    address = begins(desk, "move", stage="client")
    works(practice, 1)

    with pytest.raises(KeyboardInterrupt):
        dies_at_work(practice)
    assert stages(practice, seven) == ["client"] * 2 + ["new"] * 5
    works(practice)

    assert stages(practice, seven) == ["client"] * SEVEN
    for each in seven:
        assert practice.story(each).count("stage_moved: client") == 1
    assert words(desk.opens(address)).startswith("Now in Client: seven people.")
    with practice.reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Undo)) == SEVEN


def test_two_workers_at_one_moment_do_everybody_once(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    begins(desk, "move", stage="client")

    with interrupted(practice, "UPDATE lead", lambda: works(practice, 1)):
        works(practice)
    works(practice)

    assert [practice.story(each).count("stage_moved: client") for each in seven] == [1] * SEVEN


def test_one_undo_takes_all_of_it_back(practice: Practice, desk: Desk, seven: list[int]) -> None:
    due = [practice.open_message(each).due_at for each in seven]
    address = begins(desk, "move", stage="client")
    works(practice)
    practice.advance(minutes=9)

    desk.does(f"{address}/removal")
    works(practice)
    page = desk.opens(address)

    assert words(page) == "Undone for seven people."
    assert stages(practice, seven) == ["new"] * SEVEN
    assert [practice.open_message(each).due_at for each in seven] == due
    assert desk.opens(LIST).texts(".notices .notice") == []


def test_halfway_it_stops_and_those_who_were_reached_are_put_back(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    address = begins(desk, "pause")
    works(practice, 2)

    desk.does(f"{address}/removal")
    works(practice, 1)
    with pytest.raises(KeyboardInterrupt):
        dies_at_work(practice)
    works(practice)

    assert words(desk.opens(address)) == "Undone for four people."
    assert paused(practice) == 0


def test_who_changes_before_their_turn_is_left_out_and_named(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    address = begins(desk, "move", stage="client")
    works(practice, 1)
    practice.advance(minutes=1)
    practice.hears_back(seven[4])
    works(practice)

    assert "Left out, because they changed meanwhile: P5." in words(desk.opens(address))
    assert stages(practice, seven)[3:6] == ["client", "new", "client"]


def test_whoever_was_acted_on_since_stays_and_is_named(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    address = begins(desk, "move", stage="client")
    works(practice)
    practice.advance(minutes=1)
    by_hand(practice, triage.move, seven[2], Stage.WAITLISTED)
    by_hand(practice, steering.pause, seven[5])

    desk.does(f"{address}/removal")
    works(practice)

    said = "Undone for five people. Changed since, so left as they are: P3 and P6."
    assert words(desk.opens(address)) == said
    assert stages(practice, seven)[2] == "waitlisted"


def test_a_long_one_can_be_taken_back_whole_ten_minutes_after_its_end(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    address = begins(desk, "move", stage="client")
    works(practice, 1)
    practice.advance(hours=3)
    works(practice)
    practice.advance(minutes=9)

    desk.does(f"{address}/removal")
    practice.advance(hours=1)
    works(practice)

    assert words(desk.opens(address)) == "Undone for seven people."
    assert stages(practice, seven) == ["new"] * SEVEN


def test_after_that_it_stays(practice: Practice, desk: Desk, seven: list[int]) -> None:
    address = begins(desk, "move", stage="client")
    works(practice)
    practice.advance(minutes=11)

    page = desk.does(f"{address}/removal")
    works(practice)

    assert page.toast == "That was longer than ten minutes ago. It stays as it is."
    assert stages(practice, seven) == ["client"] * SEVEN
    assert "Undo" not in page.text("main")


def test_started_for_very_many_they_leave_a_minute_apart_within_the_hours(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    """At 5:46 pm: what the evening leaves over goes in the morning, one by one."""
    practice.at(practice.now.replace(hour=0, minute=46) + timedelta(days=1))
    sent = sent_so_far(practice)
    begins(desk, "start", sequence=at_once(practice))
    works(practice)

    due = sorted(practice.open_message(each).due_at for each in seven)
    apart = [later - earlier for earlier, later in pairwise(due)]
    practice.advance(minutes=9)

    assert sent_so_far(practice) == sent
    assert all(gap >= timedelta(minutes=1) for gap in apart), due
    practice.advance(days=1)
    assert [len(sent_steps(practice, each)) for each in seven] == [1] * SEVEN


def sent_steps(practice: Practice, lead_id: int) -> list[object]:
    """Of the sequence that was started for all."""
    latest = max(each.enrollment_id or 0 for each in practice.messages(lead_id))
    mine = [each for each in practice.messages(lead_id) if each.enrollment_id == latest]
    return [each for each in mine if each.state is MessageState.SENT]


def at_once(practice: Practice) -> int:
    with practice.at_work() as session:
        asked = Sequence.for_trigger(Trigger.INQUIRY)
        assert asked is not None
        session.flush()
        return asked.id


def test_before_a_start_the_page_tells_when_the_last_email_leaves(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    """At 5:46 pm, fourteen minutes before the day ends: ten of them are for second thoughts."""
    practice.at(practice.now.replace(hour=0, minute=46) + timedelta(days=1))

    said = words(desk.opens(asks(desk, "start")))

    assert "then one by one, within their hours and your limits: the last of them about" in said
    assert "the last of them about tomorrow at 8:3" in said


def test_a_sequence_turned_off_meanwhile_begins_for_nobody_more(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    sequence = at_once(practice)
    address = begins(desk, "start", sequence=sequence)
    works(practice, 1)
    with practice.at_work() as session:
        session.get_one(Sequence, sequence).active = False
    works(practice)

    said = words(desk.opens(address))
    assert "has begun for two people" in said
    assert "they can’t get follow-ups now: P3, P4, P5, P6 and P7." in said


def test_a_tag_deleted_meanwhile_is_put_on_nobody_more(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    address = begins(desk, "tag", name="evenings")
    works(practice, 1)
    with practice.at_work() as session:
        session.scalars(sa.select(Tag)).one().removed_at = practice.now
    works(practice)

    said = words(desk.opens(address))
    assert said == "“evenings” put on two people. Nothing was to be done for five people."


def test_somebody_who_is_erased_meanwhile_stops_nothing(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    address = begins(desk, "tag", name="evenings")
    with practice.at_work() as session:
        for table in ("search_entry", "decision", "attempt", "event", "message", "enrollment", "inquiry"):
            column = "message_id" if table in ("decision", "attempt") else "lead_id"
            whose = f"(SELECT id FROM message WHERE lead_id = {seven[3]})"
            which = f"IN {whose}" if column == "message_id" else f"= {seven[3]}"
            session.execute(sa.text(f"DELETE FROM {table} WHERE {column} {which}"))
        session.execute(sa.text("DELETE FROM lead WHERE id = :id"), {"id": seven[3]})

    works(practice)

    assert words(desk.opens(address)) == "“evenings” put on six people."


def test_it_is_nobody_elses(practice: Practice, desk: Desk, seven: list[int]) -> None:
    address = begins(desk, "pause")
    with practice.at_work() as session:
        june = Account.create("june@example.com", "June", "another long password", practice.now)
        session.flush()
        session.execute(sa.text("UPDATE sweep SET account_id = :june"), {"june": june.id})

    assert desk.gets(address).status_code == 404
    assert desk.sends(f"{address}/removal").status_code == 404
    assert desk.sends(f"{address}/work").status_code == 404


def test_one_that_was_never_begun_is_forgotten_the_day_after(
    practice: Practice, desk: Desk, seven: list[int]
) -> None:
    asks(desk, "pause")
    practice.advance(hours=25)
    asks(desk, "move")

    with practice.reading():
        assert db.session.scalars(sa.select(Sweep.act)).all() == ["move"]


def test_a_file_of_very_many_is_no_longer_than_one_look(desk: Desk, seven: list[int]) -> None:
    page = looks(desk, "export", [], everyone="1", query="")

    assert page.heading == "Download a list of seven people"
