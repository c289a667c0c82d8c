"""Acting on many people: named first, done, taken back as one; who changed meanwhile is left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.flows import sweeping, triage
from crm.models import Account, Enrollment, Sequence, Sweep, Trigger
from crm.models import Practice as PracticeRow
from crm.rules.sending import EnrollmentState
from crm.rules.stages import Stage
from crm.web import sweeps
from tests.interruption import interrupted
from tests.practice import Practice, sign_in
from tests.web.desk import Desk
from tests.web.reading import Page, read
from tests.worker import takes_what_is_due

LIST = "/people?view=list"


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    return Desk(practice, client)


@pytest.fixture
def three(practice: Practice) -> list[int]:
    """Anna, Ben and Cleo, who have their first answer and follow-ups to come."""
    people = [practice.receives_inquiry(f"{name} {name}son <{name}@example.com>", "Hello.")
              for name in ("Anna", "Ben", "Cleo")]  # fmt: skip
    practice.advance(minutes=1)
    return people


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


def test_started_for_many_nothing_leaves_at_once_but_one_by_one(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    sent = sent_so_far(practice)
    sequence = by_hand_sequence(practice)

    page = sweeps_them(desk, "start", three, sequence=sequence)
    practice.advance(minutes=9)

    assert told(page).startswith("“We have a place” has begun for three people.")
    assert sent_so_far(practice) == sent
    practice.advance(minutes=4)
    assert sent_so_far(practice) == sent + 3
    first, second, third = [practice.messages(each)[-2].sent_at for each in three]
    assert first
    assert second
    assert third
    assert len({first, second, third}) == 3


def test_started_at_night_it_waits_for_the_hours(practice: Practice, desk: Desk, three: list[int]) -> None:
    practice.advance(hours=12)
    sent = sent_so_far(practice)

    sweeps_them(desk, "start", three, sequence=by_hand_sequence(practice))
    practice.advance(hours=4)

    assert sent_so_far(practice) == sent


def by_hand_sequence(practice: Practice) -> int:
    """One whose first email goes at once."""
    with practice.at_work() as session:
        asked = Sequence.for_trigger(Trigger.INQUIRY)
        assert asked is not None
        asked.name = "We have a place"
        session.flush()
        return asked.id


def test_who_can_get_no_follow_ups_is_left_out_and_named(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    with practice.at_work():
        practice.lead(three[2]).email = None

    page = sweeps_them(desk, "start", three, sequence=by_hand_sequence(practice))

    assert "Left out, because they can’t get follow-ups now: Cleo Cleoson." in told(page)


def test_starting_can_be_taken_back_before_anything_has_left(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    due = [practice.open_message(each).due_at for each in three]
    undo = undo_of(sweeps_them(desk, "start", three, sequence=by_hand_sequence(practice)))
    practice.advance(minutes=9)

    page = desk.does(undo)

    assert page.toast == "Undone for three people."
    assert [practice.open_message(each).due_at for each in three] == due


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


def test_no_more_than_can_be_done_at_once_are_taken_and_the_page_says_so(
    practice: Practice, desk: Desk, three: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.web.sweep_page.MOST", 2)

    page = looks(desk, "move", [], everyone="1", query="")

    assert page.heading == "Move the first 2 people"
    assert "More people fit than can be changed at once." in page.all_text


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


def test_two_sweeps_over_the_same_people_never_write_over_one_another(
    practice: Practice, desk: Desk, client: FlaskClient, three: list[int]
) -> None:
    people = shown(looks(desk, "move", three))
    other = practice.app.test_client()
    sign_in(practice, other)

    def waitlists_them() -> None:
        other.post("/people/sweeps", data={"act": "move", "person": people, "stage": "waitlisted"})

    with interrupted(practice, "UPDATE lead", waitlists_them):
        client.post("/people/sweeps", data={"act": "move", "person": people, "stage": "client"})

    assert stages(practice, three) == ["client"] * 3
    said = [line for each in three for line in practice.story(each) if line.startswith("stage_moved")]
    assert said == ["stage_moved: client"] * 3


def test_a_worker_that_takes_an_email_meanwhile_sends_it_to_nobody_who_was_moved(
    practice: Practice, desk: Desk, client: FlaskClient, three: list[int]
) -> None:
    practice.at(practice.open_message(three[0]).due_at)
    people = shown(looks(desk, "move", three))
    sent = sent_so_far(practice)

    with interrupted(practice, "UPDATE message", lambda: takes_what_is_due(practice)):
        client.post("/people/sweeps", data={"act": "move", "person": people, "stage": "client"})
    practice.advance(days=30)

    assert stages(practice, three) == ["client"] * 3
    assert sent_so_far(practice) == sent
    assert running(practice, three) == 0


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


def test_the_practice_keeps_going_where_a_person_is_gone(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    people = [*shown(looks(desk, "tag", three)), "999999:00000000", "x:y", "7"]

    page = desk.does("/people/sweeps", act="tag", person=people, next=LIST, name="evenings")

    assert told(page).startswith("“evenings” put on three people.")


def test_what_is_held_stays_held_for_those_who_are_started(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    with practice.at_work():
        PracticeRow.current().hold_everything(practice.now)
    sent = sent_so_far(practice)

    sweeps_them(desk, "start", three, sequence=by_hand_sequence(practice))
    practice.advance(hours=2)

    assert sent_so_far(practice) == sent


def test_the_limit_is_one_that_a_request_can_bear() -> None:
    assert timedelta(milliseconds=40) * sweeping.MOST < timedelta(seconds=30)
