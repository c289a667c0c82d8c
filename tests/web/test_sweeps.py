"""Acting on many people: named first, done, taken back as one; who changed meanwhile is left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.flows import sweeping, triage
from crm.models import Account, Enrollment, Sweep
from crm.rules.sending import EnrollmentState
from crm.rules.stages import Stage
from crm.web import sweeps
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.many import LIST, by_hand, looks, running, shown, stages, sweeps_them, told, undo_of
from tests.web.reading import read


@pytest.fixture
def three(practice: Practice) -> list[int]:
    """Anna, Ben and Cleo, who have their first answer and follow-ups to come."""
    people = [practice.receives_inquiry(f"{name} {name}son <{name}@example.com>", "Hello.")
              for name in ("Anna", "Ben", "Cleo")]  # fmt: skip
    practice.advance(minutes=1)
    return people


def test_the_page_names_them_and_says_what_happens_before_anything_does(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    page = looks(desk, "move", three)

    assert page.heading == "Move three people"
    assert page.texts(".people-names li") == ["Cleo Cleoson", "Ben Benson", "Anna Annason"]
    assert page.text(".dialog .lead").startswith("Three people have follow-ups under way. A move stops them")
    assert stages(practice, three) == ["new"] * 3


def test_many_are_moved_and_their_follow_ups_stop(practice: Practice, desk: Desk, three: list[int]) -> None:
    page = sweeps_them(desk, "move", three, stage="closed", reason="unreachable")

    assert told(page).startswith(
        "Now in Closed, couldn’t be reached: three people. Follow-ups stopped for three"
    )
    assert stages(practice, three) == ["closed"] * 3
    assert running(practice, three) == 0


def test_one_undo_takes_all_of_it_back_also_after_a_reload(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    due = [practice.open_message(each).due_at for each in three]
    sweeps_them(desk, "move", three, stage="client")
    again = desk.opens(LIST)
    assert told(again).startswith("Now in Client: three people.")

    page = desk.does(again.attribute(".notices form", "action"))

    assert page.toast == "Undone for three people."
    assert stages(practice, three) == ["new"] * 3
    assert [practice.open_message(each).due_at for each in three] == due
    assert page.texts(".notices .notice") == []


def test_whoever_changed_since_the_page_was_shown_is_left_out_and_named(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    page = looks(desk, "move", three)
    practice.advance(minutes=1)
    practice.hears_back(three[1])

    page = desk.does("/people/sweeps", act="move", person=shown(page), next=LIST, stage="client")

    assert "Left out, because they changed meanwhile: Ben Benson." in told(page)
    assert stages(practice, three) == ["client", "new", "client"]


def test_undo_leaves_whoever_somebody_moved_since_and_names_them(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    undo = undo_of(sweeps_them(desk, "move", three, stage="client"))
    practice.advance(minutes=1)
    by_hand(practice, triage.move, three[0], Stage.WAITLISTED)

    page = desk.does(undo)

    assert page.toast == "Undone for two people. Changed since, so left as they are: Anna Annason."
    assert stages(practice, three) == ["waitlisted", "new", "new"]


def test_undo_twice_changes_nothing_more(practice: Practice, desk: Desk, three: list[int]) -> None:
    undo = undo_of(sweeps_them(desk, "move", three, stage="client"))
    desk.does(undo)
    practice.advance(minutes=1)
    by_hand(practice, triage.move, three[0], Stage.CLIENT)

    page = desk.does(undo)

    assert page.toast == "Undone for nobody."
    assert stages(practice, three) == ["client", "new", "new"]


def test_two_acts_at_one_instant_are_two_undos(practice: Practice, desk: Desk, three: list[int]) -> None:
    first = undo_of(sweeps_them(desk, "move", three[:1], stage="client"))
    sweeps_them(desk, "move", three[1:], stage="waitlisted")

    desk.does(first)

    assert stages(practice, three) == ["new", "waitlisted", "waitlisted"]


def test_a_sweep_is_nobody_elses_to_undo(practice: Practice, desk: Desk, three: list[int]) -> None:
    undo = undo_of(sweeps_them(desk, "move", three, stage="client"))
    with practice.at_work() as session:
        june = Account.create("june@example.com", "June", "another long password", practice.now)
        session.flush()
        session.execute(sa.text("UPDATE sweep SET account_id = :june"), {"june": june.id})

    assert desk.sends(undo).status_code == 404
    assert stages(practice, three) == ["client"] * 3


def test_many_are_paused_and_who_has_nothing_to_pause_is_counted(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    practice.hears_back(three[0])

    page = sweeps_them(desk, "pause", three)

    assert told(page) == "Follow-ups paused for two people. Nothing was to be done for one person."
    with practice.reading():
        paused = sa.select(sa.func.count()).where(Enrollment.state == EnrollmentState.PAUSED)
        assert db.session.scalar(paused) == 2


def test_everyone_who_fits_is_chosen_also_beyond_the_page(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    by_hand(practice, triage.move, three[0], Stage.CLIENT)

    page = looks(desk, "tag", [], everyone="1", query="stage=new")

    assert page.heading == "Tag two people"
    assert page.texts(".people-names li") == ["Cleo Cleoson", "Ben Benson"]


def test_many_transactions_are_still_one_undo(
    practice: Practice, desk: Desk, three: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "A_BATCH", 2)

    undo = undo_of(sweeps_them(desk, "move", three, stage="client"))
    assert stages(practice, three) == ["client"] * 3
    page = desk.does(undo)

    assert page.toast == "Undone for three people."
    assert stages(practice, three) == ["new"] * 3


@pytest.mark.parametrize(
    ("act", "choices", "said"),
    [
        ("move", {}, "Choose a stage."),
        ("move", {"stage": "closed"}, "Choose a reason. Reports count them."),
        ("move", {"stage": "consult_booked"}, "Not a valid choice."),
        ("tag", {"name": "  "}, "Write a tag, such as “evenings only”."),
        ("tag", {"name": "x" * 41}, "That is long for a tag. 40 letters are enough."),
        ("start", {"sequence": "99"}, "Not a valid choice."),
    ],
)
def test_what_was_not_chosen_is_asked_for_again_with_the_same_people(
    practice: Practice, desk: Desk, three: list[int], act: str, choices: dict[str, str], said: str
) -> None:
    people = shown(looks(desk, act, three))

    page = read(desk.sends("/people/sweeps", act=act, person=people, **choices))

    assert said in page.texts(".error")
    assert len(shown(page)) == 3
    assert stages(practice, three) == ["new"] * 3


def test_nobody_chosen_is_said_and_nothing_changes(desk: Desk) -> None:
    page = desk.does("/people/sweeps/new", act="move", next=LIST)

    assert page.toast == "Choose the people first. Nothing was changed."


def test_an_act_that_is_none_is_refused(desk: Desk, three: list[int]) -> None:
    assert desk.sends("/people/sweeps/new", act="erase", person=three).status_code == 400


def test_a_file_is_nothing_that_is_done_to_people(practice: Practice, desk: Desk, three: list[int]) -> None:
    people = shown(looks(desk, "export", three))

    assert desk.sends("/people/sweeps", act="export", person=people).status_code == 400
    assert running(practice, three) == 3


def test_a_tag_that_nobody_has_cannot_be_taken_off_and_is_not_made(desk: Desk, three: list[int]) -> None:
    people = shown(looks(desk, "tag", three))

    page = read(desk.sends("/people/sweeps", act="tag", person=people, name="evenigns", do="remove"))

    assert page.texts(".error") == ["There is no tag of that name, so nobody has it."]
    assert desk.opens("/people/tags").root.find("tbody tr") == []


def test_the_names_in_what_was_done_are_forgotten_with_its_undo(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    sweeps_them(desk, "move", three, stage="client")
    practice.advance(minutes=11)
    assert desk.opens(LIST).texts(".notices .notice") == []

    sweeps_them(desk, "tag", three, name="evenings")

    with practice.reading():
        assert db.session.scalars(sa.select(Sweep.words)).all() == ["“evenings” put on three people."]


def test_two_hundred_people_are_shown_in_as_many_queries_as_three(
    practice: Practice,
    client: FlaskClient,
    desk: Desk,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    def asks(number: int) -> int:
        people = [practice.receives_inquiry(f"P {n} <p{n}@example.com>", "Hello.") for n in range(number)]
        client.get("/people")
        return count_queries(
            lambda: client.post("/people/sweeps/new", data={"act": "move", "person": people})
        )

    assert asks(3) == asks(60)


def test_the_limit_is_one_that_a_request_can_bear() -> None:
    assert timedelta(milliseconds=40) * sweeping.MOST < timedelta(seconds=30)
