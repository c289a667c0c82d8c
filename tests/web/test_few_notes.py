"""Notes about calls are no weapon: to an address that has proven nothing only a few go (R13, R12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.flows import calls, triage
from crm.flows.acquaintance import Contact, edit_contact
from crm.flows.calls import Wish
from crm.flows.ceilings import LIMITS
from crm.models import Account, Booking, CallSettings, Confirms, MadeBy, Medium, Message, turns
from crm.rules.sending import MessageKind, MessageState
from crm.rules.slots import Manner, Place
from tests.at_once import at_once
from tests.outbox import Received
from tests.practice import Practice
from tests.web.test_times import chooses, page_token, takes_calls
from tests.web.test_times_after_a_form import link_after

STRANGER = "sam@example.org"
HELD = "no_automatic_email: many emails about calls to one mailbox that day"
TIMES = ("1600", "1615", "1630", "1645", "1700", "1715", "1730", "1745", "1800")


def at(number: int, day: str = "20260312") -> str:
    return f"{day}T{TIMES[number]}Z"


@pytest.fixture(autouse=True)
def usual_limits(practice: Practice) -> Iterator[None]:
    """Whatever a test allows, the next one begins with what is shipped."""
    with practice.reading():
        shipped = db.engine.get_execution_options()[LIMITS]
    yield
    with practice.reading():
        db.engine.update_execution_options(**{LIMITS: shipped})


@pytest.fixture
def link(practice: Practice, visitor: FlaskClient) -> str:
    """The page of times after a form in which somebody typed an address that may be a stranger's."""
    takes_calls(practice, "09:00-12:00")
    return link_after(visitor, email=STRANGER)


def who(practice: Practice, address: str = STRANGER) -> int:
    with practice.reading():
        emails = db.session.scalars(sa.select(Message).where(Message.lead_id.is_not(None)))
        return next(each.lead_id or 0 for each in emails if each.to_address == address)


def notes(practice: Practice, address: str = STRANGER) -> list[Received]:
    return [
        mail for mail in practice.outbox.to(address) if "call" in mail.subject or "reminder" in mail.subject
    ]


def the_call(practice: Practice) -> Booking:
    with practice.reading():
        return db.session.scalars(sa.select(Booking).order_by(Booking.id.desc())).first()  # type: ignore[return-value]


def changes(practice: Practice, visitor: FlaskClient, link: str, *numbers: int) -> None:
    """Each is a change of its own that the worker has heard of."""
    for number in numbers:
        assert chooses(visitor, link, at(number), nonce=f"n{number}").status_code == 303
        practice.work()


def test_a_call_moved_again_and_again_sends_a_stranger_five_emails_and_says_so(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    with_more_an_hour(practice)
    changes(practice, visitor, link, *range(8))

    assert len(notes(practice)) == 5
    assert practice.story(who(practice)).count(HELD) >= 3
    call = the_call(practice)
    assert f"{call.starts_at:%H%M}" == TIMES[7]
    assert "Thursday, March 12, 10:45 am" in visitor.get(f"/booking/{call.token}").text


def test_calling_off_and_choosing_anew_is_counted_like_moving(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    with_more_an_hour(practice)
    for number in range(5):
        changes(practice, visitor, link, number)
        visitor.post(f"/booking/{the_call(practice).token}/cancellation")
        practice.work()

    assert len(notes(practice)) == 5


def test_the_next_note_that_may_go_tells_the_call_as_it_is(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    with_more_an_hour(practice)
    changes(practice, visitor, link, *range(6))
    assert "9:00 am" in notes(practice)[0].subject
    practice.outbox.received.clear()

    practice.advance(hours=25)
    assert chooses(visitor, link, at(8, "20260316"), nonce="later").status_code == 303
    practice.work()

    (note,) = notes(practice)
    assert note.subject == "Our call is now Mon, March 16, 11:00 am"


def test_one_place_may_change_five_calls_an_hour(practice: Practice, visitor: FlaskClient, link: str) -> None:
    links = [link, *(link_after(visitor, email=f"p{number}@example.net") for number in range(3))]

    for number, each in enumerate((*links, *links)):
        changes(practice, visitor, each, number)

    told = sum(len(notes(practice, each)) for each in (STRANGER, *(f"p{n}@example.net" for n in range(3))))
    assert told == 5
    story = practice.story(who(practice, "p0@example.net"))
    assert story[-1] == "no_automatic_email: many calls from one place this hour"


def test_there_is_a_ceiling_for_everybody_together(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    with_more_an_hour(practice, acks_per_hour=1)
    other = link_after(visitor, email="other@example.net")

    changes(practice, visitor, link, 0)
    changes(practice, visitor, other, 1)

    assert len(notes(practice)) == 1
    assert notes(practice, "other@example.net") == []
    story = practice.story(who(practice, "other@example.net"))
    assert "no_automatic_email: very many emails about calls this hour" in story


def test_what_the_practices_hand_agrees_on_is_never_held(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    with_more_an_hour(practice)
    changes(practice, visitor, link, *range(7))
    sent = len(notes(practice))

    with practice.at_work():
        turns.take(who_id := who(practice))
        triage.book(
            practice.lead(who_id), datetime.fromisoformat("2026-03-13T16:00Z"), Medium.PHONE, 1, practice.now
        )
    practice.advance(minutes=1)

    assert len(notes(practice)) == sent + 1
    assert notes(practice)[-1].subject == "Our call is now Fri, March 13, 9:00 am"


def test_the_hand_that_says_yes_is_the_practices(practice: Practice, visitor: FlaskClient, link: str) -> None:
    with_more_an_hour(practice, notes_per_mailbox_day=1)
    with practice.at_work():
        CallSettings.turn_of(1).confirms = Confirms.ASKED
    changes(practice, visitor, link, 0)

    with practice.at_work():
        turns.take(who_id := who(practice))
        owner = Account.owner()
        assert owner is not None
        calls.approve(practice.lead(who_id).bookings[-1], practice.now, owner.id)
    practice.advance(minutes=1)

    asked, agreed = notes_and_wishes(practice)
    assert asked.subject.startswith("The time you’d like")
    assert agreed.subject.startswith("Our call: ")


def test_who_answered_one_of_our_emails_is_told_of_every_change(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    with_more_an_hour(practice)
    practice.work()
    practice.receives_mail(answering=practice.outbox.only_to(STRANGER))

    changes(practice, visitor, link, *range(7))

    assert len(notes(practice)) == 7


def test_who_came_by_the_link_in_an_email_is_told_of_every_change(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    with_more_an_hour(practice)
    practice.work()

    changes(practice, visitor, page_token(practice, who(practice)), *range(7))

    assert len(notes(practice)) == 7


def test_an_address_the_owner_wrote_down_is_trusted(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    practice.work()
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        edit_contact(practice.lead(who(practice)), Contact("Sam", "sam@example.com"), owner, practice.now)

    with practice.reading():
        assert practice.lead(who(practice)).address_is_proven


def test_another_address_has_to_be_proven_anew(practice: Practice, visitor: FlaskClient, link: str) -> None:
    practice.work()
    practice.receives_mail(answering=practice.outbox.only_to(STRANGER))

    with practice.at_work():
        lead = practice.lead(who(practice))
        assert lead.address_is_proven
        lead.email = "somebody.else@example.org"
        assert not lead.address_is_proven


def test_of_many_changes_at_the_same_moment_no_more_go_than_may(practice: Practice) -> None:
    with_more_an_hour(practice)
    people = [practice.receives_inquiry(f"P <sam+{number}@example.org>") for number in range(8)]
    start = datetime.fromisoformat("2026-03-18T16:00Z")

    def books(number: int) -> None:
        place = Place(start + number * timedelta(hours=1), Medium.PHONE, Manner())
        with practice.at_work():
            turns.take(people[number])
            calls.book(
                practice.lead(people[number]),
                Wish(place, 1, made_by=MadeBy.VISITOR, nonce=f"{number}:form1:n", client_key=f"c{number}"),
                practice.now,
            )

    at_once(*(partial(books, number) for number in range(8)))

    with practice.reading():
        planned = db.session.scalars(sa.select(Message).where(Message.kind == MessageKind.CALL)).all()
        now = [each for each in planned if each.due_at == practice.now]
        assert len([each for each in now if each.state is MessageState.SCHEDULED]) == 5
        assert db.session.scalar(sa.select(sa.func.count()).where(Booking.holds_time)) == 8


def notes_and_wishes(practice: Practice) -> list[Received]:
    return [*(mail for mail in practice.outbox.to(STRANGER) if "time you" in mail.subject), *notes(practice)]


def with_more_an_hour(practice: Practice, **changed: int) -> None:
    """Only what is named is counted."""
    more = {"acks_per_client_hour": 1000, "acks_per_hour": 1000} | changed
    with practice.reading():
        usual = db.engine.get_execution_options()[LIMITS]
        db.engine.update_execution_options(**{LIMITS: replace(usual, **more)})
